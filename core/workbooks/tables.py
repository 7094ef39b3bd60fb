"""What a workbook said, ready to be imported; plain enough to cross a process boundary as JSON."""

import re
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, cast

from core.words import fold
from core.workbooks.cells import Cell, shown

Scope = Literal["full", "partial"]
SHOWN_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that can't be imported; `row` is the sheet's own number, `heading` the (first) bad cell's."""

    row: int
    heading: str
    value: str = field(repr=False)
    reason: str
    expected: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Refused":
        return cls(**data)


@dataclass(slots=True)
class Table:
    """One sheet. `columns` are the idents of the headings found; a column the sheet lacks is not among them.

    `rows[i]` holds one value per column and stood in row `row_numbers[i]` of the sheet. Moments are
    ISO-8601 UTC text, days 2026-03-27. Equal lists may be one and the same object: don't change them.
    `refused` has one entry per refused row. `ignored` are headings that mean nothing to this kind.
    """

    kind: str
    columns: tuple[str, ...]
    rows: list[list[Any]] = field(repr=False)
    row_numbers: list[int]
    refused: list[Refused] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    sheet: str = ""
    source: str = ""
    scope: Scope | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "columns": self.columns,
            "rows": self.rows,
            "row_numbers": self.row_numbers,
            "refused": [one.to_json() for one in self.refused],
            "ignored": self.ignored,
            "sheet": self.sheet,
            "source": self.source,
            "scope": self.scope,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Table":
        return cls(
            kind=data["kind"],
            columns=tuple(data["columns"]),
            rows=data["rows"],
            row_numbers=data["row_numbers"],
            refused=[Refused.from_json(one) for one in data["refused"]],
            ignored=data["ignored"],
            sheet=data["sheet"],
            source=data["source"],
            scope=cast(Scope | None, data["scope"]),
        )


_NOT_FULL = "[非不未没无半](?:是|为|够|有)?全量"
_FULL, _PARTIAL = re.compile("全量"), re.compile(f"增量|{_NOT_FULL}")


def scope_of(*titles: str) -> Scope | None:
    """The first title that says 全量 or 增量 and not both; 非全量 and 不是全量 say 增量."""
    for title in titles:
        partial = bool(_PARTIAL.search(title))
        full = bool(_FULL.search(re.sub(_NOT_FULL, "", title)))
        if full != partial:
            return "full" if full else "partial"
    return None


def brief(cell: Cell) -> str:
    """The cell for a refusal, at most 40 characters."""
    text = fold(shown(cell)[: 10 * SHOWN_CHARACTERS])
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
