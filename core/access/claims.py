"""Somebody says which lab he is of; staff telephone the number of the roster and decide."""

from datetime import datetime, timedelta
from typing import Protocol

from core.access import Account, Principal
from core.access.units import NamesTx, lab_named
from core.errors import DomainError, Several
from core.labs.asking import units_in
from core.labs.duplicate import Names
from core.labs.models import Application
from core.labs.names import unit_key
from core.pushes.models import Planned
from core.requests.models import Request, RequestKind
from core.requests.pushes import request_alarm

OPEN_FOR = timedelta(hours=72)
DAY = timedelta(days=1)
CLAIMS_A_DAY = 5


class ClaimTx(NamesTx, Protocol):
    async def waiting_request(
        self, kind: RequestKind, account: Account, lab_id: int, now: datetime
    ) -> Request | None: ...

    async def count_requests(self, kind: RequestKind, account: Account, since: datetime) -> int: ...

    async def add_request(
        self,
        kind: RequestKind,
        account: Account,
        lab_id: int,
        text: str,
        now: datetime,
        expires_at: datetime | None,
    ) -> Request: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


class WaitingTx(Protocol):
    async def applications_named(self, key: str) -> list[Application]: ...


async def not_to_be_claimed(tx: WaitingTx, names: Names, unit: str) -> DomainError:
    """What is said of a unit that the roster does not hold: access/unit_waits where it has applied and has no code
    yet, access/one_unit where several are named, else access/unit_near or access/unit_unknown."""
    waiting = [one for one in await tx.applications_named(unit_key(unit)) if one.pending]
    if waiting:
        return DomainError("access/unit_waits", unit=waiting[0].unit, since=waiting[0].since)
    if several := units_in(unit)[1:]:
        return DomainError("access/one_unit", unit=units_in(unit)[0], n=len(several) + 1)
    near = await names.near(tx, unit)
    if near.names:
        return Several("access/unit_near", unit, near.names, more=near.more)
    return DomainError("access/unit_unknown", unit=unit, near=())


async def claim(tx: ClaimTx, who: Principal, unit: str, now: datetime, phone: str) -> Request:
    """The request that now waits, a new one or the one that waited already; nothing in it tells whether others
    are bound. DomainError: access/unit_unknown, access/unit_several, access/unit_stopped,
    access/already_bound, access/claims_many.
    """
    lab = await lab_named(tx, unit, phone)
    if lab.stopped:
        raise DomainError("access/unit_stopped", unit=lab.name, phone=phone)
    if lab.id in who.labs:
        raise DomainError("access/already_bound", unit=lab.name)
    kind = RequestKind.BINDING
    if waiting := await tx.waiting_request(kind, who.account, lab.id, now):
        return waiting
    if await tx.count_requests(kind, who.account, now - DAY) >= CLAIMS_A_DAY:
        raise DomainError("access/claims_many", most=CLAIMS_A_DAY, phone=phone)
    made = await tx.add_request(kind, who.account, lab.id, unit, now, now + OPEN_FOR)
    await tx.audit(who, "access.claim", f"request:{made.id}", {"lab": lab.id}, now)
    await tx.write_push(request_alarm(made, now), now)
    return made
