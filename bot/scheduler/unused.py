"""Bindings that nobody uses any more."""

from datetime import timedelta

from bot.dispatcher import MACHINE
from core.access.suspending import suspend_unused
from core.clock import Clock
from db.unit import Database


async def suspend_longest_unused(db: Database, clock: Clock, after: timedelta, phone: str) -> None:
    """Some at a tick; looked for first, for there are hardly ever any, and others wait for a turn at writing."""
    now = clock.now()
    if await db.read(lambda tx: tx.is_unused(now - after)):
        await db.write(lambda tx: suspend_unused(tx, MACHINE, after, now, phone))
