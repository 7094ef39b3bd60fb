"""回复: staff answer a 留言, by its number or by quoting the alarm that told of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from core.access import Account, ManagedGroup, Principal
from core.errors import DomainError
from core.notices.codes import code_candidates, has_bind_code, has_long_number
from core.notices.text import tidy
from core.pushes.models import Delivery, Kind, Planned, Target
from core.pushes.parts import mark_of, marks_in
from core.pushes.references import parse_reference
from core.requests.models import Request, RequestKind, RequestState
from core.requests.numbers import request_numbered, split_number
from core.requests.pushes import answer_push, asked_in, shown

LONGEST: Final = 1000
AGAIN_FOR: Final = timedelta(days=7)
EXAMPLE: Final = "回复 12 样品今天补寄"
MARK: Final = "〔通知 "  # so begins each


class AlarmTx(Protocol):
    async def deliveries_of(self, year: int, number: int, ordinal: int | None) -> list[Delivery]: ...


class CodesTx(Protocol):
    async def holds_code(self, candidates: frozenset[str]) -> bool: ...

    async def open_codes(self, digests: Sequence[str], now: datetime) -> Sequence[object]: ...


class Tx(AlarmTx, CodesTx, Protocol):
    async def request(self, number: int) -> Request | None: ...

    async def managed_group(self, target: Target) -> ManagedGroup | None: ...

    async def principal(self, account: Account) -> Principal: ...

    async def count_keys(self, prefix: str) -> int: ...


class WriteTx(Tx, Protocol):
    async def decide_request(
        self, number: int, state: RequestState, who: Principal, words: str, now: datetime
    ) -> bool: ...

    async def add_words(self, number: int, words: str) -> None: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """`shown`: what colleagues may read of the question in their group. `nth`: 2 and more add to an answer.
    `by_quote` is the mark of the alarm where one was quoted. `numbers`: long ones stand in it, though no code."""

    request: Request
    text: str = field(repr=False)
    shown: dict[str, Any] = field(repr=False)
    nth: int = 1
    by_quote: str = ""
    numbers: bool = False

    @property
    def at_once(self) -> bool:
        """A first answer to one person, by number, needs no second look; what a group reads does."""
        return self.nth == 1 and not self.by_quote and not self.request.in_group


async def propose_answer(
    tx: Tx, written: str, now: datetime, codes: Sequence[str] = (), quoted: str = ""
) -> Reply | None:
    """`written` begins with the number of the 留言, or with the mark of the alarm that told of it; None where the
    mark is of something else: colleagues talk, quoting us. `codes`: digests of whatever may be a binding code.
    `quoted`: reference of the alarm that was quoted besides.

    DomainError: requests/answer_form, requests/unknown, requests/no_message, requests/closed,
    requests/answered_before, requests/group_gone, requests/answer_long, requests/answer_lab_code,
    requests/answer_bind_code, ask/missing.
    """
    meant = await _meant(tx, written)
    if meant is None:
        return None
    request, text, mark = meant
    told = await request_told_of(tx, quoted) if quoted else None
    if told is not None and told != request.id:
        raise DomainError("requests/quoted_other", quoted=told, number=request.id)
    _check_open(request, now)
    text = tidy(text)
    if not text:
        raise DomainError("ask/missing", slot="答复内容", example=f"回复 {request.id} 样品今天补寄")
    if len(text) > LONGEST:
        raise DomainError("requests/answer_long", length=len(text), most=LONGEST)
    await check_words(tx, text, codes, now)
    if request.in_group and await tx.managed_group(asked_in(request)) is None:
        raise DomainError("requests/group_gone", number=request.id)
    nth = 1 if request.waits else 2 + await tx.count_keys(f"{Kind.DECIDED}:{request.id}:")
    return Reply(request, text, await shown(tx, request), nth, mark, has_long_number(text))


async def _meant(tx: Tx, written: str) -> tuple[Request, str, str] | None:
    """The request, the answer, and the mark it was found by."""
    by_number = split_number(written)
    if by_number:
        return await request_numbered(tx, by_number[0]), by_number[1], ""
    marks = marks_in(written) if written.lstrip().startswith(MARK) else []
    if not marks:
        raise DomainError("requests/answer_form", example=EXAMPLE)
    number, text = await _told_of(tx, marks[0][0]), tidy(written)
    if number is None:
        return None
    doubled = split_number(text)  # quoted and numbered as well
    text = doubled[1] if doubled and doubled[0] == number else text
    return await request_numbered(tx, number), text, mark_of(marks[0][0])


async def _told_of(tx: Tx, reference: str) -> int | None:
    """The 留言 that this alarm told of."""
    for one in await tx.deliveries_of(*parse_reference(reference)):
        facts = one.push.facts
        if one.push.kind is Kind.ALARM and facts.get("kind") == str(RequestKind.MESSAGE):
            return int(facts["request"])
    return None


def _check_open(request: Request, now: datetime) -> None:
    if request.kind is not RequestKind.MESSAGE:
        raise DomainError("requests/no_message", number=request.id)
    if request.state not in (RequestState.WAITING, RequestState.APPROVED):
        raise DomainError("requests/closed", number=request.id, at=request.decided_at)
    if request.decided_at is not None and request.decided_at + AGAIN_FOR <= now:
        raise DomainError("requests/answered_before", number=request.id, at=request.decided_at, by=request.decider)


async def request_told_of(tx: AlarmTx, reference: str) -> int | None:
    """The request, of whatever kind, that this alarm told of."""
    for one in await tx.deliveries_of(*parse_reference(reference)):
        if one.push.kind is Kind.ALARM and "request" in one.push.facts:
            return int(one.push.facts["request"])
    return None


async def check_words(tx: CodesTx, text: str, codes: Sequence[str], now: datetime) -> None:
    """What staff say to people of laboratories bears no code.

    DomainError: requests/answer_bind_code, requests/answer_lab_code.
    """
    if has_bind_code(text) or (codes and await tx.open_codes(codes, now)):
        raise DomainError("requests/answer_bind_code")
    candidates = code_candidates(text)
    if candidates and await tx.holds_code(candidates):
        raise DomainError("requests/answer_lab_code")


async def answer(tx: WriteTx, who: Principal, reply: Reply, now: datetime) -> None:
    """Noted and sent in one; DomainError requests/answered_meanwhile if a colleague was first."""
    number = reply.request.id
    if reply.nth > 1:
        await tx.add_words(number, reply.text)
    elif not await tx.decide_request(number, RequestState.APPROVED, who, reply.text, now):
        raise DomainError("requests/answered_meanwhile", number=number)
    detail = {"place": reply.request.place, "again": reply.nth > 1, "characters": len(reply.text)}
    await tx.audit(who, "requests.answer", f"request:{number}", detail, now)
    await tx.write_push(answer_push(reply.request, reply.text, reply.nth, now), now)
