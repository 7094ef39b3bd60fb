"""What the tick does, what the deliverer marks, and what staff see and decide of pushes."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from core.access import Principal
from core.errors import DomainError
from core.pushes.doubt import DoubtTx, send_last_once_more, tell_staff
from core.pushes.models import Delivery, Kind, Planned, PushState, Timed
from core.pushes.plan import Rules
from core.pushes.planners import PLANNERS
from core.pushes.references import parse_reference
from core.pushes.spread import SpreadTx, spread
from core.pushes.states import AFTER, FOR_STAFF, Outcome, State, check_edge
from core.pushes.wanted import Wanted

BACKOFF = tuple(timedelta(seconds=s) for s in (30, 120, 600, 1800))


class PlanTx(Protocol):
    async def push_states(self, kind: Kind, now: datetime) -> dict[str, PushState]: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def withdraw(self, keys: Sequence[str]) -> None: ...

    async def times_by_rule(self, kind: Kind, now: datetime) -> dict[str, tuple[datetime, datetime]]: ...

    async def revive(self, planned: Planned) -> None: ...

    async def reopen(self, kind: Kind, keys: Collection[str], now: datetime) -> None: ...


class ExpandTx(Protocol):
    async def next_due(self, now: datetime) -> Timed | None: ...

    async def expand(self, timed: Timed) -> None: ...


class TurnTx(SpreadTx, DoubtTx, Protocol):
    async def doubt_restored(self, now: datetime) -> int: ...

    async def ripen(self, now: datetime) -> int: ...

    async def expire(self, now: datetime) -> int: ...

    async def bury_dead(self, silent_for: timedelta, real: datetime) -> int: ...


class MarkTx(Protocol):
    async def shown_parts(self, delivery: int) -> int: ...

    async def mark(
        self,
        delivery: Delivery,
        state: State,
        outcome: Outcome,
        words: str,
        message_id: str,
        real: datetime,
        retry_at: datetime | None,
    ) -> bool: ...


class StaffTx(Protocol):
    async def deliveries_of(self, year: int, number: int, ordinal: int | None) -> list[Delivery]: ...

    async def decide_delivery(self, delivery: Delivery, new: State, words: str, real: datetime) -> bool: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


async def plan(tx: PlanTx, rules: Rules, now: datetime) -> int:
    """Write what must be planned and is not yet, withdraw what must not be; returns how many were written."""
    return sum([await _settle_plan(tx, await planner(tx, rules, now), now) for planner in PLANNERS])


async def _settle_plan(tx: PlanTx, wanted: Wanted, now: datetime) -> int:
    """A deadline that moves back gets its own again, but nothing that staff skipped or moved. Working days that
    were published since, or quiet hours that were set, move what is not due yet."""
    states = await tx.push_states(wanted.kind, now)
    stand = {key: state for key, state in states.items() if key.startswith(wanted.prefix)}
    gone = [key for key, state in stand.items() if state is PushState.PLANNED and key not in wanted.possible]
    if gone:
        await tx.withdraw(gone)
    missing = [planned for planned in wanted.planned if planned.key not in stand]
    for planned in missing:
        await tx.write_push(planned, now)
    stood = await tx.times_by_rule(wanted.kind, now)
    for planned in wanted.planned:
        times = planned.due_at, planned.expires_at
        if stand.get(planned.key) is PushState.WITHDRAWN or stood.get(planned.key, times) != times:
            await tx.revive(planned)
    await tx.reopen(wanted.kind, wanted.possible, now)
    return len(missing)


async def expand_next(tx: ExpandTx, now: datetime) -> bool:
    """Write the deliveries of the next push that is due; False when there is none. One a transaction."""
    timed = await tx.next_due(now)
    if timed is not None:
        await tx.expand(timed)
    return timed is not None


async def turn(tx: TurnTx, now: datetime, real: datetime, silent_for: timedelta, persons: int) -> None:
    """What time alone changes: the late expire, the due ripen, rows of a dead instance become uncertain.
    `persons`: so many unasked private messages a push at most."""
    await tx.expire(now)
    await spread(tx, now, persons)
    await tx.bury_dead(silent_for, real)
    await send_last_once_more(tx, now, real)
    await tell_staff(tx, now, real)
    await tx.doubt_restored(now)
    await tx.ripen(now)


async def mark(
    tx: MarkTx, delivery: Delivery, outcome: Outcome, words: str, message_id: str, real: datetime
) -> bool:
    """Note what an attempt came to; False when the fence moved on meanwhile and nothing was written.
    The platform's own event that it was shown outweighs any answer to the call."""
    state = AFTER[outcome]
    if state is not State.DELIVERED and await tx.shown_parts(delivery.id) > delivery.part:
        state, words = State.OBSERVED, "平台已回显"
    if state in (State.DELIVERED, State.OBSERVED) and not delivery.is_last_part:
        state = State.PARTLY
    check_edge(State.SENDING, state)
    retry_at = real + BACKOFF[min(delivery.attempts, len(BACKOFF) - 1)] if state is State.RETRY_WAIT else None
    return await tx.mark(delivery, state, outcome, words, message_id, real, retry_at)


async def deliveries(tx: StaffTx, reference: str) -> list[Delivery]:
    """All deliveries of a push, or one; DomainError("pushes/reference_unknown")."""
    found = await tx.deliveries_of(*parse_reference(reference))
    if not found:
        raise DomainError("pushes/reference_unknown", reference=reference)
    return found


async def send_again(tx: StaffTx, who: Principal, reference: str, now: datetime) -> Delivery:
    """补发: staff looked and take it on themselves that the message did not arrive."""
    return await _settle(tx, who, reference, State.READY, "pushes.resend", now)


async def give_up(tx: StaffTx, who: Principal, reference: str, now: datetime) -> Delivery:
    """放弃: it stays unsent, or it did arrive."""
    return await _settle(tx, who, reference, State.CANCELLED, "pushes.give_up", now)


async def undecided_one(tx: StaffTx, reference: str, new: State, now: datetime) -> Delivery:
    """What a reference means that names one; DomainError: pushes/reference_form, pushes/reference_unknown,
    pushes/reference_several, pushes/nothing_to_decide, pushes/too_late."""
    found = await deliveries(tx, reference)
    waiting = [d for d in found if d.state in FOR_STAFF and d.state is not State.EXPIRED]
    if len(found) > 1 and len(waiting) > 1:
        raise DomainError("pushes/reference_several", references=[d.reference for d in waiting])
    if not waiting:
        raise DomainError("pushes/nothing_to_decide", reference=found[0].reference)
    if new is State.READY and waiting[0].expires_at <= now:
        raise DomainError("pushes/too_late", reference=waiting[0].reference)
    return waiting[0]


async def _settle(tx: StaffTx, who: Principal, reference: str, new: State, action: str, now: datetime) -> Delivery:
    delivery = await undecided_one(tx, reference, new, now)
    check_edge(delivery.state, new)
    words = "工作人员补发" if new is State.READY else "工作人员放弃"
    if not await tx.decide_delivery(delivery, new, words, now):
        raise DomainError("pushes/nothing_to_decide", reference=delivery.reference)
    await tx.audit(who, action, f"delivery:{delivery.reference}", {}, now)
    return delivery
