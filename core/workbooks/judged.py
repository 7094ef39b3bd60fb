"""What an import would do, before it does anything; workbooks of one call are judged in turn against what
stands and what the earlier ones will bring."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from core.access.suspending import is_other_contact
from core.workbooks.tables import Refused, Scope, Table

Values = dict[str, Any]
Key = tuple[int, int, str]  # year, n, programme code; n is 0 for what holds a whole year
Standing = dict[Any, dict[Any, tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Change:
    """One row to write. `values` holds only what the sheet says; `old` is None for a new row."""

    key: tuple[Any, ...] = field(repr=False)
    values: Values = field(repr=False)
    old: Values | None = field(default=None, repr=False)

    @property
    def renamed(self) -> bool:
        """Whether what stands bears another name."""
        return bool(self.old) and "name" in self.values and self.values["name"] != (self.old or {}).get("name")

    @property
    def named_others(self) -> bool:
        """Whether a roster entry names another contact or telephone."""
        return is_other_contact(self.old or {}, self.values)


class Mark(NamedTuple):
    """One fact about one lab to write: natural keys only, `at` is ISO-8601 UTC text. `words` is a
    certificate's number or a score's remark. A tuple, for an import makes 60,000 of them."""

    key: Key
    lab_code: str
    state: str
    at: str | None = None
    words: str = ""
    analyte: str = ""
    acceptable: int | None = None
    total: int | None = None
    pt: float | None = None
    conflict: bool = False

    def __repr__(self) -> str:
        return f"Mark(key={self.key}, state={self.state})"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A score whose figures and verdict disagree; `row` of the sheet. The verdict stands, staff look.

    `hollow`: it says nothing of a programme whose analytes are scored.
    """

    row: int
    verdict: str
    pt: float | None
    rate: float | None
    hollow: bool = False


@dataclass(slots=True)
class Judged:
    """`lists`: what a sheet of facts speaks of. `dropped`: labs (members) no longer on a complete list.

    `complete`: nobody is missing from its lists. `keys`: of the rows so far, where two may be the same
    though spelled differently. `visible`: scores and certificates to write that are released already, so all
    can see them at once; `corrected` of them stood before. `members`: group → everybody who is in it from now
    on.
    `after`: the last import that stood when this was judged; None where nobody looked.
    """

    table: Table
    new: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    marks_new: int = 0
    dropped: int = 0
    lists: list[Key] = field(default_factory=list)
    scope: Scope = "partial"
    complete: bool = False
    conflicts: list[Conflict] = field(default_factory=list)
    visible: int = 0
    corrected: int = 0
    members: dict[str, list[Values]] = field(default_factory=dict, repr=False)
    keys: set[tuple[Any, ...]] = field(default_factory=set, repr=False)
    after: int | None = None

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


@dataclass(slots=True, repr=False)
class Known:
    """What stands in the database, by natural key, in the workbooks' own values (moments as ISO text).

    `facts`: kind → list → lab (of scores: lab and analyte; of members: group → account) → what stands.
    `listed`: kind → list → whom the sheets judged so far name. `released`: lists of scores (n > 0) and of
    certificates (n 0) that all can see.
    `settled`: applications whose code was assigned.
    """

    labs: dict[str, Values] = field(default_factory=dict)
    applications: dict[tuple[str, str, str, str], Values] = field(default_factory=dict)
    settled: set[tuple[str, str, str, str]] = field(default_factory=set)
    programmes: dict[tuple[int, str], Values] = field(default_factory=dict)
    rounds: dict[Key, Values] = field(default_factory=dict)
    facts: dict[str, Standing] = field(default_factory=dict)
    listed: dict[str, dict[Any, set[Hashable]]] = field(default_factory=dict)
    released: set[Key] = field(default_factory=set)


def sort_out(judged: Judged, key: tuple[Any, ...], values: Values, old: Values | None) -> None:
    """New, changed or unchanged; a column that the sheet lacks changes nothing."""
    if old is None:
        judged.new.append(Change(key, values))
    elif all(old.get(name) == value for name, value in values.items()):
        judged.unchanged += 1
    else:
        judged.changed.append(Change(key, values, old))


def compare(judged: Judged, mark: Mark, old: tuple[Any, ...] | None, new: tuple[Any, ...]) -> bool:
    """Whether the fact has to be written; `old` and `new` are what `Known.facts` holds of it."""
    if old == new:
        judged.unchanged += 1
        return False
    judged.marks.append(mark)
    judged.marks_new += old is None
    return True


def compare_returned(
    judged: Judged, known: Known, mark: Mark, old: tuple[Any, ...] | None, new: tuple[Any, ...]
) -> None:
    """As `compare`, of what the centre returns: once its list is released, all see the change at once."""
    if compare(judged, mark, old, new) and mark.key in known.released:
        judged.visible += 1
        judged.corrected += old is not None


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
