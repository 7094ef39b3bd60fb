"""What the deliverer marks, and what staff see and decide of pushes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from core.access import Principal
from core.errors import DomainError
from core.pushes.models import Delivery, Planned
from core.pushes.plan import Deadline, Rules, plan_reminders
from core.pushes.spread import SpreadTx, spread
from core.pushes.states import AFTER, FOR_STAFF, Outcome, State, check_edge

BACKOFF = tuple(timedelta(seconds=s) for s in (30, 120, 600, 1800))


class PlanTx(Protocol):
    async def open_deadlines(self, now: datetime) -> list[Deadline]: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def unwritten(self, planned: Sequence[Planned]) -> list[Planned]: ...


class TurnTx(SpreadTx, Protocol):
    async def ripen(self, now: datetime) -> int: ...

    async def expire(self, now: datetime) -> int: ...

    async def bury_dead(self, silent_for: timedelta, real: datetime) -> int: ...


class MarkTx(Protocol):
    async def mark(
        self,
        delivery: Delivery,
        state: State,
        words: str,
        message_id: str,
        real: datetime,
        retry_at: datetime | None,
    ) -> bool: ...


class StaffTx(Protocol):
    async def deliveries_of(self, year: int, number: int, ordinal: int | None) -> list[Delivery]: ...

    async def decide_delivery(self, delivery: int, old: State, new: State, words: str) -> bool: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


async def plan(tx: PlanTx, rules: Rules, now: datetime) -> int:
    """Write the reminders that must exist and do not yet; returns how many."""
    wanted = plan_reminders(await tx.open_deadlines(now), rules, now)
    missing = await tx.unwritten(wanted)
    for planned in missing:
        await tx.write_push(planned, now)
    return len(missing)


async def turn(tx: TurnTx, now: datetime, real: datetime, silent_for: timedelta) -> None:
    """What time alone changes: the late expire, the due ripen, rows of a dead instance become uncertain."""
    await tx.expire(now)
    await spread(tx, now)
    await tx.ripen(now)
    await tx.bury_dead(silent_for, real)


async def mark(
    tx: MarkTx, delivery: Delivery, outcome: Outcome, words: str, message_id: str, real: datetime
) -> bool:
    """Note what an attempt came to; False when the fence moved on meanwhile and nothing was written."""
    state = AFTER[outcome]
    check_edge(State.SENDING, state)
    retry_at = real + BACKOFF[min(delivery.attempts, len(BACKOFF) - 1)] if state is State.RETRY_WAIT else None
    return await tx.mark(delivery, state, words, message_id, real, retry_at)


def parse_reference(text: str) -> tuple[int, int, int | None]:
    """`26-0317-2` or `26-0317` as (year, number, ordinal); DomainError("pushes/reference_form")."""
    parts = text.strip("〔〕 ").removeprefix("通知").strip().split("-")
    if len(parts) not in (2, 3) or not all(part.isdecimal() and len(part) < 10 for part in parts):
        raise DomainError("pushes/reference_form", text=text)
    year, number, *ordinal = map(int, parts)
    return year if year >= 2000 else 2000 + year, number, ordinal[0] if ordinal else None


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


async def _settle(tx: StaffTx, who: Principal, reference: str, new: State, action: str, now: datetime) -> Delivery:
    found = await deliveries(tx, reference)
    waiting = [d for d in found if d.state in FOR_STAFF and d.state is not State.EXPIRED]
    if len(found) > 1 and len(waiting) > 1:
        raise DomainError("pushes/reference_several", references=[d.reference for d in waiting])
    if not waiting:
        raise DomainError("pushes/nothing_to_decide", reference=found[0].reference)
    delivery = waiting[0]
    if new is State.READY and delivery.expires_at <= now:
        raise DomainError("pushes/too_late", reference=delivery.reference)
    check_edge(delivery.state, new)
    words = "工作人员补发" if new is State.READY else "工作人员放弃"
    if not await tx.decide_delivery(delivery.id, delivery.state, new, words):
        raise DomainError("pushes/nothing_to_decide", reference=delivery.reference)
    await tx.audit(who, action, f"delivery:{delivery.reference}", {}, now)
    return delivery
