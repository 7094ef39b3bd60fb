"""The sheets of a file as raw rows. Runs in the child only."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from bot.files import limits
from bot.files.weigh import weigh
from core.errors import DomainError
from core.workbooks.cells import Cell

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # xlsx, xls
EXPLANATIONS = frozenset({"说明", "填写说明", "使用说明"})

Rows = Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`first_row` is the sheet's own number of rows[0]."""

    name: str
    rows: Rows = field(repr=False)
    first_row: int = 1


def read_sheets(path: Path) -> list[Sheet]:
    """The visible sheets without the explanations; a CSV file is one sheet without a name."""
    content = path.read_bytes()
    if not content.startswith((ZIP, OLE)):
        return [Sheet("", _csv_rows(_decoded(content)))]
    if content.startswith(ZIP):
        weigh(content)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    wanted = [
        one.name
        for one in book.sheets_metadata
        if one.typ == SheetTypeEnum.WorkSheet
        and one.visible == SheetVisibleEnum.Visible  # nobody means to send what he can't see
        and one.name.strip() not in EXPLANATIONS
    ]
    return [_sheet(one) for one in _small_enough(book, wanted)]


def _small_enough(book: CalamineWorkbook, names: Sequence[str]) -> list[CalamineSheet]:
    """All of them, before one becomes rows: those take the time."""
    found, cells = [], 0
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.height > limits.ROWS + 100:  # what lies above the headings does not count
            raise DomainError("workbook/too_many_rows", limit=limits.ROWS, sheet=name)
        cells += sheet.height * sheet.width
        if cells > limits.CELLS:
            raise DomainError("workbook/too_large", sheet=name)
        found.append(sheet)
    return found


def _sheet(sheet: CalamineSheet) -> Sheet:
    if sheet.start is None:
        return Sheet(sheet.name, [])
    rows = sheet.to_python()
    _fill_merged(rows, sheet)
    return Sheet(sheet.name, rows, sheet.start[0] + 1)


def _fill_merged(rows: list[list[Any]], sheet: CalamineSheet) -> None:
    """A cell merged downwards says its value once and means it for each of its rows."""
    top, left = sheet.start or (0, 0)
    filled = 0
    for (first, column), (last, last_column) in sheet.merged_cell_ranges or ():
        at = column - left
        if column == last_column and first >= top and 0 <= at < sheet.width:
            below = range(first - top + 1, min(last - top + 1, len(rows)))
            filled += len(below)
            if filled > limits.CELLS:  # they lie on top of each other
                raise DomainError("workbook/too_large", sheet=sheet.name)
            for row in below:
                rows[row][at] = rows[first - top][at]


def _decoded(content: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with one (Excel's "Unicode text"), else GB18030."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _csv_rows(text: str) -> list[list[str]]:
    csv.field_size_limit(limits.FILE_BYTES)
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    delimiter = max(",", "\t", ";", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(_bounded(reader))
    except csv.Error as fault:  # an open quote would swallow the rows behind it
        raise DomainError("workbook/quotes", line=reader.line_num) from fault


def _bounded(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        if number > limits.ROWS + 100:
            raise DomainError("workbook/too_many_rows", limit=limits.ROWS)
        if len(row) > limits.COLUMNS:
            raise DomainError("workbook/too_large")
        yield row
