"""Staff decide what people asked of them; one numbering for all kinds."""

import re
from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.access.binding import BindTx, bind
from core.errors import DomainError
from core.requests.models import Request, RequestKind, RequestState
from core.requests.pushes import decided_push


class DecideTx(BindTx, Protocol):
    async def request(self, number: int) -> Request | None: ...

    async def decide_request(
        self, number: int, state: RequestState, who: Principal, words: str, now: datetime
    ) -> bool: ...


async def waiting(tx: DecideTx, number: str, now: datetime) -> Request:
    """The request that can be decided, by `3`, `3号`, `申请3`; DomainError requests/number, requests/unknown,
    requests/decided, requests/expired."""
    match = re.fullmatch(r"(?:申请)?(\d{1,9})号?(?:申请)?", number, re.ASCII)
    if match is None:
        raise DomainError("requests/number", text=number)
    found = await tx.request(int(match[1]))
    if found is None:
        raise DomainError("requests/unknown", number=int(match[1]))
    if found.state is not RequestState.WAITING:
        raise DomainError("requests/decided", number=found.id)
    if found.expires_at is not None and found.expires_at <= now:
        raise DomainError("requests/expired", number=found.id, at=found.expires_at)
    return found


def check_approvable(request: Request) -> None:
    """DomainError requests/lab_stopped: nobody is bound to a lab that takes part no more."""
    if request.kind is RequestKind.BINDING and request.lab_stopped:
        raise DomainError("requests/lab_stopped", unit=request.lab_name, number=request.id)


async def approve(tx: DecideTx, who: Principal, request: Request, now: datetime, phone: str) -> None:
    """A claim binds the asker; anything else was seen to. DomainError as `waiting` and `check_approvable`, and
    access/lab_full_staff."""
    check_approvable(request)
    await _decide(tx, who, request, RequestState.APPROVED, "", now)
    if request.kind is RequestKind.BINDING:
        await bind(tx, who, request.account, request.lab_id, request.lab_name, "claim", now, phone)


async def refuse(tx: DecideTx, who: Principal, request: Request, words: str, now: datetime) -> None:
    await _decide(tx, who, request, RequestState.REFUSED, words, now)


async def _decide(
    tx: DecideTx, who: Principal, request: Request, state: RequestState, words: str, now: datetime
) -> None:
    await waiting(tx, str(request.id), now)
    if not await tx.decide_request(request.id, state, who, words, now):
        raise DomainError("requests/decided", number=request.id)
    await tx.audit(who, "requests.decide", f"request:{request.id}", {"state": str(state)}, now)
    approved = state is RequestState.APPROVED
    await tx.write_push(decided_push(request, approved, words, now), now)
