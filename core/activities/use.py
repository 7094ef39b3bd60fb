"""What is asked about programmes and deadlines, and how staff announce samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from core.access import Principal
from core.activities.models import Programme, Round, RoundState, RoundView
from core.activities.own import NEAR
from core.calendar import SHANGHAI
from core.errors import DomainError, Several
from core.pushes.models import Kind, Planned
from core.words import match_names
from core.words.loose import cut
from core.words.near import near

ALL = "全部"
ANNOUNCED_FOR = timedelta(days=7)
NOT_FOUND = frozenset(("activities/programme_unknown", "activities/programme_near"))
LATELY = timedelta(days=3)  # a deadline just past is still worth an answer


class ProgrammesTx(Protocol):
    async def programmes(self, year: int) -> list[Programme]: ...

    async def programme_years(self) -> list[int]: ...


class RoundsTx(ProgrammesTx, Protocol):
    async def rounds(self, year: int, n: int | None) -> list[RoundView]: ...

    async def rounds_closing(self, since: datetime) -> list[RoundView]: ...

    async def any_rounds(self) -> bool: ...


class DispatchTx(RoundsTx, Protocol):
    async def set_round_state(self, ids: Sequence[int], state: RoundState, now: datetime) -> None: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


def choose(words: Sequence[str], programmes: Sequence[Programme]) -> list[Programme]:
    """The programmes that the words name, also glued together (血球和糖化); none for no words.

    DomainError: activities/programme_unknown. Several: activities/programme_near (nothing is called so, these
    nearly are), activities/programme_ambiguous (an alias that hits several leads to a question back, domain §2).
    """
    index = [(name, programme) for programme in programmes for name in programme.names]
    found = [(word, match_names(word, index)) for word in _apart(words, index)]
    for word, hits in found:  # a word that is no programme at all comes first: it may be mere talk
        if not hits:
            raise _unknown(word, programmes)
    for word, hits in found:
        different = list(dict.fromkeys(p.name for p in hits))  # one name in two years is one programme
        if len(different) > 1:
            raise Several("activities/programme_ambiguous", word, different)
    return list(dict.fromkeys(hit for _, hits in found for hit in hits))


def choose_from_all(
    words: Sequence[str], own: Sequence[Programme], others: Sequence[Programme]
) -> list[Programme]:
    """Among `own`, so that an alias of one of them is clear; else among all: a programme that is not one's own is
    still a programme, and no misspelling of one. DomainError: those of `choose`, activities/no_catalogue."""
    try:
        return choose(words, own)
    except DomainError as refusal:
        if refusal.key not in NOT_FOUND:
            raise
    if not (own or others):
        raise DomainError("activities/no_catalogue", word="、".join(words))
    return choose(words, list({one.id: one for one in (*own, *others)}.values()))


def _apart(words: Sequence[str], index: Sequence[tuple[str, Programme]]) -> list[str]:
    names = [name for name, _ in index]
    return [part for word in words for part in ([word] if match_names(word, index) else cut(word, names))]


def _unknown(word: str, programmes: Sequence[Programme]) -> DomainError:
    spoken = [(name, one.name) for one in programmes for name in one.names if name != one.code]
    names = near(word, spoken)  # a code that is nearly one of ours may be a laboratory's
    return (
        Several("activities/programme_near", word, names)
        if names
        else DomainError("activities/programme_unknown", word=word)
    )


async def programmes(tx: ProgrammesTx, year: int | None, words: Sequence[str], today: date) -> "Catalogue":
    """The catalogue of a year (default: the newest imported one not after this year)."""
    wanted = year or await newest_year(tx, today)
    listed = await tx.programmes(wanted)
    chosen = choose(words, listed) if listed else []
    return Catalogue(wanted, tuple(chosen or listed), bool(listed))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`known` is False when no catalogue of that year was imported: 未知, not 没有."""

    year: int
    programmes: tuple[Programme, ...]
    known: bool


