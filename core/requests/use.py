"""Staff decide what people asked of them; one numbering for all kinds."""

from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.access.binding import BindTx, bind
from core.errors import DomainError
from core.requests.models import Request, RequestKind, RequestState
from core.requests.numbers import number_of, request_numbered
from core.requests.pushes import decided_push


class DecideTx(BindTx, Protocol):
    async def request(self, number: int) -> Request | None: ...

    async def decide_request(
        self, number: int, state: RequestState, who: Principal, words: str, now: datetime
    ) -> bool: ...


async def waiting(tx: DecideTx, number: str, now: datetime) -> Request:
    """The request that can be decided, by `3`, `3号`, `申请3`; DomainError requests/number, requests/unknown,
    requests/decided, requests/expired."""
    found = await request_numbered(tx, number_of(number))
    if found.state is not RequestState.WAITING:
        raise DomainError("requests/decided", number=found.id)
    if found.expires_at is not None and found.expires_at <= now:
        raise DomainError("requests/expired", number=found.id, at=found.expires_at)
    return found


def check_approvable(request: Request) -> None:
    """DomainError requests/answer_it (a 留言 wants words), requests/lab_stopped (nobody is bound to a lab that
    takes part no more)."""
    if request.kind is RequestKind.MESSAGE:
        raise DomainError("requests/answer_it", number=request.id)
    if request.kind is RequestKind.BINDING and request.lab_stopped:
        raise DomainError("requests/lab_stopped", unit=request.lab_name, number=request.id)


def check_refusable(request: Request, words: str) -> None:
    """DomainError requests/answer_it: a 留言 is closed without words, or answered."""
    if request.kind is RequestKind.MESSAGE and words:
        raise DomainError("requests/answer_it", number=request.id)


async def approve(tx: DecideTx, who: Principal, request: Request, words: str, now: datetime, phone: str) -> None:
    """A claim binds the asker; anything else was seen to. DomainError as `waiting` and `check_approvable`, and
    access/lab_full_staff."""
    check_approvable(request)
    await _decide(tx, who, request, RequestState.APPROVED, words, now)
    if request.kind is RequestKind.BINDING:
        assert request.lab_id is not None
        await bind(tx, who, request.account, request.lab_id, request.lab_name, "claim", now, phone)


async def refuse(tx: DecideTx, who: Principal, request: Request, words: str, now: datetime) -> None:
    """Of a 留言 that it is closed, which nobody is told. DomainError as `waiting` and `check_refusable`."""
    check_refusable(request, words)
    await _decide(tx, who, request, RequestState.REFUSED, words, now)


async def _decide(
    tx: DecideTx, who: Principal, request: Request, state: RequestState, words: str, now: datetime
) -> None:
    await waiting(tx, str(request.id), now)
    if not await tx.decide_request(request.id, state, who, words, now):
        raise DomainError("requests/decided", number=request.id)
    await tx.audit(who, "requests.decide", f"request:{request.id}", {"state": str(state)}, now)
    approved = state is RequestState.APPROVED
    if request.kind is not RequestKind.MESSAGE:
        await tx.write_push(decided_push(request, approved, words, now), now)
