"""Staff are told of a request, the asker of the decision or the answer."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from core.access import Account, ManagedGroup, Principal
from core.access.suspending import ToldTx, told
from core.activities.problems import what_of
from core.pushes.models import Body, Delivery, Kind, Planned, Stop, Target
from core.pushes.states import State
from core.requests.masking import for_colleagues
from core.requests.models import Request, RequestKind

TOLD_FOR = timedelta(days=7)
OF_LAB = frozenset({RequestKind.RECEIPT_PROBLEM, RequestKind.RETURN, RequestKind.NOT_TESTED})


class ShownTx(Protocol):
    async def managed_group(self, target: Target) -> ManagedGroup | None: ...

    async def principal(self, account: Account) -> Principal: ...


class Tx(ShownTx, Protocol):
    async def request(self, number: int) -> Request | None: ...


def request_alarm(request: Request, now: datetime) -> Planned:
    """To the staff groups: that something waits; what was written is looked up when it is sent."""
    facts = {"about": "request", "request": request.id, "kind": str(request.kind), "unit": request.lab_name}
    expires = request.expires_at or now + TOLD_FOR
    return Planned(Kind.ALARM, f"{Kind.ALARM}:request:{request.id}", now, expires, facts)


def decided_push(request: Request, approved: bool, words: str, now: datetime) -> Planned:
    """To the asker, in private."""
    facts: dict[str, Any] = {
        "kind": str(request.kind),
        "number": request.id,
        "unit": request.lab_name,
        "lab": request.lab_id,
        "approved": approved,
        "words": words,
    }
    if about := request.about:
        facts |= {"year": about.year, "n": about.n, "programme": about.programme}
    target = Target(request.account.platform, "private", request.account.id)
    key = f"{Kind.DECIDED}:{request.id}"
    return Planned(Kind.DECIDED, key, now, now + TOLD_FOR, facts, groups=False, to=(target,))


def asked_in(request: Request) -> Target:
    """Where a 留言 was written: there its answer is told, and nowhere else."""
    if request.in_group:
        return Target(request.account.platform, "group", request.place_id)
    return Target(request.account.platform, "private", request.account.id)


def answer_push(request: Request, words: str, nth: int, now: datetime) -> Planned:
    """`nth`: 1 for the first answer to it."""
    facts = {
        "kind": str(request.kind),
        "number": request.id,
        "words": words,
        "asked": request.asked_at.isoformat(),
        "again": nth > 1,
        "group": request.in_group,
    }
    key = f"{Kind.DECIDED}:{request.id}" + (f":{nth}" if nth > 1 else "")
    return Planned(Kind.DECIDED, key, now, now + TOLD_FOR, facts, groups=False, to=(asked_in(request),))


async def shown(tx: ShownTx, request: Request) -> dict[str, Any]:
    """What colleagues may know of it where others read along."""
    group = await tx.managed_group(asked_in(request)) if request.in_group else None
    unbound = False
    if request.kind is RequestKind.MESSAGE and request.place == "private" and request.lab_id is None:
        unbound = not (await tx.principal(request.account)).labs
    problem = request.kind is RequestKind.RECEIPT_PROBLEM
    return {
        "request": request,
        "group": group.name if group else "",
        "unbound": unbound,
        "said": for_colleagues(request) if request.kind is RequestKind.MESSAGE else "",
        "what": what_of(request.text) if problem else "",
    }


async def alarm(tx: Tx, delivery: Delivery, now: datetime) -> Body | Stop:
    facts = dict(delivery.push.facts)
    if facts["about"] == "request":
        request = await tx.request(facts["request"])
        if request is None or not request.waits:
            return Stop(State.CANCELLED, "已处理")
        facts["shown"] = await shown(tx, request)
    if "at" in facts:
        facts["at"] = datetime.fromisoformat(facts["at"])
    return Body("pushes/staff.alarm", facts)


async def decided(tx: ToldTx, delivery: Delivery, now: datetime) -> Body | Stop:
    """What is one lab's own is told only while the asker is bound to it."""
    facts = dict(delivery.push.facts)
    if facts["kind"] == "suspended":
        return await told(tx, delivery, now)
    if facts["kind"] in OF_LAB and "lab" in facts:
        target = delivery.target
        if facts["lab"] not in (await tx.principal(Account(target.channel, target.id))).labs:
            return Stop(State.CANCELLED, "对方已不再绑定该单位")
    if facts["kind"] == RequestKind.MESSAGE:
        return Body("requests/told", {**facts, "asked": datetime.fromisoformat(facts["asked"])})
    return Body("pushes/request.decided", facts)
