"""Files made to hurt whoever opens them as a workbook; each small on the disk and made in a moment."""

import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.handmade import MAIN, TABLE, Parts, cell, parts, raw, row, sheet, zipped

MB = 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Hostile:
    """`expected`: the refusal's name in bot/texts/workbook, or "" for what is read as plain values, harmless."""

    name: str
    make: Callable[[Path], None]
    expected: str


def nested(path: Path) -> None:
    """A zip in a zip in a zip: nobody looks inside the second."""
    content = bytes(MB)
    for depth in range(12):
        inner = path.with_suffix(".inner")
        zipped(inner, {f"xl/{depth}.zip": content, f"xl/{depth}.bin": bytes(MB)})
        content = inner.read_bytes()
        inner.unlink()
    path.write_bytes(content)


def overlapping(path: Path, entries: int = 250) -> None:
    """Many names for the same megabyte, as in the bombs of David Fifield."""
    packed = _deflated(bytes(MB))
    head = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, zlib.crc32(bytes(MB)), len(packed), MB, 1, 0)
    directory = b"".join(_entry(b"xl/%05d" % n, packed, MB) for n in range(entries))
    path.write_bytes(_closed(head + b"x" + packed, directory, entries))


def crowded(path: Path) -> None:
    """A directory of 100,000 names, which a reader keeps in memory."""
    directory = b"".join(_entry(b"xl/%06d" % n, b"", 0) for n in range(100_000))
    path.write_bytes(_closed(b"PK\3\4" + bytes(30), directory, 65_535))


def lying(path: Path) -> None:
    """Its headers say 100 bytes; it unpacks to 200 MB."""
    zipped(path, parts(sheet1=sheet(row(1, cell("A1", "x" * 200 * MB)))))
    content = path.read_bytes()
    true, false = struct.pack("<L", _size(path)), struct.pack("<L", 100)
    path.write_bytes(content.replace(true, false))


def _size(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return archive.getinfo("xl/worksheets/sheet1.xml").file_size


def _deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(9, wbits=-15)
    return packer.compress(content) + packer.flush()


def _entry(name: bytes, packed: bytes, size: int) -> bytes:
    numbers = (20, 20, 0, 8, 0, 0, 0, len(packed), size, len(name), 0, 0, 0, 0, 0, 0)
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", *numbers) + name


def _closed(content: bytes, directory: bytes, entries: int) -> bytes:
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, entries, entries, len(directory), len(content), 0)
    return content + directory + end


def truncated(path: Path) -> None:
    zipped(path, parts())
    path.write_bytes(path.read_bytes()[:-60])


