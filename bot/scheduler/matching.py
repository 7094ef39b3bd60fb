"""Members are matched to labs by their cards, whenever a list or the roster is new: never while it is written,
for judging takes its time."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from loguru import logger

from core.access import Account
from core.members.matching import CardLabs
from db.unit import Database

LOOK_EVERY = 60.0


@dataclass
class CardMatcher:
    """What was matched stands in memory: a restart matches everything once more."""

    db: Database
    _done: dict[Account, tuple[datetime, object]] = field(default_factory=dict)

    async def run(self) -> None:
        while True:
            try:
                await self.once()
            except Exception:  # noqa: BLE001 - what was not matched now is matched at the next look
                logger.exception("cards not matched")
            await asyncio.sleep(LOOK_EVERY)

    async def once(self) -> None:
        stamp = await self.db.read(lambda tx: tx.roster_stamp())
        lists = await self.db.read(lambda tx: tx.member_lists())
        waiting = [group for group, as_of in lists.items() if self._done.get(group) != (as_of, stamp)]
        if not waiting:
            return
        labs = await asyncio.to_thread(CardLabs, await self.db.read(lambda tx: tx.roster_names()))
        for group in waiting:
            await self._match(group, lists[group], labs)
            self._done[group] = (lists[group], stamp)

    async def _match(self, group: Account, as_of: datetime, labs: CardLabs) -> None:
        cards = await self.db.read(lambda tx: tx.cards(group))
        changed = await asyncio.to_thread(labs.changed, cards)
        await self.db.write(lambda tx: tx.set_labs(group, as_of, changed))
