"""The daily digest to the staff groups: what waits, what goes out, which lists are old; and that we are alive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from core.activities.models import RoundView
from core.audit.chain import Head
from core.calendar import SHANGHAI, WorkingDays, shanghai
from core.labs.waiting import Patience, by_wait
from core.pushes.models import Kind, Planned, PushState, Timed
from core.pushes.plan import Rules
from core.pushes.wanted import Wanted
from core.requests.models import RequestKind
from core.watch import todo

DIGEST = "digest"
PREFIX = f"{Kind.ALARM}:{DIGEST}:"
LASTS = timedelta(hours=3)
_FACTS = {"about": DIGEST, "urgent": True}  # also while all sending is paused: nobody keeps the log's head back


class Tx(todo.Tx, Protocol):
    async def coming(self, until: datetime) -> list[Timed]: ...

    async def rounds_at(self, year: int, n: int, deadline: datetime) -> list[RoundView]: ...

    async def last_list(self) -> datetime | None: ...

    async def audit_head(self) -> Head | None: ...


@dataclass(frozen=True, slots=True)
class Going:
    """Pushes of one kind that go out at one moment."""

    at: datetime
    kind: Kind
    count: int


@dataclass(frozen=True, slots=True)
class Stale:
    """Programmes whose list is not of today, though reminders rest on it: `as_of` the oldest, or None where there
    never was one."""

    before: datetime
    names: tuple[str, ...]
    as_of: datetime | None


async def digests(_tx: object, rules: Rules, now: datetime) -> Wanted:
    """Today's, if today is a working day and its hour has not come: one that fell into a standstill is missing,
    which is what it is for."""
    today = shanghai(now).date()
    if rules.digest is None or not rules.days.is_working(today):
        return Wanted(Kind.ALARM, (), frozenset(), PREFIX)
    due = datetime.combine(today, rules.digest, SHANGHAI)
    facts = {**_FACTS, "pending_days": rules.pending_days}
    planned = Planned(Kind.ALARM, f"{PREFIX}{today.isoformat()}", due, due + LASTS, facts)
    return Wanted(Kind.ALARM, (planned,) if now < due else (), frozenset({planned.key}), PREFIX)


async def digest_view(tx: Tx, now: datetime, pending_days: int = 3) -> dict[str, Any]:
    """Counts only: it goes to a group. `pending_days`: working days that an application may wait."""
    found = await todo.todo(tx, now)
    scores = found.scores
    today = shanghai(now).date()
    patience = Patience(WorkingDays({}), pending_days)
    midnight = datetime.combine(today + timedelta(days=1), datetime.min.time(), SHANGHAI)
    coming = [one for one in await tx.coming(midnight) if one.due_at > now and one.state is PushState.PLANNED]
    return {
        "today": today,
        "applications": len(found.applications),
        "overdue": sum(one.wait.long for one in by_wait(found.applications, patience, today)),
        "pending_days": pending_days,
        "requests": sum(one.kind is not RequestKind.MESSAGE for one in found.requests),
        "messages": sum(one.kind is RequestKind.MESSAGE for one in found.requests),
        "agreements": len(found.agreements),
        "deliveries": len(found.deliveries),
        "scores": len(scores.due) + len(scores.unreleased) + len(scores.doubtful),
        "lists": len(found.stale),
        "expired": found.expired,
        "calls": sum(one.count.unbound + one.count.unreached for one in found.calls),
        "going": _going(coming),
        "stale": await _stale(tx, coming, today),
        "as_of": await tx.last_list(),
        "head": await tx.audit_head(),
    }


def _going(coming: Sequence[Timed]) -> list[Going]:
    counts: dict[tuple[datetime, Kind], int] = {}
    for one in coming:
        counts[one.due_at, one.push.kind] = counts.get((one.due_at, one.push.kind), 0) + 1
    return [Going(at, kind, count) for (at, kind), count in counts.items()]


async def _stale(tx: Tx, coming: Sequence[Timed], today: date) -> list[Stale]:
    """Of the rounds that today's reminders are about; what all have reported for needs no new list."""
    found = []
    for one in coming:
        if one.push.kind is not Kind.REMINDER:
            continue
        facts = one.push.facts
        views = await tx.rounds_at(facts["year"], facts["n"], datetime.fromisoformat(facts["deadline"]))
        old = [v for v in views if not v.tally.finished and _is_old(v.tally.as_of, today)]
        for known in (False, True):
            some = [v for v in old if v.tally.known is known]
            if some:
                oldest = min((v.tally.as_of for v in some if v.tally.as_of), default=None)
                found.append(Stale(one.due_at, tuple(v.name for v in some), oldest))
    return found


def _is_old(as_of: datetime | None, today: date) -> bool:
    return as_of is None or shanghai(as_of).date() < today
