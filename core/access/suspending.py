"""Bindings that hold no more until a new code, or staff, restore them: suspended, not deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.access import Account, Principal
from core.access.binding import Binding, Why
from core.access.log import LogTx
from core.access.pushes import TOLD_FOR
from core.pushes.models import Body, Delivery, Kind, Planned, Stop, Target
from core.pushes.states import State
from core.words import fold

AT_ONCE = 50  # of those that nobody used


@dataclass(frozen=True, slots=True)
class Suspended:
    """One of a person's own."""

    lab_name: str
    at: datetime
    why: Why


class Tx(LogTx, Protocol):
    async def suspended_of(self, lab_id: int) -> list[Binding]: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...


class UnusedTx(Tx, Protocol):
    async def suspend_unused(self, before: datetime, most: int, now: datetime) -> list[Binding]: ...


class LeftTx(Tx, Protocol):
    async def suspend_accounts(self, accounts: Sequence[Account], why: Why, now: datetime) -> list[Binding]: ...


class ContactTx(Tx, Protocol):
    async def suspend_labs(self, codes: Sequence[str], why: Why, now: datetime) -> list[Binding]: ...


class ToldTx(Protocol):
    async def principal(self, account: Account) -> Principal: ...

    async def suspended(self, who: Principal) -> list[Suspended]: ...


async def suspend_unused(tx: UnusedTx, by: Principal, after: timedelta, now: datetime, phone: str) -> int:
    """Those longest unused, so many at once; how many there were."""
    return await _tell(tx, by, await tx.suspend_unused(now - after, AT_ONCE, now), Why.UNUSED, now, phone)


async def suspend_left(tx: LeftTx, by: Principal, accounts: Sequence[Account], now: datetime, phone: str) -> int:
    """Of people whom no managed group has any more."""
    return await _tell(tx, by, await tx.suspend_accounts(accounts, Why.LEFT, now), Why.LEFT, now, phone)


async def suspend_contact(tx: ContactTx, by: Principal, codes: Sequence[str], now: datetime, phone: str) -> int:
    """Of labs whose roster entry names other people than before."""
    return await _tell(tx, by, await tx.suspend_labs(codes, Why.CONTACT, now), Why.CONTACT, now, phone)


def is_other_contact(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a roster entry names another contact or telephone than it did; a blank one names nobody, and
    another spelling is no other one."""

    def key(values: Mapping[str, Any], name: str) -> str:
        text = fold(str(values.get(name) or "")).casefold()
        return "".join(c for c in text if c.isdecimal()) if name == "phone" else text.replace(" ", "")

    pairs = [(key(old, name), key(new, name)) for name in ("contact", "phone")]
    return any(before and after and before != after for before, after in pairs)


async def _tell(tx: Tx, by: Principal, found: Sequence[Binding], why: Why, now: datetime, phone: str) -> int:
    """What was just suspended goes to the log, and the persons are told."""
    for one in found:
        detail = {"why": str(why)}
        await tx.audit(by, "access.suspend", f"lab:{one.lab_id}", detail, now, about=one.account)
    if found:
        first = found[0].lab_id
        many = f"{first}:{len(found)}:{len(await tx.suspended_of(first))}"
        await tx.write_push(_suspended_push([one.account for one in found], many, why, now, phone), now)
    return len(found)


def _suspended_push(accounts: Sequence[Account], many: str, why: Why, now: datetime, phone: str) -> Planned:
    """One for all: which labs each of them is told of is looked up when it is sent. `many` tells two of one moment
    apart without naming anybody, for keys are not erased."""
    facts = {"kind": "suspended", "why": str(why), "at": now.isoformat(), "phone": phone}
    persons = tuple(dict.fromkeys(Target(one.platform, "private", one.id) for one in accounts))
    key = f"{Kind.DECIDED}:suspended:{why}:{now.isoformat()}:{many}"
    return Planned(Kind.DECIDED, key, now, now + TOLD_FOR, facts, groups=False, to=persons)


async def told(tx: ToldTx, delivery: Delivery, now: datetime) -> Body | Stop:
    """What the person is still without."""
    facts, target = delivery.push.facts, delivery.target
    at = datetime.fromisoformat(facts["at"])
    own = await tx.suspended(await tx.principal(Account(target.channel, target.id)))
    units = [one.lab_name for one in own if one.at == at and one.why == facts["why"]]
    if not units:
        return Stop(State.CANCELLED, "已恢复绑定或已解绑")
    return Body("pushes/request.decided", {**facts, "at": at, "units": units})
