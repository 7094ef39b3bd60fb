"""Our own messages as QQ shows them back to us (`message_sent`; NapCat: reportSelfMessage)."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import nonebot
from loguru import logger

from bot.channels.onebot.marks import is_own, last_mark, text_of
from bot.channels.onebot.receive import PLATFORM
from core.pushes.models import Target
from core.pushes.references import parse_reference
from db.unit import Database


class Shown(NamedTuple):
    target: Target
    reference: str
    part: int
    message_id: str


def shown(event: Mapping[str, Any]) -> Shown | None:
    """What an account of ours sent, if it is a push; in a group also as another account of ours sees it."""
    own, place = event.get("self_id"), str(event.get("message_type"))
    sender = event.get("sender") or {}
    writers = {event.get("user_id"), sender.get("user_id", event.get("user_id"))}
    seen_by_another = event.get("post_type") == "message" and place == "group" and own not in writers
    if not (event.get("post_type") == "message_sent" or seen_by_another):
        return None
    if len(writers) > 1 or not is_own(event.get("user_id"), own):
        return None
    peer = event.get("group_id") if place == "group" else event.get("target_id")
    mark = last_mark(text_of(event))
    if not (peer and mark):
        return None
    return Shown(Target(PLATFORM, place, str(peer)), *mark, str(event.get("message_id") or ""))


def as_shown(message: Mapping[str, Any], target: Target, own: str) -> dict[str, Any]:
    """A message of ours found in the history of `target`, as the event that never came."""
    peer = "group_id" if target.place == "group" else "target_id"
    more = {"self_id": own, "message_type": target.place, peer: target.id}
    return {**message, "post_type": "message_sent", **more}


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

    async def _note(self, target: Target, reference: str, part: int, message_id: str) -> None:
        year, number, ordinal = parse_reference(reference)
        assert ordinal is not None
        try:
            await self._db.write(lambda tx: tx.note_shown(target, year, number, ordinal, part, message_id))
        except Exception:  # noqa: BLE001 - nobody waits for this task
            logger.exception("not noted that {} was shown", reference)
