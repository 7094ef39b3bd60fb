"""Real files through the real child process, as a member of staff would send them."""

import asyncio
import base64
import csv
import io
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import openpyxl
import pytest

from bot.files import limits, reader
from bot.files.reader import ChildFailed, read_workbook
from core.errors import DomainError
from core.workbooks.tables import Refused

LABS = ["实验室编码", "单位名称"]
ROUNDS = ["年度", "次数", "项目", "上报截止"]

# Excel 97–2003, sheet 增量: 00340001 as text, 340002 as a number, 已上报 2026-03-20 10:30 as a date cell.
XLS = zlib.decompress(
    base64.b64decode("""
eNrtWE1IVFEU/u6bNz+aP6ONggY2CVmZwogtItCxoFwlWosky9RmyLBRGSQyIk1zEwVFBCUhCBrUwmrRHxXYImgRGAUFQaAFbYKg
sGihvs45782kVuCACcb7Hvfcc879+e67/++9GMsYH7ydO4F5KIcDM0YSXLN8ikJSzPCC0g2D1VjsoWDYWFZI8tBAupx4mPrczWPI
4z0BDbf0JySB9xT2oR1Vba1h/xJim7ShUXEbykgqXCVPGnKkVZkiD4pcKfKm5HwkskI850SWUd5xtRdjwarCzdYsrtXyJS0NXO89
KfNWPCXIwjOexV3nlZnXia3Rw41HlllCnp6CIdCAVoZbw1G2szDMS7aTUByJFIdC/ubmLZHIOHw05EP4ZviBydjaHvXb/qX1K5D/
x1y/+y9+Dw3lfP9FTQe6YTTIUulDCmp0TtHUQO3YhSmEsIKsZPZAddRfq6doTUt7mKLOy5+POqEG6s72D9Vld6ljOlRy1XDT04Y7
NZb6PTx5iXK+PpG9m/b4QKB0UyAQKHFAfd3PyaQUHmKF6zc3FO+cDSVVFloKyRDSRc+Q5eald5m6/uXlzqbq4AHxdMshYh41a/md
YOAUl6DCaZLiQKzWQimxUWSP1LpK9FyRPloLFBdUZ1nKjl7Jc1pSC4inVPAquG6Wvp70vk819/P6PgQ3kD5SOXHcN/ImOIh8OvpC
VJ6fXhSpItV/hfEgGIuVtS29E5nz2xbl0bxW2w3rPE3HtIwJqD8YpsW9o+KWZvWVaTnIcsQtnSw9bjnJclo8ah7PY2qbEp4bq1m6
hIfLKWFwWbUoYXDHLWbgEXFQ7/PukikVjvR8rGAWTVjnsmh/ZNHiLCc1tpjlzKjPSmMWvliUa5m4yxXQFv4LybBhw4YNGzZs2LCx
aFByxTSv1bpc58zLtdv6rzNNYcb+TfLfYhfa6Omgz8ntaKU4is6E5k82nCpWl1pgmdj/QsYeYo+iBU3SjpaE5y99cKjZ77Pggt7F
W0KJ8s8k0s5/zP8Tuxz2cw==
""")
)


