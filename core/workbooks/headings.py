"""Which kind a sheet is, told by its headings."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.errors import DomainError
from core.words import fold
from core.workbooks.cells import Cell, shown
from core.workbooks.kinds import KINDS, Kind

SEARCHED_ROWS = 10  # title lines may stand above the headings
SEARCHED_COLUMNS = 200
SEARCHED_CHARACTERS = 200

_MARKS = re.compile(r"[\s*【】\[\]:·]")
_REMARK = re.compile(r"\(.*?\)$")


@dataclass(frozen=True, slots=True)
class Recognised:
    """`positions`: ident → index within the row, in the order of the kind's columns. `official`: how many of
    them bear the contract's own name."""

    kind: Kind
    header_row_index: int
    positions: dict[str, int]
    ignored: tuple[str, ...]
    official: int


@lru_cache(maxsize=1024)
def heading_key(text: str) -> str:
    return _MARKS.sub("", fold(text)).casefold()


def recognise(rows: Sequence[Sequence[Cell]], wanted: str | None) -> Recognised:
    """The kind whose headings stand in one of the first rows.

    Raises DomainError: "workbook/kind" (kind, known) for a `wanted` that there is none of;
    "workbook/headings" (kind, title, expected, missing, found; all but `found` about the nearest kind,
    with kind and title empty and `expected` one line per kind where nothing at all was recognised).
    """
    if wanted is not None and wanted not in KINDS:
        raise DomainError("workbook/kind", kind=wanted, known=list(KINDS))
    kinds = [KINDS[wanted]] if wanted else list(KINDS.values())
    lines = enumerate(map(_Line.of, rows[:SEARCHED_ROWS]))
    candidates = [line.read_as(kind, index) for index, line in lines for kind in kinds]
    nearest = max(candidates, key=_nearness, default=None)
    complete = max(filter(_is_complete, candidates), key=_fitness, default=None)
    # A list of submissions that lacks 上报情况 must not pass for a list of labs.
    if complete is None or not (nearest and _is_complete(nearest)):
        raise _not_recognised(nearest, rows, kinds)
    return complete


def _missing(candidate: Recognised) -> list[str]:
    return [column.heading for column in candidate.kind.required if column.ident not in candidate.positions]


def _is_complete(candidate: Recognised) -> bool:
    return not _missing(candidate)


def _nearness(candidate: Recognised) -> tuple[int, int, int]:
    """Most headings known. On a tie the kind that misses least, so a complete one wins; then the names."""
    return len(candidate.positions), -len(_missing(candidate)), candidate.official


def _fitness(candidate: Recognised) -> tuple[int, int]:
    """Among complete ones the most demanding kind: 实验室编码 beside 单位名称 makes a list of labs."""
    return len(candidate.kind.required), len(candidate.positions)


@dataclass(frozen=True, slots=True)
class _Line:
    """A row that may be the headings; `places`: key → where it stands, the whole heading preferred."""

    texts: list[str]
    keys: list[str]
    places: dict[str, list[int]]

    @classmethod
    def of(cls, row: Sequence[Cell]) -> "_Line":
        texts = [fold(shown(cell)[:SEARCHED_CHARACTERS]) for cell in row[:SEARCHED_COLUMNS]]
        keys = [heading_key(text) for text in texts]
        places: dict[str, list[int]] = {}
        for spelling in (keys, [_REMARK.sub("", key) for key in keys]):  # 上报截止（北京时间）
            for i, key in enumerate(spelling):
                places.setdefault(key, []).append(i)
        return cls(texts, keys, places)

    def read_as(self, kind: Kind, header_row_index: int) -> Recognised:
        """Official headings choose their places before the other names do."""
        official = [(column.ident, column.heading) for column in kind.columns]
        others = [(column.ident, other) for column in kind.columns for other in column.others]
        at: dict[int, str] = {}
        for ident, name in official + others:
            if ident not in at.values():
                free = (i for i in self.places.get(heading_key(name), ()) if i not in at)
                at |= {i: ident for i in [*free][:1]}
        where = {ident: i for i, ident in at.items()}
        positions = {ident: where[ident] for ident, _ in official if ident in where}
        ignored = tuple(text for i, text in enumerate(self.texts) if self.keys[i] and i not in at)
        own = sum(self.keys[where[ident]] == heading_key(heading) for ident, heading in official if ident in where)
        return Recognised(kind, header_row_index, positions, ignored, own)


def _not_recognised(
    nearest: Recognised | None, rows: Sequence[Sequence[Cell]], kinds: Sequence[Kind]
) -> DomainError:
    if nearest is not None and (nearest.positions or len(kinds) == 1):
        return DomainError(
            "workbook/headings",
            kind=nearest.kind.name,
            title=nearest.kind.title,
            expected=[column.heading for column in nearest.kind.required],
            missing=_missing(nearest),
            found=_found(rows[nearest.header_row_index]),
        )
    fullest = max(rows[:SEARCHED_ROWS], key=lambda row: len(_found(row)), default=())
    expected = [f"{kind.title}：{' '.join(c.heading for c in kind.required)}" for kind in kinds]
    return DomainError(
        "workbook/headings", kind="", title="", expected=expected, missing=[], found=_found(fullest)
    )


def _found(row: Sequence[Cell]) -> list[str]:
    """The headings of the sheet, kept short enough for a reply."""
    return [text[:20] for cell in row if (text := fold(shown(cell)))][:30]
