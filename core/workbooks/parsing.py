"""From raw rows to a `Table`: column by column, each distinct cell read once.

60,000 rows hold few distinct programmes, codes and words; only the look-ups are per cell.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from operator import itemgetter
from typing import Any, Final

from core.workbooks.cells import CODE_PATTERN, BadCell, Cell, RowContext, is_blank, shown
from core.workbooks.columns import Column
from core.workbooks.duplicates import Seen, refuse_doubles
from core.workbooks.figures import in_per_cent
from core.workbooks.headings import Recognised
from core.workbooks.reasons import REASONS
from core.workbooks.tables import Refused, Table, brief, scope_of

BLANK: Final = object()


@dataclass(frozen=True, slots=True)
class Settings:
    """`source` is the file's name, `sheet` the sheet's. `seen` is shared by the sheets of one file."""

    code_pattern: str = CODE_PATTERN
    longest_cell: int = 500
    source: str = ""
    sheet: str = ""
    seen: Seen = field(default_factory=list)

    def of(self, sheet: str) -> "Settings":
        return replace(self, sheet=sheet)


@dataclass(frozen=True, slots=True)
class _Bad:
    reason: str


class _Memo(dict[Any, Any]):
    """Raw cell → value, BLANK or `_Bad`; reads a cell when it is first looked up.

    `odd`: it has met a blank or bad cell.
    """

    def __init__(self, column: Column, context: RowContext, longest: int) -> None:
        self.parse, self.context, self.longest = column.parse, context, longest
        self.as_written, self.odd = column.as_written, False

    def __missing__(self, cell: Cell) -> Any:
        try:
            value = self._word(cell) if isinstance(cell, str) else self.parse(cell, self.context)
        except BadCell as bad:
            value = _Bad(bad.reason)
        if value is BLANK or isinstance(value, _Bad):
            self.odd = True
        self[cell] = value
        return value

    def _word(self, cell: str) -> object:
        if not cell.strip() if self.as_written else is_blank(cell):
            return BLANK
        if len(cell) > self.longest:
            raise BadCell("too_long")
        return self.parse(cell, self.context)


class _Sheet:
    """The body of one sheet as columns of raw cells and columns of values, equally long."""

    def __init__(self, found: Recognised, rows: Sequence[Sequence[Cell]], settings: Settings) -> None:
        self.columns = [found.kind.column(ident) for ident in found.positions]
        self.telling = self.columns.index(found.kind.telling)
        body = _padded(rows[found.header_row_index + 1 :], 1 + max(found.positions.values()))
        self.raw = [_told_apart(list(map(itemgetter(at), body))) for at in found.positions.values()]
        self.height = len(body)
        self.odd: list[int] = []  # the columns with a blank or bad cell
        self.values: list[list[Any]] = []
        self.examples = {i for i, cell in enumerate(self.raw[self.telling]) if self._is_example(i, cell)}
        self._read(settings)

    def _read(self, settings: Settings) -> None:
        pattern = re.compile(settings.code_pattern, re.ASCII)
        years: list[int | None] = [None] * self.height
        for c, (column, cells) in enumerate(zip(self.columns, self.raw, strict=True)):
            per_cent = column.scores and in_per_cent(c for i, c in enumerate(cells) if i not in self.examples)
            memos = {
                year: _Memo(column, RowContext(year, pattern, per_cent), settings.longest_cell)
                for year in (set(years) if column.by_year else {None})
            }
            if len(memos) == 1:
                (memo,) = memos.values()
                values = list(map(memo.__getitem__, cells))
            else:
                values = [memos[year][cell] for year, cell in zip(years, cells, strict=True)]
            self.values.append(values)
            if any(memo.odd for memo in memos.values()):
                self.odd.append(c)
            if column.ident == "year":
                years = [year if isinstance(year, int) else None for year in values]

    def skipped(self) -> set[int]:
        """Rows without a word in any known column, and our template's example row."""
        if self.telling in self.odd:
            told = self.values[self.telling]
            empty = {i for i, value in enumerate(told) if value is BLANK and self._all_blank(i)}
        else:
            empty = set()
        return empty | self.examples

    def _all_blank(self, i: int) -> bool:
        return all(values[i] is BLANK for values in self.values)

    def _is_example(self, i: int, telling: Cell) -> bool:
        if telling != self.columns[self.telling].example:  # nearly every row
            return False
        return all(cells[i] == column.example for column, cells in zip(self.columns, self.raw, strict=True))

    def faults(self) -> dict[int, list[tuple[int, str]]]:
        """Row → its bad cells as (column, reason). Puts `empty` where a blank is allowed."""
        faults: dict[int, list[tuple[int, str]]] = {}
        for c in self.odd:
            column, values = self.columns[c], self.values[c]
            for i, value in enumerate(values):
                if value is BLANK:
                    values[i] = column.empty
                    if column.required_value:
                        faults.setdefault(i, []).append((c, "missing"))
                elif isinstance(value, _Bad):
                    faults.setdefault(i, []).append((c, value.reason))
        return faults

    def refusal(self, i: int, number: int, faults: list[tuple[int, str]]) -> Refused:
        c, reason = faults[0]
        others = "、".join(self.columns[other].heading for other, _ in faults[1:])
        return Refused(
            row=number,
            heading=self.columns[c].heading,
            value=brief(self.raw[c][i]),
            reason=REASONS[reason] + (f"（本行还有：{others}）" if others else ""),
            expected=self.columns[c].note,
        )


def parse_rows(
    recognised: Recognised, rows: Sequence[Sequence[Cell]], first_row_number: int, settings: Settings
) -> Table:
    """`rows` are those `recognised` was made from; `first_row_number` is the sheet's number of rows[0].

    Never raises: what can't be read is in `Table.refused`.
    """
    sheet = _Sheet(recognised, rows, settings)
    first = first_row_number + recognised.header_row_index + 1
    skipped, faults = sheet.skipped(), sheet.faults()
    refused = [sheet.refusal(i, first + i, faults[i]) for i in sorted(faults.keys() - skipped)]
    left_out = skipped | faults.keys()
    kept = [i for i in range(sheet.height) if i not in left_out] if left_out else range(sheet.height)
    values = [[column[i] for i in kept] for column in sheet.values] if left_out else sheet.values
    table = Table(
        kind=recognised.kind.name,
        columns=tuple(recognised.positions),
        rows=list(map(list, zip(*values, strict=True))),
        row_numbers=[first + i for i in kept],
        refused=refused,
        ignored=list(recognised.ignored),
        sheet=settings.sheet,
        source=settings.source,
        scope=scope_of(settings.sheet, *_titles(recognised, rows), settings.source),
    )
    refuse_doubles(table, recognised.kind, values, settings.seen)
    return table


def _titles(recognised: Recognised, rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    return (shown(cell) for row in rows[: recognised.header_row_index] for cell in row)


def _padded(rows: Sequence[Sequence[Cell]], width: int) -> Sequence[Sequence[Cell]]:
    """CSV rows may be short."""
    if min(map(len, rows), default=width) >= width:
        return rows
    return [[*row, *repeat("", width - len(row))] for row in rows]


def _told_apart(cells: list[Cell]) -> list[Cell]:
    """True equals 1.0 as a key, but TRUE is not a first activity. None is as blank as ""."""
    if {bool, type(None)} & set(map(type, cells)):
        return [shown(cell) if cell is None or isinstance(cell, bool) else cell for cell in cells]
    return cells
