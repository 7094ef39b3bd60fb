"""What about scores waits for staff: nothing imported though it is time, imported and not released, doubtful."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from core.activities.use import local_day

EXPECTED_AFTER = timedelta(days=20)  # about half a month (guide part 3.5), and some days


@dataclass(frozen=True, slots=True)
class ScoresOf:
    """Programmes of one activity, or how many conflicts it has."""

    year: int
    n: int
    names: tuple[str, ...] = ()
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class ScoresTodo:
    """Newest activities first."""

    due: tuple[ScoresOf, ...]
    unreleased: tuple[ScoresOf, ...]
    doubtful: tuple[ScoresOf, ...]


class Tx(Protocol):
    async def scores_due(self, day: date, closed: datetime) -> list[tuple[int, int, str]]: ...

    async def scores_unreleased(self) -> list[tuple[int, int, str]]: ...

    async def conflicts_open(self) -> list[tuple[int, int, int]]: ...


async def scores_todo(tx: Tx, now: datetime) -> ScoresTodo:
    due = await tx.scores_due(local_day(now), now - EXPECTED_AFTER)
    doubtful = tuple(ScoresOf(year, n, conflicts=count) for year, n, count in await tx.conflicts_open())
    return ScoresTodo(_by_activity(due), _by_activity(await tx.scores_unreleased()), doubtful)


def _by_activity(rows: Iterable[tuple[int, int, str]]) -> tuple[ScoresOf, ...]:
    found: dict[tuple[int, int], list[str]] = {}
    for year, n, name in rows:
        found.setdefault((year, n), []).append(name)
    return tuple(ScoresOf(*activity, tuple(names)) for activity, names in found.items())
