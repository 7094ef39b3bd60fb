"""What one member of staff confirmed and a second must agree to (issue 5): removals of many, changes of roles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from core.access import Account, Principal, Role
from core.access.log import LogTx
from core.errors import DomainError
from core.pushes.models import Body, Delivery, Kind, Planned, Stop, Target
from core.pushes.states import State

OPEN_FOR = timedelta(hours=72)
TOLD_FOR = timedelta(days=7)
REMOVALS_ALONE = 5
LONGEST_REASON = 100
AT_ONCE = 50  # of those whose time is over
_NUMBER = re.compile(r"(\d{1,9})号?", re.ASCII)


class AgreementState(StrEnum):
    WAITING = "waiting"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # by whoever asked
    VOID = "void"  # what was asked has changed, or its asker may not ask it any more
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Second:
    """What must be agreed to: `summary` is one line for other staff, in their group too; the log says whom it is
    `about`, and `detail`, which names nobody."""

    summary: str
    about: Account | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that its asker has confirmed, as it is asked again. `summary` is what others are told of it, in
    groups too; `digest` what must be the same then."""

    account: Account
    channel: str
    place: str
    group: str
    text: str = field(repr=False)
    digest: str
    summary: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """`id` is its number in chat."""

    id: int
    asked: Asked
    state: AgreementState
    asked_at: datetime
    expires_at: datetime


class Tx(LogTx, Protocol):
    async def staff_list(self) -> list[tuple[Account, Role]]: ...

    async def agreement(self, number: int) -> Agreement | None: ...

    async def same_agreement(self, asked: Asked, now: datetime) -> Agreement | None: ...

    async def add_agreement(self, asked: Asked, now: datetime, expires_at: datetime) -> Agreement: ...

    async def decide_agreement(
        self, number: int, state: AgreementState, who: Principal, now: datetime
    ) -> bool: ...

    async def asking(self, number: int) -> tuple[Account | None, object]: ...

    async def agreements_over(self, now: datetime, most: int) -> list[Agreement]: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...


def needs_second(removals: int) -> bool:
    """Whether so many people are removed only if a second member of staff agrees."""
    return removals > REMOVALS_ALONE


async def ask_second(tx: Tx, who: Principal, asked: Asked, second: Second, now: datetime) -> Agreement:
    """What now waits, a new one or the very same that waited already; DomainError access/no_second where nobody
    could ever agree."""
    if not any(role >= Role.OPERATOR and account != who.account for account, role in await tx.staff_list()):
        raise DomainError("access/no_second")
    if waiting := await tx.same_agreement(asked, now):
        return waiting
    made = await tx.add_agreement(asked, now, now + OPEN_FOR)
    await tx.audit(who, "access.ask", f"agreement:{made.id}", second.detail, now, about=second.about)
    await tx.write_push(waits_alarm(made, now), now)
    return made


async def open_agreement(tx: Tx, number: str, now: datetime) -> Agreement:
    """What can be decided, by `3` or `3号`; DomainError access/agreement_number, access/agreement_unknown,
    access/agreement_decided, access/agreement_expired."""
    match = _NUMBER.fullmatch(number)
    if match is None:
        raise DomainError("access/agreement_number")
    found = await tx.agreement(int(match[1]))
    if found is None:
        raise DomainError("access/agreement_unknown", number=int(match[1]))
    if found.state not in (AgreementState.WAITING, AgreementState.EXPIRED):
        raise DomainError("access/agreement_decided", number=found.id)
    if found.expires_at <= now:
        raise DomainError("access/agreement_expired", number=found.id, at=found.expires_at)
    return found


async def agreeable(tx: Tx, who: Principal, number: str, now: datetime) -> Agreement:
    """What this person may agree to; DomainError access/agreement_own besides."""
    found = await open_agreement(tx, number, now)
    if found.asked.account == who.account:
        raise DomainError("access/agreement_own", number=found.id)
    return found


async def agree(tx: Tx, who: Principal, one: Agreement, now: datetime) -> None:
    await agreeable(tx, who, str(one.id), now)
    await _decide(tx, who, one, AgreementState.AGREED, "", now)


async def decline(tx: Tx, who: Principal, one: Agreement, reason: str, now: datetime) -> AgreementState:
    """Declined, or withdrawn by whoever asked."""
    await open_agreement(tx, str(one.id), now)
    own = one.asked.account == who.account
    state = AgreementState.WITHDRAWN if own else AgreementState.DECLINED
    await _decide(tx, who, one, state, reason, now)
    return state


async def void(tx: Tx, who: Principal, one: Agreement, now: datetime) -> None:
    """`who` would have agreed, had it still been the same."""
    await _decide(tx, who, one, AgreementState.VOID, "", now)


async def expire(tx: Tx, by: Principal, now: datetime) -> None:
    """Those whose time is over, so many at once; one that was decided this moment is not."""
    for one in await tx.agreements_over(now, AT_ONCE):
        await _decided(tx, by, one, AgreementState.EXPIRED, "", now)


_ACTIONS = {
    AgreementState.AGREED: "access.agree",
    AgreementState.DECLINED: "access.decline",
    AgreementState.WITHDRAWN: "access.withdraw",
    AgreementState.VOID: "access.void",
    AgreementState.EXPIRED: "access.expire",
}


async def _decide(
    tx: Tx, who: Principal, one: Agreement, state: AgreementState, reason: str, now: datetime
) -> None:
    if not await _decided(tx, who, one, state, reason, now):
        raise DomainError("access/agreement_decided", number=one.id)


async def _decided(
    tx: Tx, who: Principal, one: Agreement, state: AgreementState, reason: str, now: datetime
) -> bool:
    """Whether it waited still."""
    if not await tx.decide_agreement(one.id, state, who, now):
        return False
    about, detail = await tx.asking(one.id)
    await tx.audit(who, _ACTIONS[state], f"agreement:{one.id}", detail, now, about=about)
    if state is not AgreementState.WITHDRAWN:
        await tx.write_push(decided_push(one, state, reason, now), now)
    return True


def waits_alarm(one: Agreement, now: datetime) -> Planned:
    """To the staff groups."""
    facts = {"about": "agreement", "number": one.id, "what": one.asked.summary}
    return Planned(Kind.ALARM, f"{Kind.ALARM}:agreement:{one.id}", now, one.expires_at, facts)


def decided_push(one: Agreement, state: AgreementState, reason: str, now: datetime) -> Planned:
    """To the asker, in private."""
    facts = {"kind": "agreement", "number": one.id, "what": one.asked.summary, "state": str(state)}
    asker = one.asked.account
    to = (Target(asker.platform, "private", asker.id),)
    key = f"{Kind.DECIDED}:agreement:{one.id}"
    return Planned(Kind.DECIDED, key, now, now + TOLD_FOR, {**facts, "reason": reason}, groups=False, to=to)


async def waits(tx: Tx, delivery: Delivery, now: datetime) -> Body | Stop:
    facts = delivery.push.facts
    found = await tx.agreement(facts["number"])
    if found is None or found.state is not AgreementState.WAITING:
        return Stop(State.CANCELLED, "已处理")
    return Body("access/agreement_waits", {**facts, "until": found.expires_at})
