"""Checking the whole log."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.audit.chain import Entry, Head
from core.audit.check import Check, Fault, Wrong
from core.audit.noted import Noted
from core.audit.ranges import Erased, Erasure

PIECE = 2000  # rows
LATE = timedelta(minutes=10)  # the tick seals every few seconds
OVERTAKEN = timedelta(minutes=5)  # a row may be that much older than one that was sealed before it
BEATING = timedelta(minutes=1)  # a program that was heard of since then runs
ERASE = "audit.erase"


@dataclass(frozen=True, slots=True)
class Unsealed:
    """`late`: those from before some moment; `oldest`: the first of all; `odd`: without a time of ours."""

    count: int
    late: int
    oldest: datetime | None
    odd: int = 0


class Tx(Protocol):
    async def steady(self) -> None: ...

    async def audit_head(self) -> Head | None: ...

    async def tellings(self, action: str) -> list[Entry]: ...

    async def sealed(self, after: int | None, limit: int) -> list[Entry]: ...

    async def unsealed(self, before: datetime) -> Unsealed: ...

    async def is_used(self) -> bool: ...

    async def is_running(self, since: datetime) -> bool: ...


@dataclass(frozen=True, slots=True)
class Verified:
    """`erased`: rows whose persons were erased, as `erasures` tell, the newest first. `late`: rows that a running
    program should have sealed. `backwards`: the first row from long before one that is sealed before it."""

    head: Head
    erased: int
    fault: Fault | None
    unsealed: Unsealed
    late: int
    erasures: tuple[Erasure, ...] = ()
    backwards: Head | None = None


async def verify(tx: Tx, noted: Noted | None, now: datetime) -> Verified:
    """All of it, in pieces, as it stood at one moment."""
    await tx.steady()
    told = await tx.tellings(ERASE)
    check = Check(await tx.audit_head(), Erased(told), noted)
    after: int | None = None
    while piece := await tx.sealed(after, PIECE):
        if not await asyncio.to_thread(check.take, piece):
            break
        after = piece[-1].seq
    unsealed = await tx.unsealed(now - LATE)
    late = unsealed.late if await tx.is_running(now - BEATING) else 0
    fault = check.finish() or await _beside(tx, check.head, unsealed)
    erasures = tuple(Erasure.told(one) for one in reversed(told))
    return Verified(check.head, check.erased, fault, unsealed, late, erasures, check.backwards)


async def _beside(tx: Tx, head: Head, unsealed: Unsealed) -> Fault | None:
    """What is wrong though the chain is whole."""
    if not head.seq and not unsealed.count and await tx.is_used():
        return Fault(Wrong.EMPTIED, 0, None)
    if unsealed.odd:
        return Fault(Wrong.AFTERWARDS, 0, None)
    if head.at and unsealed.oldest and unsealed.oldest < head.at - OVERTAKEN:
        return Fault(Wrong.AFTERWARDS, 0, unsealed.oldest)
    return None
