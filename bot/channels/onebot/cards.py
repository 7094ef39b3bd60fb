"""A member has another group card, as QQ tells it (`group_card`)."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import nonebot
from loguru import logger

from bot.channels.onebot.receive import PLATFORM
from bot.channels.onebot.watch import is_fresh
from core.access import Account
from core.clock import Clock
from core.members.greeting import thank
from core.members.labs import LabIndex
from db.unit import Database


class Recarded(NamedTuple):
    group: Account
    account: Account
    old: str
    new: str


def recarded(event: Mapping[str, Any]) -> Recarded | None:
    """A card that is null is an empty one; without its field nothing is known."""
    group, user = event.get("group_id"), event.get("user_id")
    if event.get("post_type") != "notice" or event.get("notice_type") != "group_card" or not (group and user):
        return None
    if "card_new" not in event or str(user) == str(event.get("self_id")):
        return None
    old, new = (str(event.get(name) or "").replace("\0", "") for name in ("card_old", "card_new"))
    return Recarded(Account(PLATFORM, str(group)), Account(PLATFORM, str(user)), old, new)


class Cards:
    """Written one after another, as they were told. `thanks`: whether people are thanked for a card that is in
    form now; the list has it in any case."""

    def __init__(self, db: Database, clock: Clock, thanks: bool = True) -> None:
        self._db, self._clock, self._thanks = db, clock, thanks
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._stamp: object = None
        self._labs = LabIndex()

    def hear(self, event: Mapping[str, Any]) -> None:
        one = recarded(event)
        if one is None or str(event.get("self_id")) not in nonebot.get_bots():
            return
        if not is_fresh(event, self._clock.real()):
            return
        task = asyncio.create_task(self._note(one))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _note(self, one: Recarded) -> None:
        now = self._clock.now()
        async with self._turn:
            try:
                labs = await self._roster()
                await self._db.write(lambda tx: thank(tx, *one, labs, now, self._thanks))
            except Exception:  # noqa: BLE001 - nobody waits for this task
                logger.exception("not noted that somebody has another card")

    async def _roster(self) -> LabIndex:
        """The names of the roster, made anew in a thread when it has changed: with thousands it takes a while."""
        stamp = await self._db.read(lambda tx: tx.roster_stamp())
        if stamp != self._stamp:
            names = await self._db.read(lambda tx: tx.lab_names())
            self._labs, self._stamp = await asyncio.to_thread(LabIndex, names), stamp
        return self._labs
