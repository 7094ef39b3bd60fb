"""What is known now of what the guide says only in general: the real window, deadline, release (issue 6, point 2).

Nothing here is of one laboratory; that is in `own_facts`. None: nothing was imported or announced, and the guide's
own words stand alone.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Protocol

from core.activities.catalogue import Tx as CatalogueTx
from core.activities.catalogue import plan_documents
from core.activities.models import Round, RoundState, RoundView
from core.activities.use import RoundsTx, deadlines, local_day, newest_year
from core.certificates.models import Issue
from core.enrolment.models import Campaign
from core.scores.models import Release
from core.words import name_key


class FactsTx(RoundsTx, CatalogueTx, Protocol):
    async def campaign(self, year: int) -> Campaign | None: ...

    async def campaigns_closing(self, now: datetime) -> list[Campaign]: ...

    async def releases(self, rounds: Sequence[int]) -> list[Release]: ...

    async def count_certificates(self, year: int) -> list[Issue]: ...

    async def newest_issue(self, until: int) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Window:
    """The application window that is open, else the next, else the last."""

    kind: ClassVar[str] = "window"
    campaign: Campaign
    today: date

    @property
    def open(self) -> bool:
        return self.campaign.opens_on <= self.today <= self.campaign.closes_on

    @property
    def over(self) -> bool:
        return self.today > self.campaign.closes_on


@dataclass(frozen=True, slots=True)
class Closing:
    """Rounds that can be reported still, else those closed within the last days, else none."""

    kind: ClassVar[str] = "closing"
    coming: tuple[RoundView, ...]
    closed: tuple[RoundView, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """The last activity that is closed, or what of it was named: programmes released and not, and the first and
    the last day on which those of `dated` are expected; of the other ones that wait no day is known."""

    kind: ClassVar[str] = "scored"
    year: int
    n: int
    released: tuple[str, ...]
    waiting: tuple[str, ...]
    dated: tuple[str, ...]
    first: date | None
    last: date | None
    only: bool = False


@dataclass(frozen=True, slots=True)
class Certified:
    """`released`: of how many programmes in `year`; `before`: the last year of which any are."""

    kind: ClassVar[str] = "certified"
    year: int
    released: int
    before: int | None


@dataclass(frozen=True, slots=True)
class Sent:
    """The last activity whose samples were announced, else (`planned`) the next; the day they arrive, or leave."""

    kind: ClassVar[str] = "sent"
    year: int
    n: int
    names: tuple[str, ...]
    day: date | None
    planned: bool


@dataclass(frozen=True, slots=True)
class Plan:
    kind: ClassVar[str] = "plan"
    name: str
    url: str


Fact = Window | Closing | Scored | Certified | Sent | Plan


async def fact_of(tx: FactsTx, topic: str, asked: str, now: datetime) -> Fact | None:
    """What is to be added to the answer of `topic`; `asked` may name a programme."""
    find = _FINDERS.get(topic)
    return await find(tx, asked, now) if find else None


def has_facts(topic: str) -> bool:
    return topic in _FINDERS


async def _window(tx: FactsTx, _asked: str, now: datetime) -> Window | None:
    today = local_day(now)
    coming = await tx.campaigns_closing(now)
    if found := min(coming, key=lambda one: one.opens_on, default=None):
        return Window(found, today)
    last = await tx.campaign(today.year + 1) or await tx.campaign(today.year)
    return Window(last, today) if last else None


async def _closing(tx: FactsTx, asked: str, now: datetime) -> Closing | None:
    """Of the programmes that are named, closed ones as well."""
    if named := await _named(tx, asked, now):
        found = await deadlines(tx, [code for code, _ in named], now)
        return Closing(found.coming, found.closed) if found.coming or found.closed else None
    found = await deadlines(tx, (), now)
    return Closing(found.coming, () if found.coming else found.closed) if found.known else None


async def _scored(tx: FactsTx, asked: str, now: datetime) -> Scored | None:
    year = local_day(now).year
    names = {name for _, name in await _named(tx, asked, now)}
    for wanted in (year, year - 1):
        past = [one for one in await _rounds(tx, wanted) if one.deadline < now]
        if past := [one for one in past if not names or one.programme.name in names]:
            last = _same(past, max(past, key=lambda one: (one.deadline, one.n)))
            return await _release(tx, wanted, last, only=bool(names))
    return None


async def _release(tx: FactsTx, year: int, rounds: Sequence[Round], *, only: bool) -> Scored:
    out = {one.round_id for one in await tx.releases([one.id for one in rounds]) if one.released_at}
    waiting = [one for one in rounds if one.id not in out]
    names = tuple(one.programme.name for one in rounds if one.id in out)
    days = sorted(one.scores_due_on for one in waiting if one.scores_due_on)
    dated = tuple(one.programme.name for one in waiting if one.scores_due_on)
    first, last = (days[0], days[-1]) if days else (None, None)
    return Scored(year, rounds[0].n, names, tuple(one.programme.name for one in waiting), dated, first, last, only)


async def _certified(tx: FactsTx, _asked: str, now: datetime) -> Certified | None:
    year = local_day(now).year
    issues = await tx.count_certificates(year)
    released = sum(one.released_at is not None for one in issues)
    before = None if released else await tx.newest_issue(year)
    return Certified(year, released, before) if issues or before else None


async def _sent(tx: FactsTx, _asked: str, now: datetime) -> Sent | None:
    rounds = await _rounds(tx, local_day(now).year)
    if sent := [one for one in rounds if one.state is RoundState.DISPATCHED]:
        mine = _same(sent, max(sent, key=lambda one: (one.n, one.deadline)))
        day = max((one.expected_on for one in mine if one.expected_on), default=None)
        return _sending(mine, day, planned=False)
    if coming := [one for one in rounds if one.deadline >= now]:
        mine = _same(coming, min(coming, key=lambda one: (one.n, one.deadline)))
        day = min((one.dispatch_on for one in mine if one.dispatch_on), default=None)
        return _sending(mine, day, planned=True)
    return None


def _sending(rounds: Sequence[Round], day: date | None, *, planned: bool) -> Sent:
    return Sent(rounds[0].year, rounds[0].n, tuple(one.programme.name for one in rounds), day, planned)


async def _plan(tx: FactsTx, asked: str, now: datetime) -> Plan | None:
    """Of the one programme that is named in the question; a name of several is none."""
    named = await _named(tx, asked, now)
    if len(named) != 1:
        return None
    found = await plan_documents(tx, [name for _, name in named], now)
    return next((Plan(one.name, one.plan_url) for one in found.with_plan), None)


async def _named(tx: FactsTx, asked: str, now: datetime) -> list[tuple[str, str]]:
    """Code and name of every programme that a question names, in the catalogue's order."""
    key = name_key(asked)
    listed = await tx.programmes(await newest_year(tx, local_day(now)))
    found = {one.name: one.code for one in listed for name in one.names if len(name) > 1 and name_key(name) in key}
    return [(code, name) for name, code in found.items()]


async def _rounds(tx: FactsTx, year: int) -> list[Round]:
    return [one.round for one in await tx.schedule(year, None) if one.round.state is not RoundState.CANCELLED]


def _same(rounds: Sequence[Round], one: Round) -> list[Round]:
    """Those of the same activity."""
    return [each for each in rounds if each.n == one.n]


_FINDERS: dict[str, Callable[[FactsTx, str, datetime], Awaitable[Fact | None]]] = {
    "enrol.window": _window,
    "enrol.notice": _window,
    "human.deadline": _closing,
    "report.late": _closing,
    "report.redo": _closing,
    "score.when": _scored,
    "cert.when": _certified,
    "sample.dispatch": _sent,
    "sample.plan": _plan,
}
