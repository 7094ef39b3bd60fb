"""Who comes to a group and who goes, as QQ tells it: whoever leaves the last managed one is suspended at once,
whoever comes is welcomed."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import nonebot
from loguru import logger

from bot.channels.onebot.adapter import Gate
from bot.channels.onebot.members import is_official
from bot.channels.onebot.receive import PLATFORM
from bot.channels.onebot.watch import is_fresh
from bot.dispatcher import MACHINE
from core.access import Account
from core.clock import Clock
from core.members.departures import join, leave
from core.members.greeting import welcome
from db.unit import Database, Unit

_KINDS = {"group_decrease": True, "group_increase": False}


class Moved(NamedTuple):
    group: Account
    account: Account
    left: bool


def moved(event: Mapping[str, Any]) -> Moved | None:
    """Somebody else than our own account, whose leaving (kick_me, disband) concerns nobody."""
    group, user = event.get("group_id"), event.get("user_id")
    if event.get("post_type") != "notice" or event.get("notice_type") not in _KINDS or not (group and user):
        return None
    if event.get("sub_type") in ("kick_me", "disband") or str(user) == str(event.get("self_id")):
        return None
    return Moved(Account(PLATFORM, str(group)), Account(PLATFORM, str(user)), _KINDS[event["notice_type"]])


class Moves:
    """Written one after another, as they were told. What is told late or lost the lists find: `again` has them
    read soon. `welcomes`: whether people are welcomed."""

    def __init__(
        self, db: Database, clock: Clock, phone: str, again: Callable[[], None], welcomes: bool = True
    ) -> None:
        self._db, self._clock, self._phone, self._again = db, clock, phone, again
        self._welcomes = welcomes
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()

    def hear(self, event: Mapping[str, Any]) -> None:
        one = moved(event)
        if one is None or str(event.get("self_id")) not in nonebot.get_bots():
            return
        if not is_fresh(event, self._clock.real()):
            return
        task = asyncio.create_task(self._note(one))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take_in(self, tx: Unit, one: Moved, now: datetime) -> None:
        await join(tx, one.group, one.account)
        ours = one.account.id in Gate.our_accounts() or is_official(one.account.id)
        if self._welcomes and not ours:
            await welcome(tx, one.group, one.account, now)

    async def _note(self, one: Moved) -> None:
        now = self._clock.now()
        async with self._turn:
            try:
                if not one.left:
                    await self._db.write(lambda tx: self._take_in(tx, one, now))
                elif not await self._db.write(
                    lambda tx: leave(tx, MACHINE, one.group, one.account, now, self._phone)
                ):
                    self._again()
            except Exception:  # noqa: BLE001 - nobody waits for this task
                logger.exception("not noted that somebody came or went")
