"""Whether a lab was unsuccessful: two unsatisfactory rounds in a row, or two of three (domain §5)."""

from collections.abc import Mapping
from enum import StrEnum

from core.scores.models import Verdict

Activity = tuple[int, int]
WINDOW = 3


class Standing(StrEnum):
    """UNKNOWN: the history has a hole on which the answer hangs."""

    GOOD = "good"
    UNSUCCESSFUL = "unsuccessful"
    UNKNOWN = "unknown"


def standing(results: Mapping[Activity, Verdict], rounds: Mapping[int, int], at: Activity) -> Standing:
    """Of the round `at` and the two before it; what `results` (released ones only) lacks is not known.

    `rounds`: how many a year has, for years that are in `results`. What is not scored or not applicable is
    never a failure (guide part 3.5).
    """
    window = [results.get(one) for one in _window(rounds, at)]
    failed = [verdict is Verdict.UNSATISFACTORY for verdict in window]
    if sum(failed) >= 2:  # of three rounds two in a row are two of three as well
        return Standing.UNSUCCESSFUL
    unknown = sum(verdict is None for verdict in window)
    return Standing.UNKNOWN if sum(failed) + unknown >= 2 else Standing.GOOD


def _window(rounds: Mapping[int, int], at: Activity) -> list[Activity]:
    """`at` and the two rounds that went before it, newest first; mostly a year has two (guide part 2)."""
    found = [at]
    while len(found) < WINDOW:
        year, n = found[-1]
        found.append((year, n - 1) if n > 1 else (year - 1, rounds.get(year - 1, 2)))
    return found
