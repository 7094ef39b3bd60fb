"""Samples that should have arrived: 2 working days after the expected arrival (domain §3, Receipt).

A lab is asked in private only where a list of receipts was imported and leaves it out: without one nothing is
known of it, and its own word says nothing of the others. Groups read counts, or that nothing is known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from core.access import Account, Principal
from core.activities.models import Reported
from core.activities.own import OwnRound
from core.activities.pushes import REMINDERS_OFF
from core.activities.use import local_day
from core.calendar import SHANGHAI
from core.pushes.models import Body, Delivery, Kind, Planned, Stop
from core.pushes.plan import Rules
from core.pushes.states import State
from core.pushes.wanted import Wanted

WORKING_DAYS, AT = 2, time(10)
ASKED_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A round whose samples were announced as sent, with a day on which they are expected. `pending`: labs that
    take part, have not reported, and of which no receipt is known; None while no list of receipts, or nobody
    who takes part, is known. `as_of` dates that list."""

    round_id: int
    year: int
    n: int
    name: str
    deadline: datetime
    expected_on: date
    sent_at: datetime | None
    pending: int | None = None
    as_of: datetime | None = None

    @property
    def since(self) -> date:
        """Nothing arrives before it is sent."""
        return max(self.expected_on, local_day(self.sent_at)) if self.sent_at else self.expected_on


class PlanTx(Protocol):
    async def arrivals(self, now: datetime, counted: bool = False) -> list[Arrival]: ...


class SendTx(PlanTx, Protocol):
    async def principal(self, account: Account) -> Principal: ...

    async def wants_reminders(self, who: Principal) -> bool: ...

    async def own_rounds(self, who: Principal, year: int, n: int) -> list[OwnRound]: ...


async def overdue_receipts(tx: PlanTx, rules: Rules, now: datetime) -> Wanted:
    planned = plan_overdue(await tx.arrivals(now), rules)
    coming = [one for one in planned if one.due_at >= now]
    return Wanted(Kind.OVERDUE, coming, frozenset(one.key for one in planned))


def plan_overdue(arrivals: Iterable[Arrival], rules: Rules) -> list[Planned]:
    """One an activity and day of arrival, none that would come after the deadline; a receipt is no news then."""
    last: dict[tuple[int, int, date], datetime] = {}
    for one in arrivals:
        place = (one.year, one.n, one.since)
        last[place] = max(one.deadline, last.get(place, one.deadline))
    planned = []
    for (year, n, since), deadline in sorted(last.items()):
        day = rules.days.add(since, WORKING_DAYS)
        due = rules.quiet.next_calm(datetime.combine(day, AT, SHANGHAI).astimezone(UTC))
        facts = {"year": year, "n": n, "since": since.isoformat()}
        key = f"{Kind.OVERDUE}:{year}:{n}:{since.isoformat()}"
        if due < deadline:
            planned.append(Planned(Kind.OVERDUE, key, due, min(due + ASKED_FOR, deadline), facts, spread=True))
    return planned


async def overdue(tx: SendTx, delivery: Delivery, now: datetime) -> Body | Stop:
    facts = delivery.push.facts
    personal = delivery.target.place == "private"
    late = [one for one in await tx.arrivals(now, counted=not personal) if _is_meant(one, facts)]
    if not late:
        return Stop(State.SUPERSEDED, "安排已变更或已截止")
    if personal:
        return await _personal(tx, delivery, late)
    if all(one.pending == 0 for one in late):
        return Stop(State.CANCELLED, "全部已签收")
    return Body("pushes/receipt.overdue", {**_view(late), "arrivals": late})


def _is_meant(one: Arrival, facts: Any) -> bool:
    return (one.year, one.n, one.since.isoformat()) == (facts["year"], facts["n"], facts["since"])


async def _personal(tx: SendTx, delivery: Delivery, late: Sequence[Arrival]) -> Body | Stop:
    who = await tx.principal(Account(delivery.target.channel, delivery.target.id))
    if not who.labs:
        return Stop(State.CANCELLED, "已解除绑定")
    if not await tx.wants_reminders(who):
        return Stop(State.CANCELLED, REMINDERS_OFF)
    ids = {one.round_id for one in late}
    own = await tx.own_rounds(who, late[0].year, late[0].n)
    unsigned = [one for one in own if one.round.id in ids and is_unsigned(one)]
    if not unsigned:
        return Stop(State.CANCELLED, "已签收")
    return Body("pushes/receipt.personal", {**_view(late), "own": unsigned})


def is_unsigned(one: OwnRound) -> bool:
    """On no list of receipts that there is, though it takes part; who has reported has the samples."""
    missing = one.receipts_as_of is not None and not one.receipt
    return missing and one.takes_part and one.reported is not Reported.SUBMITTED


def _view(late: Sequence[Arrival]) -> dict[str, Any]:
    days = sorted({one.expected_on for one in late})
    return {"year": late[0].year, "n": late[0].n, "expected": (days[0], days[-1])}
