"""What waited for a second member of staff until its time was over."""

from bot.dispatcher import MACHINE
from core.access.agreements import expire
from core.clock import Clock
from db.unit import Database


async def expire_agreements(db: Database, clock: Clock) -> None:
    """Some at a tick; looked for first, for there are hardly ever any, and others wait for a turn at writing."""
    now = clock.now()
    if await db.read(lambda tx: tx.agreements_over(now, 1)):
        await db.write(lambda tx: expire(tx, MACHINE, now))
