"""Checking the whole log."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.audit.chain import Entry, Head
from core.audit.check import Check, Fault
from core.audit.noted import Noted
from core.audit.ranges import Erased

PIECE = 2000  # rows
LATE = timedelta(minutes=10)  # the tick seals every few seconds
BEATING = timedelta(minutes=1)  # a program that was heard of since then runs
ERASE = "audit.erase"


@dataclass(frozen=True, slots=True)
class Unsealed:
    """`late`: those from before some moment; `oldest`: the first of all."""

    count: int
    late: int
    oldest: datetime | None


class Tx(Protocol):
    async def steady(self) -> None: ...

    async def audit_head(self) -> Head | None: ...

    async def tellings(self, action: str) -> list[tuple[int, str]]: ...

    async def sealed(self, after: int | None, limit: int) -> list[Entry]: ...

    async def unsealed(self, before: datetime) -> Unsealed: ...

    async def is_running(self, since: datetime) -> bool: ...


@dataclass(frozen=True, slots=True)
class Verified:
    """`erased`: rows whose persons were erased, as another row tells. `late`: rows that a running program should
    have sealed."""

    head: Head
    erased: int
    fault: Fault | None
    unsealed: Unsealed
    late: int


async def verify(tx: Tx, noted: Noted | None, now: datetime) -> Verified:
    """All of it, in pieces, as it stood at one moment."""
    await tx.steady()
    check = Check(await tx.audit_head(), Erased(await tx.tellings(ERASE)), noted)
    after: int | None = None
    while piece := await tx.sealed(after, PIECE):
        if not await asyncio.to_thread(check.take, piece):
            break
        after = piece[-1].seq
    unsealed = await tx.unsealed(now - LATE)
    late = unsealed.late if await tx.is_running(now - BEATING) else 0
    return Verified(check.head, check.erased, check.finish(), unsealed, late)
