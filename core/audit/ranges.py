"""Which rows an erasure has touched: written as 12-15,90 in the row that tells of it."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

_RANGE = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?", re.ASCII)


def to_ranges(seqs: Sequence[int]) -> str:
    """Of ascending numbers."""
    found: list[list[int]] = []
    for seq in seqs:
        if found and found[-1][1] == seq - 1:
            found[-1][1] = seq
        else:
            found.append([seq, seq])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in found)


class Erased:
    """Asked for a row: did a later one tell of its erasure?"""

    def __init__(self, tellings: Iterable[tuple[int, str]]) -> None:
        """(number, detail as JSON) of each row that tells of an erasure."""
        found = sorted(pair for seq, detail in tellings for pair in _ranges(detail) if pair[1] < seq)
        self._lows, self._highs = [low for low, _ in found], [high for _, high in found]

    def __contains__(self, seq: int) -> bool:
        at = bisect_right(self._lows, seq) - 1
        return at >= 0 and seq <= self._highs[at]


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
