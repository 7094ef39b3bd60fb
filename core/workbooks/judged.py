"""What an import would do, before it does anything; workbooks of one call are judged in turn against what
stands and what the earlier ones will bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.workbooks.tables import Refused, Scope, Table

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One row to write. `values` holds only what the sheet says; `old` is None for a new row."""

    key: tuple[Any, ...]
    values: Values
    old: Values | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One submission to write: natural keys only, `at` is ISO-8601 UTC text."""

    round: tuple[int, int, str]
    lab_code: str
    state: str
    at: str | None

    def __repr__(self) -> str:
        return f"Mark(round={self.round}, state={self.state})"


@dataclass(slots=True)
class Judged:
    """`lists`: the rounds a submissions sheet speaks of. `dropped`: labs no longer on a complete list.

    `complete`: nobody is missing from its lists. `keys`: of the rows so far, where two may be the same
    though spelled differently.
    """

    table: Table
    new: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    marks_new: int = 0
    dropped: int = 0
    lists: list[tuple[int, int, str]] = field(default_factory=list)
    scope: Scope = "partial"
    complete: bool = False
    keys: set[tuple[Any, ...]] = field(default_factory=set)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by what becomes of them; labs dropped from a complete list count as changed."""
        marks_changed = len(self.marks) - self.marks_new
        return {
            "new": len(self.new) + self.marks_new,
            "changed": len(self.changed) + marks_changed,
            "unchanged": self.unchanged,
            "refused": len(self.refused),
        }


@dataclass(slots=True)
class Known:
    """What stands in the database, by natural key, in the workbooks' own values (moments as ISO text).

    `listed`: the labs that the sheets judged so far list for a round.
    """

    labs: dict[str, Values] = field(default_factory=dict)
    applications: dict[tuple[str, str, str, str], Values] = field(default_factory=dict)
    programmes: dict[tuple[int, str], Values] = field(default_factory=dict)
    rounds: dict[tuple[int, int, str], Values] = field(default_factory=dict)
    submissions: dict[tuple[int, int, str], dict[str, tuple[str, str | None]]] = field(default_factory=dict)
    listed: dict[tuple[int, int, str], set[str]] = field(default_factory=dict)


def sort_out(judged: Judged, key: tuple[Any, ...], values: Values, old: Values | None) -> None:
    """New, changed or unchanged; a column that the sheet lacks changes nothing."""
    if old is None:
        judged.new.append(Change(key, values))
    elif all(old.get(name) == value for name, value in values.items()):
        judged.unchanged += 1
    else:
        judged.changed.append(Change(key, values, old))


def refuse(judged: Judged, row: int, heading: str, value: object, reason: str, expected: str) -> None:
    judged.refused.append(Refused(row, heading, str(value)[:40], reason, expected))


def refuse_second(judged: Judged, key: tuple[Any, ...], row: int, heading: str, value: object) -> bool:
    """Whether an earlier row had this key; the reader can't tell where the two are spelled differently."""
    if key in judged.keys:
        refuse(judged, row, heading, value, "与前面的行重复", "请删去多余的行")
        return True
    judged.keys.add(key)
    return False


def rows_as_values(table: Table) -> Sequence[tuple[int, Values]]:
    """(row number, values by ident), blanks of text columns as empty text."""
    return [
        (number, dict(zip(table.columns, row, strict=True)))
        for number, row in zip(table.row_numbers, table.rows, strict=True)
    ]


def blank_text(values: Mapping[str, Any], *idents: str) -> Values:
    """The same values, with empty text where those idents are blank."""
    return {name: "" if value is None and name in idents else value for name, value in values.items()}
