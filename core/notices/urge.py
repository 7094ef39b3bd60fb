"""催报: a reminder now, once a day and deadline, by the same rules as the planned ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn, Protocol

from core.access import Principal
from core.activities.models import RoundView
from core.activities.use import RoundsTx
from core.calendar import shanghai
from core.errors import DomainError
from core.notices.phone import open_rounds
from core.pushes.models import Kind, Planned, Timed
from core.pushes.plan import Deadline

Moments = tuple[datetime, datetime]

STAGE = "now"
SOON = timedelta(hours=1)  # then a planned one says the same


class Tx(RoundsTx, Protocol):
    async def rounds_at(self, year: int, n: int, deadline: datetime) -> list[RoundView]: ...

    async def next_reminder(self, deadline: Deadline) -> datetime | None: ...

    async def push_with_key(self, key: str) -> Timed | None: ...

    async def count_targets(self, kind: str) -> int: ...


class WriteTx(Tx, Protocol):
    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Urged:
    """One deadline with all that is open at it, as the message will list it, `along` what was not asked for;
    `next_at`: when the next planned reminder of it is due."""

    deadline: Deadline
    views: tuple[RoundView, ...]
    along: tuple[RoundView, ...]
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Urge:
    """`again` were urged today, `soon` are due by themselves, each with when; `groups` that it goes to."""

    year: int
    n: int
    urged: tuple[Urged, ...]
    again: tuple[Moments, ...]
    soon: tuple[Moments, ...]
    groups: int

    @property
    def as_of(self) -> datetime | None:
        dates = [view.tally.as_of for one in self.urged for view in one.views if view.tally.as_of]
        return min(dates, default=None)


async def propose_urge(tx: Tx, year: int, n: int, words: Sequence[str], now: datetime, calm_at: datetime) -> Urge:
    """The words choose deadlines; `calm_at`: when the first can go out. DomainError notices/all_closed,
    …/all_reported, …/urged_today, …/due_soon."""
    wanted = await open_rounds(tx, year, n, words, now)
    asked = {view.round.id for view in wanted}
    urged: list[Urged] = []
    again: list[Moments] = []
    soon: list[Moments] = []
    for at in sorted({view.deadline for view in wanted if not view.tally.finished}):
        deadline = Deadline(year, n, at)
        if before := await tx.push_with_key(_key(deadline, now)):
            again.append((at, before.due_at))
            continue
        views = tuple(view for view in await tx.rounds_at(year, n, at) if not view.tally.finished)
        next_at = await tx.next_reminder(deadline)
        if next_at and next_at < calm_at + SOON:
            soon.append((at, next_at))
            continue
        along = tuple(view for view in views if view.round.id not in asked)
        urged.append(Urged(deadline, views, along, next_at))
    if not urged:
        _refuse(year, n, again, soon)
    return Urge(year, n, tuple(urged), tuple(again), tuple(soon), await tx.count_targets(Kind.REMINDER))


def _refuse(year: int, n: int, again: Sequence[Moments], soon: Sequence[Moments]) -> NoReturn:
    for name, found in (("notices/urged_today", again), ("notices/due_soon", soon)):
        for deadline, at in found:
            raise DomainError(name, at=at, deadline=deadline)
    raise DomainError("notices/all_reported", year=year, n=n)


async def urge(tx: WriteTx, who: Principal, proposed: Urge, now: datetime) -> None:
    """Each lasts until the next planned one, or to the deadline: then it is the last stage and treated so."""
    for one in proposed.urged:
        at = one.deadline.at
        facts = {"year": proposed.year, "n": proposed.n, "deadline": at.isoformat(), "stage": STAGE}
        planned = Planned(Kind.REMINDER, _key(one.deadline, now), now, one.next_at or at, facts, spread=True)
        await tx.write_push(planned, now)
    deadlines = [one.deadline.at.isoformat() for one in proposed.urged]
    await tx.audit(who, "notices.urge", f"activity:{proposed.year}:{proposed.n}", {"deadlines": deadlines}, now)


def _key(deadline: Deadline, now: datetime) -> str:
    return f"{Kind.REMINDER}:{deadline.key}:{STAGE}-{shanghai(now):%Y%m%d}"
