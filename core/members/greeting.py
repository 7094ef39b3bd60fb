"""Somebody new in a group is welcomed, a card that was put right is thanked for: once, and one message for all who
come within a few minutes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from core.access import Account, ManagedGroup
from core.members.judge import judge
from core.members.labs import LabIndex
from core.members.member import Member
from core.members.models import FLAGGED, Verdict
from core.pushes.models import Body, Delivery, Kind, Planned, Target

GATHER: Final = timedelta(minutes=10)  # one message for all of this time
AFTER: Final = timedelta(seconds=60)  # so that those who are let in together have all come
AGAIN: Final = timedelta(days=30)  # whoever leaves and comes back sooner knows it
LASTS: Final = timedelta(days=1)
IN_FORM: Final = (Verdict.OK, Verdict.OK_WARN)


class Greeted(StrEnum):
    """Columns of the table of greetings."""

    WELCOMED = "welcomed_at"
    THANKED = "thanked_at"


KINDS: Final = {Greeted.WELCOMED: Kind.WELCOME, Greeted.THANKED: Kind.THANKS}


@dataclass(frozen=True, slots=True)
class Greeting:
    """When this account was welcomed in this group, and thanked there; None: never."""

    welcomed_at: datetime | None = None
    thanked_at: datetime | None = None


class Tx(Protocol):
    async def managed_group(self, target: Target) -> ManagedGroup | None: ...

    async def greeting(self, group: Account, account: Account) -> Greeting: ...

    async def last_greeting(self, group: Account, what: Greeted) -> datetime | None: ...

    async def note_greeting(self, group: Account, account: Account, what: Greeted, at: datetime) -> None: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...


class CardTx(Tx, Protocol):
    async def member(self, group: Account, account: Account) -> Member | None: ...

    async def set_card(self, group: Account, account: Account, card: str, lab_name: str) -> None: ...


async def welcome(tx: Tx, group: Account, account: Account, now: datetime) -> bool:
    """Of somebody who just came; False where none is due: a group of staff or one that wants none, or lately
    welcomed."""
    if not await _is_greeted_in(tx, group, Kind.WELCOME):
        return False
    before = (await tx.greeting(group, account)).welcomed_at
    if before is not None and now - before < AGAIN:
        return False
    await _greet(tx, group, account, Greeted.WELCOMED, now)
    return True


async def thank(
    tx: CardTx,
    group: Account,
    account: Account,
    old: str,
    new: str,
    labs: LabIndex,
    now: datetime,
    thanks: bool = True,
) -> bool:
    """A card has become another one: the list has it from now on, and it is thanked for, once, where it was asked
    for: by the welcome, or since the last list had it flagged. `old` is what the platform says it was, which is
    believed only of whoever is on no list."""
    if await tx.managed_group(_target(group)) is None:
        return False
    stood = await tx.member(group, account)
    if stood is not None and stood.card == new:
        return False
    if stood is not None:
        await tx.set_card(group, account, new, judge(new, labs=labs).lab)
    before = Member(account.id, old) if stood is None else stood
    if not thanks or not _is_put_right(before, new, labs) or not await _is_greeted_in(tx, group, Kind.THANKS):
        return False
    said = await tx.greeting(group, account)
    asked = said.welcomed_at is not None or (stood is not None and _judged(before, stood.card, labs) in FLAGGED)
    if not asked or said.thanked_at is not None:
        return False
    await _greet(tx, group, account, Greeted.THANKED, now)
    return True


def _is_put_right(member: Member, new: str, labs: LabIndex) -> bool:
    return _judged(member, member.card, labs) not in IN_FORM and _judged(member, new, labs) in IN_FORM


def _judged(member: Member, card: str, labs: LabIndex) -> Verdict:
    return judge(card, role=member.role, labs=labs).verdict


async def _is_greeted_in(tx: Tx, group: Account, kind: Kind) -> bool:
    managed = await tx.managed_group(_target(group))
    return managed is not None and not managed.staff and managed.wants(kind)


async def _greet(tx: Tx, group: Account, account: Account, what: Greeted, now: datetime) -> None:
    """All who come until `GATHER` after the first bear the first one's moment, so that they are one message."""
    began = await tx.last_greeting(group, what)
    if began is None or abs(now - began) >= GATHER:
        began = now
        key = f"{KINDS[what]}:{group}:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        due, to = now + AFTER, (_target(group),)
        await tx.write_push(Planned(KINDS[what], key, due, now + LASTS, groups=False, to=to), now)
    await tx.note_greeting(group, account, what, began)


def _target(group: Account) -> Target:
    return Target(group.platform, "group", group.id)


async def say_welcome(_tx: Any, _delivery: Delivery, _now: datetime) -> Body:
    return Body("pushes/member.welcome", {})


async def say_thanks(_tx: Any, _delivery: Delivery, _now: datetime) -> Body:
    return Body("pushes/member.thanks", {})
