"""What is done every night with what is kept too long: short transactions, each as often as it finds something."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from core.access import Account, Principal
from core.calendar import shanghai
from core.retention.forget import EraseTx, erase

BEGINS = timedelta(hours=3)
ROWS_AT_ONCE = 200
PERSONS_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class Terms:
    """How long messages, and what is of somebody who left, are kept."""

    messages: timedelta
    departed: timedelta


class NightTx(EraseTx, Protocol):
    async def departed(self, before: datetime, most: int) -> list[Account]: ...

    async def under_way(self, accounts: Sequence[Account], real: datetime) -> set[Account]: ...

    async def blank_deliveries(self, before: datetime, most: int) -> int: ...

    async def blank_pushes(self, before: datetime, most: int) -> int: ...

    async def blank_applications(self, most: int) -> int: ...

    async def blank_requests(self, before: datetime, most: int) -> int: ...

    async def blank_commands(self, before: datetime, most: int) -> int: ...


@dataclass(frozen=True, slots=True)
class Night:
    terms: Terms
    by: Principal
    now: datetime
    real: datetime

    @property
    def too_old(self) -> datetime:
        """Messages of then and before."""
        return self.now - self.terms.messages


def night_of(now: datetime) -> date:
    """The day whose night work is due: a new one from three o'clock in Shanghai."""
    return (shanghai(now) - BEGINS).date()


async def _departed(tx: NightTx, night: Night) -> int:
    gone = await tx.departed(night.now - night.terms.departed, PERSONS_AT_ONCE)
    busy = await tx.under_way(gone, night.real) if gone else set()
    free = [account for account in gone if account not in busy]
    if free:
        await erase(tx, night.by, free, night.now)
    return len(free)


async def _deliveries(tx: NightTx, night: Night) -> int:
    return await tx.blank_deliveries(night.too_old, ROWS_AT_ONCE)


async def _pushes(tx: NightTx, night: Night) -> int:
    return await tx.blank_pushes(night.too_old, ROWS_AT_ONCE)


async def _applications(tx: NightTx, _night: Night) -> int:
    return await tx.blank_applications(ROWS_AT_ONCE)


async def _requests(tx: NightTx, night: Night) -> int:
    return await tx.blank_requests(night.too_old, ROWS_AT_ONCE)


async def _commands(tx: NightTx, night: Night) -> int:
    return await tx.blank_commands(night.too_old, ROWS_AT_ONCE)


PERSONS = "persons"
# What is counted in the log → one short transaction of it, which says how much it did: 0 when nothing is left.
STEPS: dict[str, Callable[[Any, Night], Awaitable[int]]] = {
    PERSONS: _departed,
    "deliveries": _deliveries,
    "pushes": _pushes,
    "applications": _applications,
    "requests": _requests,
    "commands": _commands,
}
