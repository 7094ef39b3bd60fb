"""Who has left the last managed group: as it is told, or as two complete lists agree (issue 5.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.access import Account, ManagedGroup, Principal
from core.access.suspending import LeftTx, suspend_left
from core.members.member import Member
from core.pushes.models import Target

APART = timedelta(minutes=10)  # between two lists that are to agree: an old one may come back twice
FRESH = timedelta(days=2)  # lists are read every day; of an older one nobody knows what it would say


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as it was read; `complete`: it has as many as the group is said to have."""

    members: list[Member]
    complete: bool


class SettleTx(LeftTx, Protocol):
    async def settle_departures(self, platform: str, apart: timedelta, now: datetime) -> list[Account]: ...


class MoveTx(LeftTx, Protocol):
    async def managed_group(self, target: Target) -> ManagedGroup | None: ...

    async def drop_member(self, group: Account, account: Account) -> None: ...

    async def add_member(self, group: Account, account: Account) -> None: ...

    async def is_listed(self, account: Account) -> bool: ...

    async def lists_tell_all(self, platform: str, since: datetime, besides: Account) -> bool: ...

    async def note_departure(self, account: Account, missed_at: datetime, left_at: datetime | None) -> None: ...

    async def drop_departure(self, account: Account) -> None: ...


async def settle(tx: SettleTx, by: Principal, platform: str, now: datetime, phone: str) -> Sequence[Account]:
    """After a list was read: who is missing from all of them for long enough has left."""
    left = await tx.settle_departures(platform, APART, now)
    if left:
        await suspend_left(tx, by, left, now, phone)
    return left


async def leave(tx: MoveTx, by: Principal, group: Account, account: Account, now: datetime, phone: str) -> bool:
    """The platform says that somebody is no longer in a group. False if the lists have to show whether it was the
    last one."""
    if not await _is_managed(tx, group):
        return True
    await tx.drop_member(group, account)
    if await tx.is_listed(account):
        return True
    sure = await tx.lists_tell_all(group.platform, now - FRESH, besides=group)
    await tx.note_departure(account, now, now if sure else None)
    if sure:
        await suspend_left(tx, by, [account], now, phone)
    return sure


async def join(tx: MoveTx, group: Account, account: Account) -> None:
    """Somebody came, or came back; a suspended binding stays so. The list knows it from now on, or leaving another
    group would be taken for the last one."""
    if await _is_managed(tx, group):
        await tx.add_member(group, account)
        await tx.drop_departure(account)


async def _is_managed(tx: MoveTx, group: Account) -> bool:
    return await tx.managed_group(Target(group.platform, "group", group.id)) is not None
