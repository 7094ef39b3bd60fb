"""预告: what goes out next and to whom, before it goes; 跳过 and 提前/推迟 by staff (interfaces §2)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from core.access import Principal
from core.activities.models import RoundView
from core.calendar import SHANGHAI, QuietHours, shanghai
from core.errors import DomainError
from core.pushes.models import Kind, Push, PushState, Target, Timed
from core.pushes.references import parse_reference
from core.words import fold, parse_day, parse_when, with_dates

DAYS, MOST_DAYS = 7, 30
_CLOCK = re.compile(r"(?:上午|下午|晚上)? ?\d{1,2} ?[:时点].*")
_NEXT_YEAR = timedelta(days=180)  # a day without its year that lies further back is meant of the next year


@dataclass(frozen=True, slots=True)
class Coming:
    """A planned push and to whom it goes: to the managed groups that want its kind, to `to`, and if `spread`
    to people found when it is due."""

    timed: Timed
    groups: bool
    to: tuple[Target, ...] = ()
    spread: bool = False

    @property
    def skipped(self) -> bool:
        return self.timed.state is PushState.SKIPPED


@dataclass(frozen=True, slots=True)
class Line:
    """One line of 预告. `open`: of a reminder, how many programmes are not reported by all; None for others."""

    coming: Coming
    groups: int
    open: int | None = None

    @property
    def deadline(self) -> datetime | None:
        return deadline_of(self.coming.timed)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A push whose time has come and so many deliveries of which wait: for the morning, or in the queue."""

    push: Push
    count: int


class AheadTx(Protocol):
    async def count_targets(self, kind: str) -> int: ...

    async def rounds_at(self, year: int, n: int, deadline: datetime) -> list[RoundView]: ...


class MoveTx(Protocol):
    async def timed(self, year: int, number: int) -> Timed | None: ...

    async def pushes_waiting(self, now: datetime, *push: int) -> list[Waiting]: ...

    async def set_push(self, ident: int, old: PushState, new: PushState, due_at: datetime) -> bool: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


def parse_days(text: str) -> int:
    """`3`, `3天` or nothing; DomainError("pushes/days")."""
    word = text.strip().removesuffix("天").removesuffix("日").strip()
    if not word:
        return DAYS
    if not word.isdecimal() or len(word) > 3 or not 1 <= int(word) <= MOST_DAYS:
        raise DomainError("pushes/days", text=text, most=MOST_DAYS)
    return int(word)


async def lines(tx: AheadTx, coming: Sequence[Coming]) -> list[Line]:
    """What a telephone shows of them; of several reminders of one deadline the rounds are read once."""
    counts: dict[Kind, int] = {}
    open_: dict[tuple[int, int, datetime], int] = {}
    found = []
    for one in coming:
        kind, facts = one.timed.push.kind, one.timed.push.facts
        if one.groups and kind not in counts:
            counts[kind] = await tx.count_targets(kind)
        groups = (counts[kind] if one.groups else 0) + sum(to.place == "group" for to in one.to)
        deadline = deadline_of(one.timed)
        key = (facts["year"], facts["n"], deadline) if deadline else None
        if key and key not in open_:
            open_[key] = sum(not view.tally.finished for view in await tx.rounds_at(*key))
        found.append(Line(one, groups, open_[key] if key else None))
    return found


def deadline_of(timed: Timed) -> datetime | None:
    """Of a reminder."""
    reminds = timed.push.kind is Kind.REMINDER
    return datetime.fromisoformat(timed.push.facts["deadline"]) if reminds else None


async def waiting(tx: MoveTx, reference: str, state: PushState, calm: datetime | None, now: datetime) -> Timed:
    """The push in this state. `calm`: the end of the quiet hours, if it is them. DomainError:
    pushes/reference_form, pushes/reference_unknown, pushes/whole_push (a single delivery), pushes/waits,
    pushes/not_planned."""
    year, number, ordinal = parse_reference(reference)
    if ordinal is not None:
        raise DomainError("pushes/whole_push", reference=reference.rpartition("-")[0])
    found = await tx.timed(year, number)
    if found is None:
        raise DomainError("pushes/reference_unknown", reference=reference)
    if found.state is PushState.OUT and (queued := await tx.pushes_waiting(now, found.push.id)):
        raise DomainError("pushes/waits", waiting=queued[0], calm=calm)
    if found.state is not state:
        raise DomainError("pushes/not_planned", reference=found.push.reference, state=found.state)
    return found


async def change(tx: MoveTx, who: Principal, old: Timed, new: Timed, now: datetime) -> None:
    """Write it as previewed; DomainError("pushes/not_planned") when it has gone out meanwhile. The key stays,
    so that the planner lets it be."""
    reference = old.push.reference
    if not await tx.set_push(old.push.id, old.state, new.state, new.due_at):
        raise DomainError("pushes/not_planned", reference=reference, state=PushState.OUT)
    detail = {"state": [old.state, new.state], "due_at": [old.due_at.isoformat(), new.due_at.isoformat()]}
    await tx.audit(who, "pushes.timetable", f"push:{reference}", detail, now)


def moved(timed: Timed, text: str, quiet: QuietHours, now: datetime) -> tuple[Timed, bool]:
    """The push at the moment that `text` names, and whether it named a day only. DomainError: pushes/when,
    pushes/past, pushes/same_time, pushes/after_its_time, pushes/quiet_then."""
    found = parse_moment(text, timed.due_at, now)
    if found is None:
        raise DomainError("pushes/when", text=text)
    due, day_only = found
    if due <= now:
        raise DomainError("pushes/past", at=due)
    if due == timed.due_at:
        raise DomainError("pushes/same_time", at=due)
    if due >= timed.expires_at:
        raise DomainError("pushes/after_its_time", at=due, until=timed.expires_at)
    if quiet.covers(due):
        raise DomainError("pushes/quiet_then", at=due, calm=quiet.next_calm(due))
    return replace(timed, due_at=due), day_only


def parse_moment(text: str, standing: datetime, now: datetime) -> tuple[datetime, bool] | None:
    """`明天 9:00`, `9:00` (today), `3月27日 9:00`; `3月27日` at the time that stands, and True. Else None."""
    today = shanghai(now).date()
    text = with_dates(fold(text), today)
    if _CLOCK.fullmatch(text):
        text = f"{today:%Y-%m-%d} {text}"
    found = _in_year(text, today.year, standing)
    if found is not None and now - found[0] > _NEXT_YEAR:
        found = _in_year(text, today.year + 1, standing)
    return found


def _in_year(text: str, year: int, standing: datetime) -> tuple[datetime, bool] | None:
    first, last = parse_when(text, year, False), parse_when(text, year, True)
    if first is None or last is None or parse_day(text, year) != parse_day(text, year, last=True):
        return None  # no date, or several days
    if first == last:
        return first, False
    clock = shanghai(standing).time()
    return datetime.combine(shanghai(first).date(), clock, SHANGHAI).astimezone(first.tzinfo), True
