"""电话单: labs that have not reported and were not reached, to be telephoned by staff."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from core.access import Principal
from core.activities.models import RoundView
from core.activities.use import RoundsTx, activity
from core.errors import DomainError

UNBOUND, UNREACHED = "unbound", "unreached"


@dataclass(frozen=True, slots=True)
class Call:
    """One lab and one deadline. `why`: nobody is bound to it, or nothing arrived though it was due. Of the
    `unknown` programmes no list says whether it has reported."""

    lab_id: int
    name: str
    city: str
    county: str
    contact: str = field(repr=False)
    phone: str = field(repr=False)
    deadline: datetime
    why: str
    unreported: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Count:
    """Labs to be called up before one deadline; of `unknown` ones nothing is known but that they take part."""

    deadline: datetime
    unbound: int
    unreached: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Soon:
    year: int
    n: int
    count: Count


def count_calls(calls: Sequence[Call]) -> list[Count]:
    whys = Counter((one.deadline, one.why) for one in calls)
    unknown = Counter(one.deadline for one in calls if not one.unreported)
    deadlines = sorted({one.deadline for one in calls})
    return [Count(at, whys[at, UNBOUND], whys[at, UNREACHED], unknown[at]) for at in deadlines]


@dataclass(frozen=True, slots=True)
class PhoneList:
    """`calls` by deadline, city, county, name, those of which nothing is known last; `as_of` is the oldest list of
    submissions it rests on, `unlisted` are programmes without one. `silent`: somebody has not reported, as
    far as we know; `finished`: surely nobody. `reminded`: a reminder of one of the deadlines went out."""

    year: int
    n: int
    calls: tuple[Call, ...]
    as_of: datetime | None
    unlisted: tuple[str, ...]
    silent: bool
    finished: bool
    reminded: bool

    @property
    def counts(self) -> list["Count"]:
        return count_calls(self.calls)


class SoonTx(Protocol):
    async def rounds_closing(self, since: datetime) -> list[RoundView]: ...

    async def count_to_call(self, rounds: Sequence[int]) -> list[Count]: ...


class Tx(RoundsTx, Protocol):
    async def to_call(self, who: Principal, rounds: Sequence[int]) -> list[Call]: ...

    async def reminded(self, rounds: Sequence[int]) -> bool: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


CALLED_WITHIN = timedelta(days=1)  # before the deadline


async def calls_soon(tx: SoonTx, now: datetime) -> list["Soon"]:
    """What 待办 says: how many labs must be called up today, by activity; none where nothing closes soon."""
    soon = [view for view in await tx.rounds_closing(now) if view.deadline - now <= CALLED_WITHIN]
    found = []
    for year, n in sorted({(view.round.year, view.round.n) for view in soon}):
        mine = [view.round.id for view in soon if (view.round.year, view.round.n) == (year, n)]
        found += [Soon(year, n, count) for count in await tx.count_to_call(mine)]
    return found


async def open_rounds(tx: RoundsTx, year: int, n: int, words: Sequence[str], now: datetime) -> list[RoundView]:
    """Those that can still be reported; DomainError notices/all_closed, and those of `activity`."""
    found = [view for view in await activity(tx, year, n, words) if view.deadline > now]
    if not found:
        raise DomainError("notices/all_closed", year=year, n=n)
    return found


async def phone_list(tx: Tx, who: Principal, year: int, n: int, words: Sequence[str], now: datetime) -> PhoneList:
    """Nothing of it may stand in a group but the counts; written into the log, for it names labs."""
    views = await open_rounds(tx, year, n, words, now)
    rounds = [view.round.id for view in views]
    calls = await tx.to_call(who, rounds)
    await tx.audit(who, "notices.phone_list", f"activity:{year}:{n}", {"labs": len(calls)}, now)
    dates = [view.tally.as_of for view in views if view.tally.as_of]
    unlisted = tuple(view.name for view in views if not view.tally.known)
    silent = any(view.tally.unreported or view.tally.unknown for view in views)
    finished = all(view.tally.finished for view in views)
    reminded = await tx.reminded(rounds)
    return PhoneList(year, n, tuple(calls), min(dates, default=None), unlisted, silent, finished, reminded)
