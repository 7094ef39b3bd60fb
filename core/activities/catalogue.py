"""What 项目 and 计划书 say: the programmes of a year with their rounds, and where their plan documents are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.activities.models import Programme, Round, RoundView
from core.activities.use import ALL, ProgrammesTx, choose, local_day, newest_year


class Tx(ProgrammesTx, Protocol):
    async def schedule(self, year: int, n: int | None) -> list[RoundView]: ...


@dataclass(frozen=True, slots=True)
class Offer:
    """A programme with those of its rounds that were asked for, in order; none while their schedule is not
    known."""

    programme: Programme
    rounds: tuple[Round, ...]

    @property
    def name(self) -> str:
        return self.programme.name

    @property
    def round(self) -> Round | None:
        return self.rounds[0] if self.rounds else None

    @property
    def plan_url(self) -> str:
        """Of the round; a programme's own is meant for all of them."""
        return (self.round.plan_url if self.round else "") or self.programme.plan_url


@dataclass(frozen=True, slots=True)
class Offers:
    """`known` is False when no catalogue of that year was imported: 未知, not 没有. `scheduled`: whether anything
    of that year, or of its activity `n`, was."""

    year: int
    n: int | None
    programmes: tuple[Offer, ...]
    known: bool
    scheduled: bool

    @property
    def with_plan(self) -> tuple[Offer, ...]:
        return tuple(one for one in self.programmes if one.plan_url)


async def catalogue(
    tx: Tx, words: Sequence[str], now: datetime, year: int | None = None, n: int | None = None
) -> Offers:
    """Answer of 项目: of the newest imported year that has begun, or of the one named; with `n`, only what takes
    place then. DomainError: those of `choose`."""
    wanted = year or await newest_year(tx, local_day(now))
    listed = await tx.programmes(wanted)
    chosen = choose([word for word in words if word != ALL], listed) if listed else []
    views = await tx.schedule(wanted, n)
    found = [Offer(one, _rounds(one, views)) for one in chosen or listed]
    if n is not None and views and not chosen:
        found = [one for one in found if one.rounds]
    return Offers(wanted, n, tuple(found), bool(listed), bool(views))


async def plan_documents(
    tx: Tx, words: Sequence[str], now: datetime, year: int | None = None, n: int | None = None
) -> Offers:
    """Answer of 计划书: as `catalogue`, each programme with just the round it is about: the next to close, else
    the last."""
    found = await catalogue(tx, words, now, year, n)
    meant = tuple(Offer(one.programme, _current(one.rounds, now)) for one in found.programmes)
    return Offers(found.year, n, meant, found.known, found.scheduled)


def _rounds(programme: Programme, views: Sequence[RoundView]) -> tuple[Round, ...]:
    mine = [view.round for view in views if view.round.programme.id == programme.id]
    return tuple(sorted(mine, key=lambda one: one.n))


def _current(rounds: Sequence[Round], now: datetime) -> tuple[Round, ...]:
    coming = [one for one in rounds if one.deadline >= now]
    return tuple(coming[:1] or rounds[-1:])
