"""The one door out towards QQ."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import nonebot
from loguru import logger
from nonebot.adapters.onebot.v11 import ActionFailed, Bot, MessageSegment

from bot.channels import Health, Sent, Sighting
from bot.channels.onebot.adapter import Gate
from bot.channels.onebot.at_all import why_not
from bot.channels.onebot.call import FAILURES, call
from bot.channels.onebot.classify import classify
from bot.channels.onebot.history import search
from bot.channels.onebot.recall import recall
from bot.channels.onebot.receive import PLATFORM
from bot.channels.onebot.watch import Watch
from core.clock import Clock, SystemClock
from core.pushes.models import Target
from core.pushes.states import Outcome

PROBING = 10.0  # seconds


class OneBotChannel:
    """`health` is kept by what comes in over the gate; one channel a process."""

    name = PLATFORM
    outside = True

    def __init__(self, clock: Clock | None = None) -> None:
        self.health, self._clock = Health(), clock or SystemClock()
        self._watch = Watch(self.health)
        Gate.ears["health"] = self.hear

    def bot(self) -> Bot | None:
        """The connected account that speaks; the first one of those admitted."""
        for bot in nonebot.get_bots().values():
            if isinstance(bot, Bot) and isinstance(bot.adapter, Gate) and bot.adapter.speaks_for(bot):
                return bot
        return None

    def hear(self, event: Mapping[str, Any]) -> None:
        bot = self.bot()
        if bot is not None and str(event.get("self_id")) == bot.self_id:
            self._watch.hear(event, bot, self._clock.real())

    def is_online(self) -> bool:
        return self._watch.looks_well(self.bot(), self._clock.real())

    async def probe(self) -> None:
        """Ask how the account is where QQ itself has said nothing for a while; any answer is a sign of life."""
        bot, real = self.bot(), self._clock.real()
        if bot is None or not self._watch.is_silent(real):
            return
        try:
            status = await call(bot, "get_status", timeout=PROBING)
        except ActionFailed:  # not all can say, but it spoke
            status = None
        except FAILURES:
            self._watch.miss(real)
            return
        self._watch.hear({"meta_event_type": "heartbeat", "status": status}, bot, self._clock.real())

    async def send(self, target: Target, text: str, at_all: bool = False) -> Sent:
        bot = self.bot()
        if bot is None:
            return Sent(Outcome.NOT_SENT, "未连接")
        place = {f"{'group' if target.place == 'group' else 'user'}_id": int(target.id)}
        message, words = [MessageSegment.text(text)], ""
        if at_all and target.place == "group":
            refusal = await why_not(bot, int(target.id))
            if refusal:
                words = f"未@全体：{refusal}"
            else:
                message.insert(0, MessageSegment.at("all"))
        try:
            answer = await call(bot, f"send_{target.place}_msg", **place, message=message)
        except Exception as fault:  # noqa: BLE001 - every failure of a send has an outcome class
            outcome, said = classify(fault)
            return Sent(outcome, "；".join(filter(None, (said, words))))
        self.health.sent_at = self._clock.real()
        return Sent(Outcome.DELIVERED, words, str((answer or {}).get("message_id", "")))

    async def find(self, target: Target, mark: str, since: datetime) -> Sighting:
        """Look for our own message with this mark; absence counts only where newer ones are shown."""
        bot = self.bot()
        if bot is None:
            return Sighting.UNCLEAR
        try:
            return await search(bot, target, mark, since)
        except Exception:  # noqa: BLE001 - no history is an answer, too: nobody can tell
            logger.opt(exception=True).info("history of {} not readable", target)
            return Sighting.UNCLEAR

    async def take_back(self, target: Target, message_id: str) -> bool:
        """QQ lets plain members do so for two minutes, admins for longer."""
        bot = self.bot()
        if bot is None or not message_id.removeprefix("-").isdecimal():
            return False
        return await recall(bot, int(message_id))