async def newest_year(tx: ProgrammesTx, today: date) -> int:
    """The newest year with a catalogue, but none to come."""
    years = await tx.programme_years()
    return max((y for y in years if y <= today.year), default=max(years, default=today.year))


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Open and coming rounds in order of deadline, and those closed within the last days, or at any time where
    they are asked for by name. `known`: whether anything of the year and activity in question was imported;
    `unplanned`: programmes that were named and have no round among these."""

    coming: tuple[RoundView, ...]
    closed: tuple[RoundView, ...]
    known: bool
    unplanned: tuple[str, ...] = ()


async def deadlines(
    tx: RoundsTx, words: Sequence[str], now: datetime, year: int | None = None, n: int | None = None
) -> Deadlines:
    """Answer of 截止. Words name programmes of the years in question."""
    near_now = await tx.rounds_closing(now - LATELY)
    near_now = [view for view in near_now if year in (None, view.round.year) and n in (None, view.round.n)]
    words = [word for word in words if word != ALL]
    if not (words or year or n):
        return _deadlines(_before(near_now, now), now, bool(near_now) or await tx.any_rounds())
    of_year = await tx.rounds(year or local_day(now).year, n)
    known = bool(of_year or near_now) or (not (year or n) and await tx.any_rounds())
    if not words:
        return _deadlines(near_now or of_year, now, known)
    listed = await tx.programmes(year or await newest_year(tx, local_day(now)))
    pool = {p.id: p for p in (*listed, *(view.round.programme for view in (*near_now, *of_year)))}
    chosen = choose(words, list(pool.values())) if pool else []
    found = [view for one in chosen for view in _of(one, near_now) or _last(_of(one, of_year))]
    planned = {view.name for view in found}
    unplanned = tuple(dict.fromkeys(one.name for one in chosen if one.name not in planned))
    return _deadlines(sorted(found, key=lambda view: view.deadline), now, known, unplanned)


def _deadlines(
    views: Sequence[RoundView], now: datetime, known: bool, unplanned: tuple[str, ...] = ()
) -> Deadlines:
    coming = tuple(view for view in views if view.deadline >= now)
    return Deadlines(coming, tuple(view for view in views if view.deadline < now), known, unplanned)


def _before(views: Sequence[RoundView], now: datetime) -> list[RoundView]:
    """Without those that come long after the next one."""
    first = next((view.deadline for view in views if view.deadline >= now), None)
    return [view for view in views if first is None or view.deadline <= first + NEAR]


def _of(programme: Programme, views: Sequence[RoundView]) -> list[RoundView]:
    return [view for view in views if view.round.programme.id == programme.id]


def _last(views: Sequence[RoundView]) -> list[RoundView]:
    return sorted((v for v in views if v.round.state is not RoundState.CANCELLED), key=lambda v: v.deadline)[-1:]


async def activity(tx: RoundsTx, year: int, n: int, words: Sequence[str]) -> list[RoundView]:
    """Rounds of activity (year, n), all or those named; DomainError("activities/activity_unknown")."""
    views = await tx.rounds(year, n)
    if not views:
        raise DomainError("activities/activity_unknown", year=year, n=n)
    named = [word for word in words if word != ALL]
    if not named:
        return views
    wanted = {programme.id for programme in choose(named, [view.round.programme for view in views])}
    return [view for view in views if view.round.programme.id in wanted]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What 发放 would announce; `again` were announced before and are left out."""

    year: int
    n: int
    views: tuple[RoundView, ...]
    again: tuple[RoundView, ...]

    @property
    def rounds(self) -> tuple[Round, ...]:
        return tuple(view.round for view in self.views)

    def expected_before(self, today: date) -> tuple[RoundView, ...]:
        """Those whose samples should have arrived on an earlier day."""
        return tuple(view for view in self.views if view.round.expected_on and view.round.expected_on < today)


async def propose_dispatch(tx: RoundsTx, year: int, n: int, words: Sequence[str], now: datetime) -> Dispatch:
    """DomainError: activities/activity_unknown, activities/dispatched_before, activities/all_closed."""
    views = await activity(tx, year, n, words)
    again = tuple(v for v in views if v.round.state is RoundState.DISPATCHED)
    planned = tuple(v for v in views if v.round.state is RoundState.PLANNED)
    to_come = tuple(v for v in planned if v.deadline > now)
    if planned and not to_come:
        raise DomainError("activities/all_closed", year=year, n=n)
    if not to_come:
        raise DomainError("activities/dispatched_before", year=year, n=n)
    return Dispatch(year, n, to_come, again)


async def dispatch(tx: DispatchTx, who: Principal, proposal: Dispatch, now: datetime) -> None:
    """Samples are on their way: state, audit row and announcement commit together."""
    ids = sorted(r.id for r in proposal.rounds)
    await tx.set_round_state(ids, RoundState.DISPATCHED, now)
    subject = f"activity:{proposal.year}:{proposal.n}"
    await tx.audit(who, "activities.dispatch", subject, {"rounds": ids}, now)
    key = f"{Kind.DISPATCHED}:{proposal.year}:{proposal.n}:{','.join(map(str, ids))}"
    facts = {"year": proposal.year, "n": proposal.n, "rounds": ids}
    expires = min(now + ANNOUNCED_FOR, max(r.deadline for r in proposal.rounds))
    await tx.write_push(Planned(Kind.DISPATCHED, key, now, expires, facts), now)


def local_day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()
