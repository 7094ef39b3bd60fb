"""What one cell may hold. Every parser returns something JSON can carry, or raises `BadCell`.

A raw cell is what python-calamine hands out: numbers are always `float` (also 340001), dates and
times are `datetime` objects, errors such as #N/A are "". Cells of a CSV file are `str`.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.words import fold, round_no_of

Cell = str | float | bool | date | datetime | time | timedelta | None

CODE_PATTERN = r"^[A-Za-z]{0,3}\d{4,8}$"
BIGGEST_EXACT = 10**15  # a number cell keeps 15 digits; the rest is already lost

_BETWEEN_NAMES = re.compile(r"[、,，;；/／|｜\r\n]")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+")
_QUOTED = re.compile(r'^=?"(.*)"$|^\'(.*)$')
_POINT_ZERO = re.compile(r"(?<=\d)\.0+$")
_YEAR = re.compile(r"(20\d\d)(?:年|年度)?|(\d\d)年度?")
_TIMES = re.compile(r"(?:每年|全年|一年)?([1-9]|1[0-2]|[一二两三四五六])次?")
_NUMERALS = {numeral: n for n, numeral in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
_QQ = re.compile(r"(?:qq)?:?([1-9]\d{4,10})(?:@qq\.com)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_GROUP = re.compile(r"(?:qq)?群?:?([1-9]\d{4,11})", re.ASCII)
_URL = re.compile(r"https?://[^\s/]+\.[^\s]+", re.IGNORECASE)

# What people write into a cell that has nothing to say.
NOTHING = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "暂无", "#n/a", "n/a", "null", "none"})


class BadCell(Exception):
    """The cell can't be read; `reason` is a key of `reasons.REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RowContext:
    """What a cell's meaning depends on outside itself. `year` is the row's 年度, or None. `per_cent`: the
    column is in per cent format, so its cells hold 0.8 where the sheet shows 80%."""

    year: int | None
    code_pattern: re.Pattern[str]
    per_cent: bool = False


def is_blank(cell: str) -> bool:
    if len(cell) > 4 and cell[0].isalnum():  # nearly every cell; folding all of them would take too long
        return False
    return fold(cell).lower() in NOTHING


def shown(cell: Cell) -> str:
    """The cell as the user sees it in the sheet: 340001, not 340001.0."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < BIGGEST_EXACT else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return "" if cell is None else str(cell)


def text(cell: Cell, context: RowContext) -> str:
    if isinstance(cell, float) and not math.isfinite(cell):
        raise BadCell("text")
    return fold(shown(cell))


def _digits_kept(cell: Cell, context: RowContext) -> str:
    """A number that is a name: without the marks that spreadsheets and exports leave on it."""
    bare = text(cell, context).replace(" ", "")
    if quoted := _QUOTED.match(bare):
        bare = quoted[1] or quoted[2] or ""
    if _SCIENTIFIC.search(bare):
        raise BadCell("scientific")
    return _POINT_ZERO.sub("", bare)


def lab_code(cell: Cell, context: RowContext) -> str:
    code = _digits_kept(cell, context)
    if not context.code_pattern.fullmatch(code):
        raise BadCell("lab_code")
    return code


def bare_code(code: str) -> str:
    """What Excel leaves of a code."""
    return code.lstrip("0").casefold()


def identifier(cell: Cell, context: RowContext) -> str:
    """A code without a pattern of its own, such as 项目编码."""
    return _digits_kept(cell, context)


def phone(cell: Cell, context: RowContext) -> str:
    number = _POINT_ZERO.sub("", text(cell, context).removeprefix("'"))
    if _SCIENTIFIC.search(number):
        raise BadCell("scientific")
    if sum(map(str.isdigit, number)) < 5:
        raise BadCell("phone")
    return number


def qq(cell: Cell, context: RowContext) -> str:
    if found := _QQ.fullmatch(_digits_kept(cell, context).lower()):
        return found[1]
    raise BadCell("qq")


def group_no(cell: Cell, context: RowContext) -> str:
    if found := _GROUP.fullmatch(_digits_kept(cell, context).lower()):
        return found[1]
    raise BadCell("group_no")


def email(cell: Cell, context: RowContext) -> str:
    address = text(cell, context).replace(" ", "")
    if not _EMAIL.fullmatch(address):
        raise BadCell("email")
    return address


def url(cell: Cell, context: RowContext) -> str:
    address = text(cell, context)
    if not _URL.fullmatch(address):
        raise BadCell("url")
    return address


def names(cell: Cell, context: RowContext) -> list[str]:
    """Several names in one cell; the same name is listed once."""
    whole = cell if isinstance(cell, str) else text(cell, context)
    return list(dict.fromkeys(name for part in _BETWEEN_NAMES.split(whole) if (name := fold(part))))


def year(cell: Cell, context: RowContext) -> int:
    if found := _YEAR.fullmatch(_digits_kept(cell, context)):
        return int(found[1]) if found[1] else 2000 + int(found[2])
    raise BadCell("year")


def activity_no(cell: Cell, context: RowContext) -> int:
    """1, 第1次, 第一次, 上半年 … as an int from 1 to 12."""
    word = _digits_kept(cell, context)
    n = int(word) if word.isascii() and word.isdigit() and len(word) < 3 else _NUMERALS.get(word)
    n = round_no_of(word) if n is None else n
    if n is None or not 1 <= n <= 12:
        raise BadCell("activity_no")
    return n


def times_a_year(cell: Cell, context: RowContext) -> int:
    if found := _TIMES.fullmatch(_digits_kept(cell, context)):
        return _NUMERALS.get(found[1]) or int(found[1])
    raise BadCell("times")


def verbatim(cell: Cell, context: RowContext) -> str:
    """What a person wrote, not folded: a card is judged by every character."""
    return as_written(shown(cell))


def as_written(words: str) -> str:
    """All of it that a cell can hold and give back."""
    return "".join(
        c for c in words if c not in "\ufffe\uffff" and unicodedata.category(c) not in {"Cc", "Cs"}
    ).strip()
