"""补发 and 放弃 of all that waits for staff of one push: after a restore each may have gone to many groups."""

from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.errors import DomainError
from core.pushes.models import Delivery
from core.pushes.states import State, check_edge
from core.pushes.use import StaffTx, deliveries

OPEN = (State.NEEDS_STAFF, State.FAILED)
WORDS = {State.READY: "工作人员补发", State.CANCELLED: "工作人员放弃"}


class Tx(StaffTx, Protocol):
    """What staff's decisions need."""


async def undecided(tx: Tx, reference: str, new: State, now: datetime) -> list[Delivery]:
    """DomainError: pushes/reference_form, pushes/reference_unknown, pushes/nothing_to_decide, pushes/too_late."""
    found = await deliveries(tx, reference)
    waiting = [one for one in found if one.state in OPEN]
    if not waiting:
        raise DomainError("pushes/nothing_to_decide", reference=reference)
    if new is State.READY and (late := [one for one in waiting if one.expires_at <= now]):
        raise DomainError("pushes/too_late", reference=late[0].push.reference)
    return waiting


async def settle_all(tx: Tx, who: Principal, reference: str, new: State, now: datetime) -> int:
    """How many were decided: what somebody else decided meanwhile is left alone."""
    done = 0
    for delivery in await undecided(tx, reference, new, now):
        check_edge(delivery.state, new)
        done += await tx.decide_delivery(delivery, new, WORDS[new], now)
    action = "pushes.resend" if new is State.READY else "pushes.give_up"
    await tx.audit(who, action, f"push:{reference}", {"deliveries": done}, now)
    return done
