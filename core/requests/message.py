"""留言: anybody leaves a message to the centre, and is answered where it was written."""

from datetime import datetime, timedelta
from typing import Final, Protocol

from core.access import Account, ManagedGroup, PlaceKind, Principal
from core.errors import DomainError
from core.notices.text import tidy
from core.pushes.models import Target
from core.requests.adding import AddTx
from core.requests.models import Request, RequestKind
from core.requests.pushes import request_alarm

LONGEST: Final = 500
OPEN: Final = 10  # of one account
A_DAY: Final = 20
DAY: Final = timedelta(days=1)
EXAMPLE: Final = "留言 凝血样品收到时少了一支"


class Tx(AddTx, Protocol):
    async def managed_group(self, target: Target) -> ManagedGroup | None: ...

    async def count_waiting(self, kind: RequestKind, account: Account, now: datetime) -> int: ...


async def leave_message(
    tx: Tx, who: Principal, place: PlaceKind, group: str, written: str, now: datetime, phone: str
) -> Request:
    """`group`: the number of the group it was written in. The lab is noted where just one is bound, in private.

    DomainError: ask/missing, requests/message_long, requests/no_answer_here, requests/many_open,
    requests/many_today.
    """
    text = tidy(written)
    if not text:
        raise DomainError("ask/missing", slot="内容", example=EXAMPLE)
    if len(text) > LONGEST:
        raise DomainError("requests/message_long", length=len(text), most=LONGEST)
    if group and await tx.managed_group(Target(who.account.platform, "group", group)) is None:
        raise DomainError("requests/no_answer_here", phone=phone)
    await _check_count(tx, who, now, phone)
    lab = next(iter(who.labs)) if place is PlaceKind.PRIVATE and len(who.labs) == 1 else None
    made = await tx.add_request(
        RequestKind.MESSAGE, who.account, lab, text, now, None, place=str(place), place_id=group
    )
    await tx.audit(who, "requests.message", f"request:{made.id}", {"place": str(place)}, now)
    await tx.write_push(request_alarm(made, now), now)
    return made


async def _check_count(tx: Tx, who: Principal, now: datetime, phone: str) -> None:
    if await tx.count_waiting(RequestKind.MESSAGE, who.account, now) >= OPEN:
        raise DomainError("requests/many_open", most=OPEN, phone=phone)
    if await tx.count_requests(RequestKind.MESSAGE, who.account, now - DAY) >= A_DAY:
        raise DomainError("requests/many_today", most=A_DAY, phone=phone)
