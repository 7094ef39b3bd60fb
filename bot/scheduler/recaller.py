"""What staff want back is taken back: noted by 撤回, carried out here, where the platform lets us."""

import asyncio

from bot.channels import Channel
from core.clock import Clock
from core.notices.recall import Shown
from db.unit import Database

FOR = 3.0  # seconds a tick; the rest at the next one
ANSWER = 10.0  # seconds for one; the call may have been carried out nevertheless, which counts as a no


async def recall_due(db: Database, clock: Clock, channel: Channel) -> None:
    """Each message is tried once: a second time the platform says no to what is gone already."""
    real = clock.real()
    await db.write(lambda tx: tx.stop_recalled(real))
    wanted = await db.read(lambda tx: tx.to_recall(channel.name, real))
    until = asyncio.get_running_loop().time() + FOR
    for shown in wanted:
        if asyncio.get_running_loop().time() > until or not channel.is_online():
            return
        done = await _take_back(channel, shown)
        await db.write(lambda tx, one=shown, gone=done: tx.note_recalled(one, gone))  # type: ignore[misc]


async def _take_back(channel: Channel, shown: Shown) -> bool:
    try:
        async with asyncio.timeout(ANSWER):
            return await channel.take_back(shown.target, shown.message_id)
    except TimeoutError:
        return False
