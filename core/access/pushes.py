"""What is said unasked of bindings and codes: written with the fact, asked again when it is sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from core.access import Account, Principal
from core.pushes.models import Body, Delivery, Kind, Planned, Stop, Target
from core.pushes.states import State

TOLD_FOR = timedelta(days=7)  # a new binding or a burnt code is worth knowing for so long
ALARMED_FOR = timedelta(days=1)


class Tx(Protocol):
    async def principal(self, account: Account) -> Principal: ...


def bound_push(
    lab_id: int, lab_name: str, account: Account, others: Sequence[Account], now: datetime, phone: str
) -> Planned:
    """To all who were bound before."""
    facts = {"lab": lab_id, "unit": lab_name, "account": account.masked, "at": now.isoformat(), "phone": phone}
    persons = tuple(Target(one.platform, "private", one.id) for one in others)
    key = f"{Kind.BOUND}:{lab_id}:{now.isoformat()}:{len(others)}"  # no account: keys are not erased
    return Planned(Kind.BOUND, key, now, now + TOLD_FOR, facts, groups=False, to=persons)


def burnt_push(digest: str, names: Sequence[str], issued_by: str, now: datetime) -> Planned:
    """To whoever issued the codes of these labs; to the staff groups if that was done at the program itself.
    `digest` is of any of them: one that was burnt is burnt never again."""
    issuer = Account.parse(issued_by)
    facts = {"about": "code_burnt", "units": list(names), "at": now.isoformat()}
    if issuer.platform == "cli":
        key = f"{Kind.ALARM}:code_burnt:{digest[:16]}"
        return Planned(Kind.ALARM, key, now, now + TOLD_FOR, facts)
    target = Target(issuer.platform, "private", issuer.id)
    key = f"{Kind.BURNT}:{digest[:16]}"
    return Planned(Kind.BURNT, key, now, now + TOLD_FOR, facts, groups=False, to=(target,))


def unbound_push(account: Account, lab_id: int, lab_name: str, left: int, now: datetime, phone: str) -> Planned:
    """To whom staff unbound; `left` are bound still."""
    facts = {"kind": "unbound", "unit": lab_name, "phone": phone}
    target = Target(account.platform, "private", account.id)
    key = f"{Kind.DECIDED}:unbound:{lab_id}:{now.isoformat()}:{left}"  # no account: keys are not erased
    return Planned(Kind.DECIDED, key, now, now + TOLD_FOR, facts, groups=False, to=(target,))


def attempts_alarm(limit: int, now: datetime, real: datetime) -> Planned:
    """Once an hour."""
    facts = {"about": "attempts", "limit": limit, "at": now.isoformat()}
    return Planned(Kind.ALARM, f"{Kind.ALARM}:attempts:{real:%Y%m%dT%H}", now, now + ALARMED_FOR, facts)


async def bound(tx: Tx, delivery: Delivery, now: datetime) -> Body | Stop:
    facts = delivery.push.facts
    told = await tx.principal(Account(delivery.target.channel, delivery.target.id))
    if facts["lab"] not in told.labs:
        return Stop(State.CANCELLED, "已解绑")
    return Body("pushes/access.bound", {**facts, "at": datetime.fromisoformat(facts["at"])})


async def burnt(tx: Tx, delivery: Delivery, now: datetime) -> Body | Stop:
    told = await tx.principal(Account(delivery.target.channel, delivery.target.id))
    if not told.is_staff:
        return Stop(State.CANCELLED, "已不是工作人员")
    facts = delivery.push.facts
    return Body("pushes/access.code_burnt", {**facts, "at": datetime.fromisoformat(facts["at"])})
