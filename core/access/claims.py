"""Somebody says which lab he is of; staff telephone the number of the roster and decide."""

from datetime import datetime, timedelta
from typing import Protocol

from core.access import Account, Principal
from core.access.units import NamesTx, lab_named
from core.errors import DomainError
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