def encrypted_member(path: Path) -> None:
    """The bit that says so is enough."""
    zipped(path, parts())
    path.write_bytes(path.read_bytes().replace(b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0"))


def many_sheets(path: Path) -> None:
    """5,000 sheets, and one cell of each is far away: each asks for a rectangle of its own."""
    far = sheet(TABLE + row(99_000, cell("AX99000", "x")))
    zipped(path, {name: far if "sheet" in name else content for name, content in parts(sheets=5_000).items()})


def ole(*, fat: int = 0, directory: int = 1, chain: int = 1) -> bytes:
    """A compound file of three sectors; by default its chains run in circles."""
    head = OLE + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<9L", 1, directory, 0, 4096, chain, 0xFFFFFFFF, 0xFFFFFFFF, 0, fat)[:36]
    head += struct.pack("<108L", *([0xFFFFFFFF] * 108))
    table = struct.pack("<128L", 0, 2, 1, *([1] * 125))
    root = "Root Entry".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H2B", 22, 5, 1) + bytes(60)
    return head[:512].ljust(512, b"\0") + table + root.ljust(512, b"\0") + root.ljust(512, b"\0")


def long_csv(path: Path) -> None:
    """One line of 200 MB, without a byte on the disk."""
    with path.open("wb") as file:
        file.truncate(200 * MB)


def linked(to: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(to)


def laughing() -> bytes:
    """Ten to the power of nine laughs."""
    names = zip("abcdefghi", "bcdefghij", strict=True)
    entities = "".join(f'<!ENTITY {more} "{f"&{one};" * 10}">' for one, more in names)
    return sheet(row(1, cell("A1", "&j;")), head=f'<!DOCTYPE w [<!ENTITY a "ha">{entities}]>')


def merged(count: int) -> bytes:
    """Merged ranges on top of each other, each of 90,000 rows or so."""
    ranges = "".join(f'<mergeCell ref="A{n % 9000 + 2}:A99999"/>' for n in range(count))
    return sheet(TABLE + row(99_999, cell("A99999", "x")), after=f"<mergeCells>{ranges}</mergeCells>")


def shared() -> Parts:
    """One long text that 180,000 cells mean."""
    cells = (row(n, *(f'<c r="{at}{n}" t="s"><v>0</v></c>' for at in "AB")) for n in range(1, 90_000))
    words = f"<sst {MAIN}><si><t>{'医' * 20_000}</t></si></sst>"
    return parts(sheet1=sheet("".join(cells)), sharedStrings=words.encode())


def styled() -> bytes:
    formats = '<xf numFmtId="14"/>' * 1_000_000
    return f"<styleSheet {MAIN}><cellXfs>{formats}</cellXfs></styleSheet>".encode()


def of(make: Callable[[], Parts]) -> Callable[[Path], None]:
    """Put together when it is written, for some take 200 MB of whoever makes them."""
    return lambda path: zipped(path, make())


def one_sheet(make: Callable[[], bytes]) -> Callable[[Path], None]:
    return of(lambda: parts(sheet1=make()))


def long_cell(megabytes: int) -> bytes:
    return sheet(TABLE + row(3, cell("A3", "x" * megabytes * MB)))


DDE = row(3, '<c r="A3" t="str"><f>cmd|"/c calc"!A0</f><v>990002</v></c>', cell("B3", "演示二医院"))
SECRET = "EncryptedPackage".encode("utf-16-le")
BOOKS = (
    Hostile("炸弹.xlsx", of(lambda: {**parts(), "xl/media/a.bin": bytes(200 * MB)}), "too_large"),
    Hostile("套娃.xlsx", nested, "unreadable"),
    Hostile("重叠.xlsx", overlapping, "too_large"),
    Hostile("目录.xlsx", crowded, "too_large"),
    Hostile("谎报大小.xlsx", lying, "unreadable"),
    Hostile("远处.xlsx", one_sheet(lambda: sheet(TABLE + row(1048576, cell("XFD1048576", "x")))), "too_large"),
    Hostile("很宽.xlsx", one_sheet(lambda: sheet(TABLE + row(300, cell("XFD300", "x")))), ""),
    Hostile("范围.xlsx", one_sheet(lambda: sheet(before='<dimension ref="A1:XFD1048576"/>')), ""),
    Hostile("大单元格.xlsx", one_sheet(lambda: long_cell(200)), "too_large"),
    Hostile("较大单元格.xlsx", one_sheet(lambda: long_cell(60)), "too_large"),
    Hostile("大字串.xlsx", of(lambda: parts(sharedStrings=b"<sst><si><t>" + b"x" * 200 * MB)), "too_large"),
    Hostile("字串放大.xlsx", of(shared), "too_large"),
    Hostile("实体.xlsx", one_sheet(laughing), "unreadable"),
    Hostile(
        "外部链接.xlsx", of(lambda: {**parts(), "xl/externalLinks/externalLink1.xml": b"<externalLink/>"}), ""
    ),
    Hostile("DDE.xlsx", one_sheet(lambda: sheet(TABLE + DDE)), ""),
    Hostile("宏.xlsx", of(lambda: {**parts(), "xl/vbaProject.bin": OLE}), "macros"),
    Hostile("加密.xlsx", raw(OLE + SECRET), "password"),
    Hostile("加密成员.xlsx", encrypted_member, "password"),
    Hostile("截断.xlsx", truncated, "unreadable"),
    Hostile("路径.xlsx", of(lambda: {**parts(), "../../../etc/passwd": b"x"}), "unreadable"),
    Hostile("多表.xlsx", many_sheets, "too_large"),
    Hostile("嵌套.xlsx", one_sheet(lambda: sheet("<a>" * 3_000_000)), "empty"),
    Hostile("合并.xlsx", one_sheet(lambda: merged(1_000_000)), "too_large"),
    Hostile("叠合.xlsx", one_sheet(lambda: merged(90_000)), "too_large"),
    Hostile("样式.xlsx", of(lambda: parts(styles=styled())), ""),
    Hostile("循环.xls", raw(ole()), "too_large"),
    Hostile("杂乱.xls", raw(OLE + bytes(range(256)) * 4096), "unreadable"),
    Hostile("网页.xls", raw("<html><table><tr><td>实验室编码</td></tr></table></html>".encode()), "web_page"),
    Hostile("文档.xlsx", raw(b"%PDF-1.7\n" + bytes(range(256))), "unreadable"),
    Hostile("长行.csv", long_csv, "too_big"),
    Hostile("一行.csv", raw(b"x," * (5 * MB - 1)), "too_large"),
    Hostile("空行.csv", raw(b"a\n" * (5 * MB - 1)), "too_many_rows"),
    Hostile("引号.csv", raw(b'"' * (10 * MB - 1)), "quotes"),
    Hostile("零字节.csv", raw("实验室编码,单位名称\n1,\0".encode()), "unreadable"),
    Hostile("文件夹.xlsx", Path.mkdir, "missing"),
    Hostile("管道.xlsx", os.mkfifo, "missing"),
    Hostile("设备.csv", linked("/dev/zero"), "missing"),
    Hostile("自指.xlsx", lambda path: path.symlink_to(path), "missing"),
)


def make_all(folder: Path) -> None:
    for one in BOOKS:
        one.make(folder / one.name)


if __name__ == "__main__":
    make_all(Path(sys.argv[1]))
