"""Which rows an erasure has touched: written as 12-15,90 in the row that tells of it."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.access import Account
from core.audit.chain import Entry
from core.audit.subjects import person

_RANGE = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?", re.ASCII)


def to_ranges(seqs: Sequence[int]) -> str:
    """Of ascending numbers."""
    found: list[list[int]] = []
    for seq in seqs:
        if found and found[-1][1] == seq - 1:
            found[-1][1] = seq
        else:
            found.append([seq, seq])
    return ",".join(_written(low, high) for low, high in found)


@dataclass(frozen=True, slots=True)
class Erasure:
    """For eyes: who took persons out of which rows."""

    seq: int
    at: datetime | None
    actor: Account | None
    ranges: tuple[str, ...]

    @classmethod
    def told(cls, entry: Entry) -> "Erasure":
        found = tuple(_written(*pair) for pair in _ranges(entry.detail))
        return cls(entry.seq or 0, entry.at, person(entry.actor), found)


class Erased:
    """Asked for a row: did a later one tell of its erasure?"""

    def __init__(self, tellings: Iterable[Entry]) -> None:
        """The sealed rows that tell of erasures."""
        found = sorted(pair for one in tellings for pair in _ranges(one.detail) if pair[1] < (one.seq or 0))
        self._lows, self._highs = [low for low, _ in found], [high for _, high in found]

    def __contains__(self, seq: int) -> bool:
        at = bisect_right(self._lows, seq) - 1
        return at >= 0 and seq <= self._highs[at]


def _written(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}"


def _ranges(detail: str) -> Iterator[tuple[int, int]]:
    """None of what is not in this form: that row was tampered with, and the chain says so."""
    try:
        said = json.loads(detail)
    except (TypeError, ValueError, RecursionError):
        return
    text = said.get("rows") if isinstance(said, dict) else None
    for part in text.split(",") if isinstance(text, str) else ():
        if match := _RANGE.fullmatch(part):
            yield int(match[1]), int(match[2] or match[1])
