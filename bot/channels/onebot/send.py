"""The one door out towards QQ."""

from datetime import UTC, datetime, timedelta
from typing import Any

import nonebot
from loguru import logger
from nonebot.adapters.onebot.v11 import Bot, MessageSegment

from bot.channels import Health, Sent, Sighting
from bot.channels.onebot.adapter import Gate
from bot.channels.onebot.call import call
from bot.channels.onebot.classify import classify
from bot.channels.onebot.receive import PLATFORM
from core.pushes.models import Target
from core.pushes.states import Outcome

PAGE = 50
PAGES = 4
SKEW = timedelta(minutes=5)  # our clock and the platform's may differ: look further back than the attempt


class OneBotChannel:
    name = PLATFORM
    outside = True

    def __init__(self) -> None:
        self.health = Health()

    def bot(self) -> Bot | None:
        """The connected account that speaks; the first one of those admitted."""
        for bot in nonebot.get_bots().values():
            if isinstance(bot, Bot) and isinstance(bot.adapter, Gate) and bot.adapter.admits(bot.self_id):
                return bot
        return None

    def is_online(self) -> bool:
        return self.bot() is not None

    async def send(self, target: Target, text: str, at_all: bool = False) -> Sent:
        bot = self.bot()
        if bot is None:
            return Sent(Outcome.NOT_SENT, "未连接")
        place = {f"{'group' if target.place == 'group' else 'user'}_id": int(target.id)}
        try:
            answer = await call(bot, f"send_{target.place}_msg", **place, message=[MessageSegment.text(text)])
        except Exception as fault:  # noqa: BLE001 - every failure of a send has an outcome class
            outcome, words = classify(fault)
            return Sent(outcome, words)
        return Sent(Outcome.DELIVERED, message_id=str((answer or {}).get("message_id", "")))

    async def find(self, target: Target, mark: str, since: datetime) -> Sighting:
        """Look for our own message with this mark; absence counts only where newer ones are shown."""
        bot = self.bot()
        if bot is None or target.place != "group":
            return Sighting.UNCLEAR
        try:
            return await _search(bot, target, mark, since)
        except Exception:  # noqa: BLE001 - no history is an answer, too: nobody can tell
            logger.opt(exception=True).info("history of {} not readable", target)
            return Sighting.UNCLEAR


async def _search(bot: Bot, target: Target, mark: str, since: datetime) -> Sighting:
    """Pages from the newest backwards until the attempt's moment is covered."""
    older: dict[str, Any] = {}
    newer = False
    for _ in range(PAGES):
        params = {"group_id": int(target.id), "count": PAGE, **older}
        page = (await call(bot, "get_group_msg_history", **params) or {}).get("messages") or []
        for message in page:
            if _is_own(bot, message) and mark in _text(message):
                return Sighting.FOUND
            newer = newer or _at(message) > since
        oldest: dict[str, Any] = min(page, key=_at, default={})
        sequence = oldest.get("message_seq") or oldest.get("message_id")
        covered = not page or _at(oldest) < since - SKEW
        if covered or sequence == older.get("message_seq"):  # or the history has no older message
            return Sighting.ABSENT if newer else Sighting.UNCLEAR
        older = {"message_seq": sequence, "reverseOrder": True}  # NapCat pages towards now without it
    return Sighting.UNCLEAR


def _is_own(bot: Bot, message: dict[str, Any]) -> bool:
    sender = message.get("sender") or {}
    return str(message.get("user_id") or sender.get("user_id")) == bot.self_id


def _at(message: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(message.get("time") or 0), UTC)


def _text(message: dict[str, Any]) -> str:
    content = message.get("message")
    if isinstance(content, list):
        return "".join(str(part.get("data", {}).get("text", "")) for part in content if part.get("type") == "text")
    return str(message.get("raw_message") or content or "")
