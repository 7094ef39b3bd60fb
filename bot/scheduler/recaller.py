"""What staff want back is taken back: noted by 撤回, carried out here, where the platform lets us."""

from datetime import timedelta

from bot.channels import Channel
from core.clock import Clock
from db.unit import Database

FOR = timedelta(seconds=3)  # a tick; the rest at the next one


async def recall_due(db: Database, clock: Clock, channel: Channel) -> None:
    """Each message is tried once: a second time the platform says no to what is gone already."""
    began = clock.real()
    await db.write(lambda tx: tx.stop_recalled(began))
    for shown in await db.read(lambda tx: tx.to_recall(channel.name, began)):
        if clock.real() - began > FOR or not channel.is_online():
            return
        done = await channel.take_back(shown.target, shown.message_id)
        await db.write(lambda tx, one=shown, gone=done: tx.note_recalled(one, gone))  # type: ignore[misc]
