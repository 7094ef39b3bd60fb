"""退回申请 and 不能检测: a lab asks staff about its rounds, with its reason (guide, part 3 §3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from core.access import Principal
from core.activities.models import Reported
from core.activities.own import OwnRound
from core.errors import DomainError
from core.requests import meaning
from core.requests.adding import AddTx
from core.requests.meaning import WORDS
from core.requests.models import Request, RequestKind
from core.requests.pushes import request_alarm

DAY: Final = timedelta(days=1)
A_DAY: Final = 20  # of one account and kind; each rings in the staff groups
LONGEST: Final = 200  # characters of a reason
WHOLE: Final = 800  # characters of a request with all that was added to it
_NOTED = {RequestKind.RETURN: "requests.return", RequestKind.NOT_TESTED: "requests.not_tested"}


class Tx(meaning.Tx, AddTx, Protocol):
    async def standing_request(
        self, who: Principal, kind: RequestKind, lab_id: int, round_id: int
    ) -> Request | None: ...

    async def add_reason(self, number: int, whole: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Left:
    """A programme that was named and not asked for: `stands` was asked before (`added`: the new reason was put to
    it), `reported` has come in, the rest is not the lab's to ask of."""

    name: str
    stands: Request | None = None
    added: bool = False
    reported: OwnRound | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What waits for staff now: a request of each round, as the lab stands to it, and what was `left`. `open`:
    the lab can still report, and report again."""

    lab_id: int
    requests: tuple[Request, ...]
    rounds: tuple[OwnRound, ...]
    open: bool
    left: tuple[Left, ...] = ()
    lab_name: str = ""


async def ask_staff(tx: Tx, who: Principal, kind: RequestKind, text: str, now: datetime, phone: str) -> Asked:
    """DomainError: ask/missing, requests/reason_long, requests/reported_already, requests/asked_before,
    requests/many_requests, and those of `meaning.rounds_meant`."""
    meant = await meaning.rounds_meant(tx, who, kind, text, now)
    _check_reason(kind, meant.reason, meant.rounds)
    to_ask, left = list[OwnRound](), list[Left]()
    for one in meant.rounds:
        stood = await _left(tx, who, kind, one, meant.reason, now)
        to_ask += [] if stood else [one]
        left += [stood] if stood else []
    left += [Left(name) for name in meant.foreign]
    if len(left) == 1 and not to_ask and not left[0].added:
        _refuse(kind, left[0], now)
    if to_ask and await tx.count_requests(kind, who.account, now - DAY) + len(to_ask) > A_DAY:
        raise DomainError("requests/many_requests", most=A_DAY, word=WORDS[kind], phone=phone)
    made = [await _ask(tx, who, kind, one, meant.reason, now) for one in to_ask]
    lab = meant.rounds[0]
    open_ = any(now <= one.deadline for one in to_ask)
    return Asked(lab.lab_id, tuple(made), tuple(to_ask), open_, tuple(left), lab.lab_name)


def _check_reason(kind: RequestKind, reason: str, rounds: Sequence[OwnRound]) -> None:
    if not reason:
        names = " ".join(one.name for one in rounds)
        raise DomainError("ask/missing", slot="原因", example=f"{WORDS[kind]} {names} 仪器故障")
    if len(reason) > LONGEST:
        raise DomainError("requests/reason_long", most=LONGEST)


async def _left(
    tx: Tx, who: Principal, kind: RequestKind, one: OwnRound, reason: str, now: datetime
) -> Left | None:
    """What was reported was tested; nothing is asked twice, but a second return after the first."""
    if kind is RequestKind.NOT_TESTED and one.reported is Reported.SUBMITTED:
        return Left(one.name, reported=one)
    stands = await tx.standing_request(who, kind, one.lab_id, one.round.id)
    if stands is None or not (stands.waits or kind is RequestKind.NOT_TESTED):
        return None
    return Left(one.name, stands, added=await _add(tx, who, kind, stands, one, reason, now))


async def _add(
    tx: Tx, who: Principal, kind: RequestKind, stands: Request, one: OwnRound, reason: str, now: datetime
) -> bool:
    """A new reason is not lost: it stands with the first, where staff read it."""
    whole = f"{stands.text}；补充：{reason}"
    if not stands.waits or reason in stands.text or len(whole) > WHOLE:
        return False
    detail = {"request": stands.id, "rounds": [one.round.id]}
    await tx.audit(who, _NOTED[kind], f"lab:{one.lab_id}", detail, now)
    return await tx.add_reason(stands.id, whole)


def _refuse(kind: RequestKind, left: Left, now: datetime) -> None:
    """One programme was named, and nothing done."""
    if one := left.reported:
        params = {"open": now <= one.deadline, "deadline": one.deadline}
        raise DomainError("requests/reported_already", name=one.name, as_of=one.as_of, **params)
    if stands := left.stands:
        params = {"number": stands.id, "waits": stands.waits, "at": stands.asked_at}
        raise DomainError("requests/asked_before", word=WORDS[kind], name=left.name, **params)


async def _ask(tx: Tx, who: Principal, kind: RequestKind, one: OwnRound, reason: str, now: datetime) -> Request:
    made = await tx.add_request(kind, who.account, one.lab_id, reason, now, None, round_id=one.round.id)
    detail = {"request": made.id, "rounds": [one.round.id]}
    await tx.audit(who, _NOTED[kind], f"lab:{one.lab_id}", detail, now)
    await tx.write_push(request_alarm(made, now), now)
    return made
