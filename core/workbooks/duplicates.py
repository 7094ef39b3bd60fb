"""A row that says again what another row of the same file said."""

from collections.abc import Hashable, Iterable, Sequence
from itertools import repeat
from typing import Any

from core.workbooks.columns import Column
from core.workbooks.kind import Kind
from core.workbooks.tables import Refused, Table, brief

Identity = tuple[Hashable, ...]
Seen = list[tuple[str, str, dict[Identity, int]]]  # one entry a sheet: kind, name, identity → row number


def refuse_doubles(table: Table, kind: Kind, values: Sequence[list[Any]], seen: Seen) -> None:
    """Moves second rows of one identity from `rows` to `refused`; adds the first ones to `seen`.

    `values` are the table's rows turned into columns.
    """
    keys = list(_identities(table, kind, values))
    earlier = [(sheet, places) for name, sheet, places in seen if name == kind.name]
    places = dict(zip(reversed(keys), reversed(table.row_numbers), strict=True))  # the first one stays
    seen.append((kind.name, table.sheet, places))
    if len(places) == len(keys) and all(places.keys().isdisjoint(old) for _, old in earlier):
        return
    rows, numbers = table.rows, table.row_numbers
    table.rows, table.row_numbers = [], []
    for key, row, number in zip(keys, rows, numbers, strict=True):
        if where := _first(key, number, places, earlier):
            table.refused.append(_refusal(table, kind, row, number, where))
        else:
            table.rows.append(row)
            table.row_numbers.append(number)
    table.refused.sort(key=lambda one: one.row)


def _first(
    key: Identity, number: int, places: dict[Identity, int], earlier: list[tuple[str, dict[Identity, int]]]
) -> str | None:
    """Where the row stood before, in words."""
    for sheet, old in earlier:
        if key in old:
            return f"工作表「{sheet}」第 {old[key]} 行"
    return f"第 {places[key]} 行" if places[key] != number else None


def _identities(table: Table, kind: Kind, values: Sequence[list[Any]]) -> Iterable[Identity]:
    columns: list[Iterable[Hashable]] = []
    for column in map(kind.column, kind.key):
        if column.ident in table.columns:
            columns.append(_comparable(column, values[table.columns.index(column.ident)]))
        else:
            columns.append(repeat(None, len(table.rows)))
    return zip(*columns, strict=True)


def _comparable(column: Column, values: list[Any]) -> Iterable[Hashable]:
    if column.same is None:
        return values
    same = {value: value if value is None else column.same(value) for value in set(values)}
    return map(same.__getitem__, values)


def _refusal(table: Table, kind: Kind, row: list[Any], number: int, where: str) -> Refused:
    headings = "、".join(kind.column(ident).heading for ident in kind.key)
    return Refused(
        row=number,
        heading=kind.telling.heading,
        value=brief(row[table.columns.index(kind.telling.ident)]),
        reason=f"与{where}重复",
        expected=f"{headings}相同的行只能有一行，请删去多余的行",
    )
