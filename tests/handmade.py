"""Workbooks put together by hand, part by part, as no office program would."""

import zipfile
from collections.abc import Callable
from pathlib import Path

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
LABS = (("实验室编码", "单位名称"), ("990001", "演示一医院"))

Parts = dict[str, bytes]


def cell(at: str, text: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


TABLE = "".join(row(n, cell(f"A{n}", a), cell(f"B{n}", b)) for n, (a, b) in enumerate(LABS, 1))


def sheet(rows: str = TABLE, before: str = "", after: str = "", head: str = "") -> bytes:
    said = f"{head}<worksheet {MAIN}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"
    return f"<?xml version='1.0'?>{said}".encode()


def parts(sheets: int = 1, **changed: bytes) -> Parts:
    """A whole workbook; `changed` by the end of a part's name: sheet1, workbook, styles …"""
    listed = "".join(f'<sheet name="表{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(1, sheets + 1))
    related = "".join(
        f'<Relationship Id="r{n}" Type="{RELATION}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, sheets + 1)
    )
    more = "".join(
        f'<Relationship Id="{name}" Type="{RELATION}/{name}" Target="{name}.xml"/>'
        for name in ("styles", "sharedStrings")
        if name in changed
    )
    made: Parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>'.encode(),
        "_rels/.rels": _relations(
            f'<Relationship Id="r" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/>'
        ),
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{RELATION}"><sheets>{listed}</sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": _relations(related + more),
    }
    for n in range(1, sheets + 1):
        made[f"xl/worksheets/sheet{n}.xml"] = sheet()
    for name, content in changed.items():
        made[f"xl/{'worksheets/' if name.startswith('sheet') else ''}{name}.xml"] = content
    return made


def _relations(said: str) -> bytes:
    return f'<Relationships xmlns="{PACKAGE}/relationships">{said}</Relationships>'.encode()


def zipped(path: Path, made: Parts) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.items():
            archive.writestr(name, content)


def raw(content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(content)

    return write
