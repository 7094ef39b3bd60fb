"""待办 号: one request whole, in private; in the staff group what its alarm shows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from core.access import Principal
from core.calendar import WorkingDays
from core.labs.record import Roster
from core.requests.models import Request, RequestKind
from core.requests.numbers import number_of, request_numbered
from core.requests.pushes import ShownTx, shown
from core.requests.waiting import Waiting, age


class Tx(ShownTx, Protocol):
    async def request(self, number: int) -> Request | None: ...

    async def roster(self, who: Principal, lab_id: int) -> Roster: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class One:
    """`roster`: whom to call, of a problem with samples. `over`: its time has passed, though nobody decided."""

    request: Request
    shown: dict[str, Any] = field(repr=False)
    age: Waiting
    over: bool
    roster: Roster | None = None


async def one_request(tx: Tx, who: Principal, text: str, whole: bool, calendar: WorkingDays, now: datetime) -> One:
    """Reading it whole is noted in the log. DomainError requests/number, requests/unknown."""
    request = await request_numbered(tx, number_of(text))
    roster = None
    if whole:
        await tx.audit(who, "requests.read", f"request:{request.id}", {}, now)
        if request.kind is RequestKind.RECEIPT_PROBLEM and request.lab_id is not None:
            roster = await tx.roster(who, request.lab_id)
    over = request.expires_at is not None and request.expires_at <= now
    return One(request, await shown(tx, request), age(request, calendar, now), over, roster)
