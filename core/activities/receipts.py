"""Samples signed for: 签收 shows and notes them, 签收 异常 asks staff (domain §3, Receipt)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.access import Account, Principal
from core.activities.models import RoundState
from core.activities.own import PROBLEM, RECEIVED, OwnRound
from core.activities.own_use import LabRounds, ReadTx, by_lab, current, note_read
from core.activities.own_word import ChooseTx, Said, choose_own
from core.activities.problems import of_samples, sounds_wrong, what_of
from core.activities.use import ALL
from core.errors import DomainError, Several
from core.labs.models import Lab
from core.labs.narrowing import RosterTx, refuse_others
from core.pushes.models import Planned
from core.requests.models import Request, RequestKind
from core.requests.pushes import request_alarm
from core.words import name_key

DAY = timedelta(days=1)
PROBLEMS_A_DAY = 10  # of one account; each rings in the staff groups


class SignTx(ChooseTx, Protocol):
    async def note_receipt(
        self, who: Principal, lab_id: int, rounds: Sequence[int], state: str, now: datetime
    ) -> None: ...


class ProblemTx(SignTx, RosterTx, Protocol):
    async def open_requests(
        self, who: Principal, kind: RequestKind, lab_id: int, since: datetime
    ) -> list[Request]: ...

    async def count_requests(self, kind: RequestKind, account: Account, since: datetime) -> int: ...

    async def add_request(
        self,
        kind: RequestKind,
        account: Account,
        lab_id: int | None,
        text: str,
        now: datetime,
        expires_at: datetime | None,
    ) -> Request: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Receipts:
    """Answer of 签收 alone: the dispatched activity, lab by lab."""

    year: int
    n: int
    labs: tuple[LabRounds, ...]


async def receipts(
    tx: ReadTx, who: Principal, now: datetime, year: int | None = None, n: int | None = None
) -> Receipts | None:
    """None while nothing was announced as sent. DomainError: activities/not_sent (only another activity was)."""
    await note_read(tx, who, "receipts.own", now)
    rounds = await _dispatched(tx, who, now, year, n)
    return Receipts(*rounds[0].activity, by_lab(rounds)) if rounds else None


async def sign(
    tx: SignTx, who: Principal, words: Sequence[str], now: datetime, year: int | None = None, n: int | None = None
) -> Said:
    """DomainError: activities/none_sent, not_sent, name_samples, and those of `choose_own`."""
    rounds = [one for one in await _dispatched(tx, who, now, year, n) if not one.left_out]
    chosen = await choose_own(tx, who, words, rounds, now, "activities/none_sent")
    if len(chosen) > 1 and not any(one.takes_part for one in chosen):
        raise DomainError("activities/name_samples", name=chosen[0].lab_name)
    again = (PROBLEM,) if ALL not in words else ()  # what was wrong is put right only by its name
    noted = tuple(one for one in chosen if one.receipt in ("", *again))
    ids = sorted(one.round.id for one in noted)
    if ids:
        await tx.note_receipt(who, chosen[0].lab_id, ids, RECEIVED, now)
    await tx.audit(who, "receipts.sign", f"lab:{chosen[0].lab_id}", {"rounds": ids}, now)
    already = tuple(one for one in chosen if one not in noted)
    return Said(chosen[0].lab_id, chosen[0].lab_name, noted, already)


@dataclass(frozen=True, slots=True)
class Problem:
    """The request to staff, the rounds that its words name, and what they say is wrong."""

    lab_id: int
    request: Request
    named: tuple[OwnRound, ...]
    what: str


async def report_problem(tx: ProblemTx, who: Principal, text: str, now: datetime) -> Problem:
    """签收 异常: a request to staff, who are told at once.

    DomainError: activities/which_lab, activities/problem_before, activities/many_problems.
    """
    lab = await _lab_in(tx, who, text)
    rounds = [one for one in await _dispatched(tx, who, now) if one.lab_id == lab.id and not one.left_out]
    named = _named_in(text, rounds)
    if all(one.receipt == PROBLEM for one in named):  # signed for since, it is wrong anew
        await _check_new(tx, who, lab.id, text, now)
    if await tx.count_requests(RequestKind.RECEIPT_PROBLEM, who.account, now - DAY) >= PROBLEMS_A_DAY:
        raise DomainError("activities/many_problems", most=PROBLEMS_A_DAY)
    if ids := sorted(one.round.id for one in named):
        await tx.note_receipt(who, lab.id, ids, PROBLEM, now)
    request = await tx.add_request(RequestKind.RECEIPT_PROBLEM, who.account, lab.id, text, now, None)
    await tx.audit(who, "receipts.problem", f"lab:{lab.id}", {"request": request.id, "rounds": ids}, now)
    await tx.write_push(request_alarm(request, now), now)
    return Problem(lab.id, request, named, what_of(text))


async def _check_new(tx: ProblemTx, who: Principal, lab_id: int, text: str, now: datetime) -> None:
    """The same words of the same lab within a day are one problem, while staff have not decided it."""
    for one in await tx.open_requests(who, RequestKind.RECEIPT_PROBLEM, lab_id, now - DAY):
        if name_key(one.text) == name_key(text):
            raise DomainError("activities/problem_before", number=one.id, at=one.asked_at)


async def tells_problem(tx: ReadTx, who: Principal, text: str) -> bool:
    """Whether plain words say that the asker's samples have something wrong: of samples, or of a programme."""
    if not sounds_wrong(text):
        return False
    return of_samples(text) or bool(_named_in(text, await tx.own_rounds(who), unique=False))


async def _dispatched(
    tx: ReadTx, who: Principal, now: datetime, year: int | None = None, n: int | None = None
) -> list[OwnRound]:
    """The asker's rounds of the activity whose samples were sent last, or of the one named."""
    everything = [one for one in await tx.own_rounds(who) if one.round.state is RoundState.DISPATCHED]
    sent = [one for one in everything if year in (None, one.round.year) and n in (None, one.round.n)]
    if not sent and (last := [one for one in current(everything, now) if not one.left_out]):
        waiting = any(one.receipt == "" for one in last)
        raise DomainError("activities/not_sent", year=year, n=n, last=last[0].activity, waiting=waiting)
    return current(sent, now)


async def _lab_in(tx: ProblemTx, who: Principal, text: str) -> Lab:
    await refuse_others(tx, who, text)
    labs = await tx.own_labs(who)
    named = [lab for lab in labs if name_key(lab.name) in name_key(text)]
    if len(named or labs) > 1:
        raise Several("activities/which_lab", "", [lab.name for lab in labs])
    return (named or labs)[0]


def _named_in(text: str, rounds: Sequence[OwnRound], *, unique: bool = True) -> tuple[OwnRound, ...]:
    """Rounds whose programme the text names by a name that means no other one; people write
    「凝血破损一支」 in one word, so names are sought inside."""
    key = name_key(text)
    hits: dict[str, list[OwnRound]] = {}
    for one in rounds:
        for name in {name_key(name) for name in one.round.programme.names}:
            if len(name) > 1 and name in key:
                hits.setdefault(name, []).append(one)
    return tuple(dict.fromkeys(found[0] for found in hits.values() if len(found) == 1 or not unique))
