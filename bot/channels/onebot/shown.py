"""Our own messages as QQ shows them back to us (`message_sent`; NapCat: reportSelfMessage)."""

import asyncio
from collections.abc import Mapping
from typing import Any

import nonebot
from loguru import logger

from bot.channels.onebot.marks import last_mark, text_of
from bot.channels.onebot.receive import PLATFORM
from core.pushes.models import Target
from core.pushes.use import parse_reference
from db.unit import Database


def shown(event: Mapping[str, Any]) -> tuple[Target, str, int] | None:
    """(where, reference, part) of a push that the account itself sent; None for whatever else."""
    own = event.get("self_id")
    sender = event.get("sender") or {}
    if event.get("post_type") != "message_sent" or {event.get("user_id"), sender.get("user_id", own)} != {own}:
        return None
    place = str(event.get("message_type"))
    peer = event.get("group_id") if place == "group" else event.get("target_id")
    mark = last_mark(text_of(event))
    return (Target(PLATFORM, place, str(peer)), *mark) if peer and mark else None


class Echo:
    """Notes at once what was shown. Losing one is no harm: the history is looked into later."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._tasks: set[asyncio.Task[None]] = set()

    def hear(self, event: Mapping[str, Any]) -> None:
        found = shown(event)
        if found is None or str(event.get("self_id")) not in nonebot.get_bots():
            return
        task = asyncio.create_task(self._note(*found))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _note(self, target: Target, reference: str, part: int) -> None:
        year, number, ordinal = parse_reference(reference)
        assert ordinal is not None
        try:
            await self._db.write(lambda tx: tx.note_shown(target, year, number, ordinal, part))
        except Exception:  # noqa: BLE001 - nobody waits for this task
            logger.exception("not noted that {} was shown", reference)
