"""Workbooks of a whole province: 3,000 labs, 20 programmes, and who has reported."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from benchmarks.house import address
from bot.cli import OPERATOR
from bot.files.importing import preview, publish, read_all
from core.calendar import SHANGHAI
from core.workbooks.cells import CODE_PATTERN
from core.workbooks.judged import Judged
from db.migrate import upgrade
from db.unit import Database

LABS, PROGRAMMES = 3000, 20
ROWS = LABS * PROGRAMMES
YEAR, N = 2026, 1
SUBMISSIONS = ("年度", "次数", "项目", "实验室编码", "上报情况", "上报时间")
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Books:
    """`first` and `second` speak of the same rows; in `second` every one of them has changed."""

    ground: tuple[Path, ...]
    first: Path
    second: Path


def write_books(folder: Path) -> Books:
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, tuple[Row, Iterable[Row]]] = {
        "labs": (("实验室编码", "单位名称", "地市", "状态"), _labs()),
        "programmes": (("年度", "项目编码", "项目名称", "次数", "是否计分"), _programmes()),
        "rounds": (("年度", "次数", "项目", "上报截止"), _rounds()),
        "first": (SUBMISSIONS, _submissions(0)),
        "second": (SUBMISSIONS, _submissions(1)),
    }
    paths = {name: folder / f"{name}.xlsx" for name in tables}
    for name, (heading, rows) in tables.items():
        _write(paths[name], heading, rows)
    return Books(tuple(paths[name] for name in ("labs", "programmes", "rounds")), paths["first"], paths["second"])


def _write(path: Path, heading: Row, rows: Iterable[Row]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    for row in (heading, *rows):
        sheet.append(list(row))
    book.save(path)


def _code(lab: int) -> str:
    return f"{340001 + lab}"


def _name(programme: int) -> str:
    return f"测量项目{programme + 1:02}"


def _labs() -> Iterable[Row]:
    return ((_code(lab), f"安徽省测量市第{lab + 1}人民医院", "测量市", "正常") for lab in range(LABS))


def _programmes() -> Iterable[Row]:
    return ((YEAR, f"CL{p + 1:02}", _name(p), 2, "是") for p in range(PROGRAMMES))


def _rounds() -> Iterable[Row]:
    """Deadlines that lie ahead, too far for a reminder to fall due while we measure."""
    today = datetime.now(SHANGHAI).replace(hour=17, minute=0, second=0, microsecond=0, tzinfo=None)
    return ((YEAR, N, _name(p), today + timedelta(days=30 + p % 3)) for p in range(PROGRAMMES))


def _submissions(edition: int) -> Iterable[Row]:
    """Four of five have reported, each at a time of its own; in the other edition other ones, at other times."""
    begin = datetime(YEAR, 3, 2, 8, 0, edition)  # noqa: DTZ001 - a cell of a sheet has no zone
    for row in range(ROWS):
        programme, lab = divmod(row, LABS)
        reported = (row + edition) % 5 > 0
        at = begin + timedelta(seconds=37 * row) if reported else None
        yield YEAR, N, _name(programme), _code(lab), "已上报" if reported else "未上报", at


async def do_import(db: Database, *paths: Path) -> list[Judged]:
    """Read, preview and publish; RuntimeError if a row was refused."""
    judged = await preview(db, await read_all(paths, None, CODE_PATTERN))
    if refused := [one.refused[:3] for one in judged if one.refused]:
        raise RuntimeError(f"rows refused: {refused}")
    await publish(db, OPERATOR, judged, datetime.now(UTC))
    return judged


async def full_centre(folder: Path, books: Books, *, reported: bool) -> None:
    """A database with roster, programmes and rounds; `reported`: and the first list."""
    folder.mkdir(parents=True, exist_ok=True)
    db = Database(address(folder))
    try:
        await upgrade(db)
        await do_import(db, *books.ground)
        if reported:
            await do_import(db, books.first)
    finally:
        await db.close()
