"""Who comes to a group and who goes, as QQ tells it: whoever leaves the last managed one is suspended at once."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import nonebot
from loguru import logger

from bot.channels.onebot.receive import PLATFORM
from bot.channels.onebot.watch import is_fresh
from bot.dispatcher import MACHINE
from core.access import Account
from core.clock import Clock
from core.members.departures import join, leave
from db.unit import Database

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
    read soon."""

    def __init__(self, db: Database, clock: Clock, phone: str, again: Callable[[], None]) -> None:
        self._db, self._clock, self._phone, self._again = db, clock, phone, again
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

    async def _note(self, one: Moved) -> None:
        now = self._clock.now()
        async with self._turn:
            try:
                if not one.left:
                    await self._db.write(lambda tx: join(tx, one.group, one.account))
                elif not await self._db.write(
                    lambda tx: leave(tx, MACHINE, one.group, one.account, now, self._phone)
                ):
                    self._again()
            except Exception:  # noqa: BLE001 - nobody waits for this task
                logger.exception("not noted that somebody came or went")
