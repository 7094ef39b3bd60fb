"""Staff are told of a request, the asker of the decision."""

from datetime import datetime, timedelta
from typing import Protocol

from core.access.suspending import ToldTx, told
from core.pushes.models import Body, Delivery, Kind, Planned, Stop, Target
from core.pushes.states import State
from core.requests.models import Request, RequestState

TOLD_FOR = timedelta(days=7)


class Tx(Protocol):
    async def request(self, number: int) -> Request | None: ...


def request_alarm(request: Request, now: datetime) -> Planned:
    """To the staff groups: that something waits; what was written stays out."""
    facts = {"about": "request", "request": request.id, "kind": str(request.kind), "unit": request.lab_name}
    expires = request.expires_at or now + TOLD_FOR
    return Planned(Kind.ALARM, f"{Kind.ALARM}:request:{request.id}", now, expires, facts)


def decided_push(request: Request, approved: bool, words: str, now: datetime) -> Planned:
    """To the asker, in private."""
    facts = {
        "kind": str(request.kind),
        "number": request.id,
        "unit": request.lab_name,
        "approved": approved,
        "words": words,
    }
    target = Target(request.account.platform, "private", request.account.id)
    key = f"{Kind.DECIDED}:{request.id}"
    return Planned(Kind.DECIDED, key, now, now + TOLD_FOR, facts, groups=False, to=(target,))


async def alarm(tx: Tx, delivery: Delivery, now: datetime) -> Body | Stop:
    facts = dict(delivery.push.facts)
    if facts["about"] == "request":
        request = await tx.request(facts["request"])
        if request is None or request.state is not RequestState.WAITING:
            return Stop(State.CANCELLED, "已处理")
    if "at" in facts:
        facts["at"] = datetime.fromisoformat(facts["at"])
    return Body("pushes/staff.alarm", facts)


async def decided(tx: ToldTx, delivery: Delivery, now: datetime) -> Body | Stop:
    if delivery.push.facts["kind"] == "suspended":
        return await told(tx, delivery, now)
    return Body("pushes/request.decided", delivery.push.facts)