def xlsx(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def csv_file(path: Path, encoding: str, *rows: Sequence[str], delimiter: str = ",") -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


async def refusal(path: Path, **options: Any) -> DomainError:
    with pytest.raises(DomainError) as caught:
        await read_workbook(path, **options)
    assert caught.value.params["file"] == path.name
    return caught.value


# What is read


async def test_codes_keep_their_form(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["00340001", "甲医院"],
        [340001, "乙医院"],
        [340002.0, "丙医院"],
        ["３４０００３", "丁医院"],
    ]
    (table,) = await read_workbook(xlsx(tmp_path / "labs.xlsx", 名录=[LABS, *rows]))
    assert (table.kind, table.sheet, table.source, table.scope) == ("labs", "名录", "labs.xlsx", None)
    assert [row[0] for row in table.rows] == ["00340001", "340001", "340002", "340003"]


async def test_deadlines_as_text_serial_and_date_cells(tmp_path: Path) -> None:
    cells = [
        "2026-03-27 17:00",
        46108 + 17 / 24,
        datetime(2026, 3, 27, 17),  # noqa: DTZ001 - an Excel cell knows no zone
        date(2026, 3, 27),
        46108,
        "3月27日",
        "abc",
    ]
    rows = [[2026, "第1次", f"项目{i}", cell] for i, cell in enumerate(cells)]
    (table,) = await read_workbook(xlsx(tmp_path / "r.xlsx", 安排=[ROUNDS, *rows]))
    assert [row[3] for row in table.rows] == ["2026-03-27T09:00:00Z"] * 3 + ["2026-03-27T15:59:59Z"] * 3
    assert table.refused == [
        Refused(8, "上报截止", "abc", "不是日期", "应写成 2026-03-27 17:00 这样的形式；只写日期时算到当天 23:59")
    ]


async def test_an_old_workbook(tmp_path: Path) -> None:
    path = tmp_path / "上报.xls"
    path.write_bytes(XLS)
    (table,) = await read_workbook(path)
    assert (table.kind, table.scope) == ("submissions", "partial")
    assert table.rows == [
        [2026, 1, "糖化", "00340001", True, "2026-03-20T02:30:00Z"],
        [2026, 1, "糖化", "340002", False, None],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
async def test_csv(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [LABS, ["00340001", "省立医院, 南区"], [], ["340002.0", "第一人民\n医院"]]
    (table,) = await read_workbook(csv_file(tmp_path / "名录.csv", encoding, *rows, delimiter=delimiter))
    assert table.rows == [["00340001", "省立医院, 南区"], ["340002", "第一人民 医院"]]
    assert table.row_numbers == [2, 4]


async def test_every_visible_sheet_but_the_explanations(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "a.xlsx",
        合肥=[LABS, ["340001", "甲"]],
        说明=[["随便"]],
        空=[],
        藏=[["x"]],
        芜湖=[LABS, ["340001", "甲"]],
    )
    book = openpyxl.load_workbook(path)
    book["藏"].sheet_state = "hidden"
    book.save(path)
    tables = await read_workbook(path)
    assert [(table.sheet, len(table.rows)) for table in tables] == [("合肥", 1), ("芜湖", 0)]
    assert tables[1].refused[0].reason == "与工作表「合肥」第 2 行重复"


async def test_cells_merged_downwards_hold_for_each_row(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "a.xlsx", 表=[[], ["", *ROUNDS], *(["", 2026, 1, f"项目{i}", "3月27日"] for i in range(3))]
    )
    book = openpyxl.load_workbook(path)
    for column in "BE":
        book["表"].merge_cells(f"{column}3:{column}5")
    book.save(path)
    (table,) = await read_workbook(path)
    assert [(row[0], row[3]) for row in table.rows] == [(2026, "2026-03-27T15:59:59Z")] * 3
    assert table.row_numbers == [3, 4, 5]


async def test_the_sender_s_name_and_the_pattern_are_used(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "17f3.tmp", Sheet1=[LABS, ["X1", "甲"]])
    (table,) = await read_workbook(path, name="名录（全量）.xlsx", code_pattern=r"X\d")
    assert (table.rows, table.source, table.scope) == ([["X1", "甲"]], "名录（全量）.xlsx", "full")


# What is refused


async def test_missing_headings_are_told_with_sheet_and_file(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", 好=[LABS, ["340001", "甲"]], 坏=[["年度", "次数", "项目", "发放日期"]])
    error = await refusal(path)
    assert error.key == "workbook/headings"
    assert (error.params["sheet"], error.params["missing"]) == ("坏", ["上报截止"])
    assert (await refusal(path, kind="labs")).params["missing"] == LABS
    assert (await refusal(path, kind="x")).key == "workbook/kind"


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("a.pdf", b"%PDF", "extension"),
        ("a.csv", b"", "empty"),
        ("a.csv", b",,\n,,\n", "empty"),
        ("a.xlsx", b"\n", "empty"),
        ("a.xls", b"<html><table>", "web_page"),
        ("a.xls", b'\xef\xbb\xbf<?xml version="1.0"?><Workbook>', "web_page"),
        ("a.xlsx", "实验室编码,单位名称".encode(), "unreadable"),
        ("a.csv", b"a,b\0c", "unreadable"),
        ("a.csv", b"\x89PNG\xff\xff\xff", "unreadable"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "unreadable"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.xlsx", b"PK\x03\x04 and no more", "unreadable"),
    ],
)
async def test_what_is_no_workbook(tmp_path: Path, name: str, content: bytes, key: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert (await refusal(path)).key == f"workbook/{key}"


async def test_a_damaged_workbook(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", 表=[LABS, ["340001", "甲"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content[:-40] if "sheet1" in name else content)
    assert (await refusal(path)).key == "workbook/unreadable"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "")
    assert (await refusal(path)).key == "workbook/unreadable"


async def test_headings_alone_are_an_empty_workbook(tmp_path: Path) -> None:
    assert (await refusal(xlsx(tmp_path / "a.xlsx", 表=[LABS], 说明=[["x"]]))).key == "workbook/empty"


# Limits (interfaces §3), each told within 2 s


async def quick_refusal(path: Path) -> str:
    began = perf_counter()
    key = (await refusal(path)).key
    assert perf_counter() - began < 2
    return key


async def test_a_file_over_ten_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * (limits.FILE_BYTES + 1))
    assert await quick_refusal(path) == "workbook/too_big"


async def test_a_zip_bomb(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(limits.UNPACKED_BYTES + 1))
    assert await quick_refusal(path) == "workbook/too_large"


@pytest.mark.parametrize(
    ("cell", "key"), [("XFD1048576", "too_large"), ("XFD1500", "too_large"), ("A1048576", "too_many_rows")]
)
async def test_a_small_file_that_needs_much_memory(tmp_path: Path, cell: str, key: str) -> None:
    path = xlsx(tmp_path / "a.xlsx", 表=[LABS, ["340001", "甲"]])
    book = openpyxl.load_workbook(path)
    book["表"][cell] = 1
    book.save(path)
    assert await quick_refusal(path) == f"workbook/{key}"


async def test_rows_of_a_file(tmp_path: Path) -> None:
    rows = ["实验室编码,单位名称", *(f"{i:08d},甲" for i in range(limits.ROWS + 1))]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    assert await quick_refusal(path) == "workbook/too_many_rows"
    path.write_text("\n".join(rows[:-1]), encoding="utf-8")
    assert len((await read_workbook(path))[0].rows) == limits.ROWS


async def test_a_long_cell_refuses_its_row(tmp_path: Path) -> None:
    long = "医" * (limits.CELL_CHARACTERS + 1)
    (table,) = await read_workbook(xlsx(tmp_path / "a.xlsx", 表=[LABS, ["340001", long], ["340002", long[1:]]]))
    assert [(one.row, one.reason) for one in table.refused] == [(2, "文字太长")]
    assert table.row_numbers == [3]


# The child


class Watch:
    """The processes that the reader starts, and what it tells them."""

    def __init__(self) -> None:
        self.start = asyncio.create_subprocess_exec
        self.children: list[asyncio.subprocess.Process] = []
        self.environment: dict[str, str] = {}
        self.started = asyncio.Event()

    async def __call__(self, *command: str, **options: Any) -> asyncio.subprocess.Process:
        self.environment = options["env"]
        self.children.append(await self.start(*command, **options))
        self.started.set()
        return self.children[-1]


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watching = Watch()
    monkeypatch.setattr(asyncio, "create_subprocess_exec", watching)
    return watching


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return xlsx(tmp_path / "a.xlsx", 表=[LABS, ["340001", "甲"]])


async def test_a_slow_child_is_killed(small: Path, monkeypatch: pytest.MonkeyPatch, watch: Watch) -> None:
    monkeypatch.setattr(limits, "CHILD_SECONDS", 0.001)
    assert (await refusal(small)).key == "workbook/too_slow"
    assert [child.returncode for child in watch.children] == [-9]


async def test_a_cancelled_reading_leaves_no_child(small: Path, watch: Watch) -> None:
    task = asyncio.create_task(read_workbook(small))
    await watch.started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [child.returncode for child in watch.children] == [-9]


async def test_the_child_gets_no_secret(small: Path, monkeypatch: pytest.MonkeyPatch, watch: Watch) -> None:
    monkeypatch.setenv("ONEBOT_ACCESS_TOKEN", "secret")
    await read_workbook(small)
    assert "PATH" in watch.environment
    assert "ONEBOT_ACCESS_TOKEN" not in watch.environment


async def test_a_fault_of_ours_tells_where_but_not_what(small: Path) -> None:
    with pytest.raises(ChildFailed) as caught:
        await read_workbook(small, code_pattern="(340001")
    assert "core/workbooks/parsing.py" in str(caught.value)
    assert "340001" not in str(caught.value)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems offer fewer limits")
def test_the_child_s_memory_and_time_are_limited() -> None:
    look = (
        "import resource as r; from bot.files.child import limit_resources; limit_resources();"
        "print(r.getrlimit(r.RLIMIT_AS)[0], r.getrlimit(r.RLIMIT_CPU)[0])"
    )
    said = subprocess.run(
        [sys.executable, "-c", look], cwd=reader.ROOT, capture_output=True, text=True, check=True
    )
    memory, seconds = map(int, said.stdout.split())
    assert memory == limits.CHILD_MEMORY_BYTES
    assert 0 < seconds < 60


def test_the_child_starts_without_the_framework() -> None:
    look = "import bot.files.child, sys; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", look], cwd=reader.ROOT, capture_output=True, text=True, check=True
    )
    heavy = {"nonebot", "sqlalchemy", "jinja2", "pydantic", "aiohttp", "asyncio", "xlsxwriter", "openpyxl"}
    assert not heavy & set(said.stdout.split())
