"""The one door out towards QQ."""

import asyncio
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
from bot.channels.onebot.shown import as_shown
from bot.channels.onebot.watch import Watch
from core.clock import Clock, SystemClock
from core.pushes.models import Target
from core.pushes.states import Outcome

PROBING = 10.0  # seconds


class OneBotChannel:
    """`health` is that of the account that speaks, kept by what comes in over the gate; one channel a process."""

    name = PLATFORM
    outside = True

    def __init__(self, clock: Clock | None = None) -> None:
        self.health, self._clock = Health(), clock or SystemClock()
        self._watch = Watch(self.health)
        self._watches: dict[str, Watch] = {}
        Gate.ears["health"] = self.hear

    def bot(self) -> Bot | None:
        """The connected account that speaks: the first one that is well as far as we know, else the first."""
        bots, now = _connected(), self._clock.real()
        well = (bot for bot in bots if self._watch_of(bot).looks_well(bot, now))
        speaker = next(well, bots[0] if bots else None)
        if speaker is not None:
            self._turn_to(self._watch_of(speaker))
        return speaker

    def hear(self, event: Mapping[str, Any]) -> None:
        self.bot()
        for bot in _connected():
            if str(event.get("self_id")) == bot.self_id:
                self._watch_of(bot).hear(event, bot, self._clock.real())

    def is_online(self) -> bool:
        bot = self.bot()
        return self._watch.looks_well(bot, self._clock.real())

    async def probe(self) -> None:
        """Ask accounts how they are that have said nothing for a while, or are said to be off line; any answer
        is a sign of life."""
        self.bot()
        await asyncio.gather(*(self._ask(bot) for bot in _connected()))

    async def _ask(self, bot: Bot) -> None:
        watch, real = self._watch_of(bot), self._clock.real()
        if not watch.wants_asking(real):
            return
        watch.ask(real)
        try:
            status = await call(bot, "get_status", timeout=PROBING)
        except ActionFailed:  # not all can say, but it spoke
            status = None
        except FAILURES:
            watch.miss(real)
            return
        watch.answer(status, bot, self._clock.real())

    def _watch_of(self, bot: Bot) -> Watch:
        return self._watches.setdefault(bot.self_id, Watch(Health()))

    def _turn_to(self, watch: Watch) -> None:
        if watch is not self._watch:
            watch.health.sent_at = self.health.sent_at
            self._watch, self.health = watch, watch.health

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
        """Look for our own message with this mark; absence counts only where newer ones are shown. A private
        chat is one account's: another one does not see what that one wrote."""
        bot = self.bot()
        if bot is None:
            return Sighting.UNCLEAR
        try:
            sighting, message = await search(bot, target, mark, since)
        except Exception:  # noqa: BLE001 - no history is an answer, too: nobody can tell
            logger.opt(exception=True).info("history of a {} chat not readable", target.place)
            return Sighting.UNCLEAR
        if message and (shown := Gate.ears.get("shown")):  # so that its number is kept for a recall
            shown(as_shown(message, target, bot.self_id))
        if sighting is Sighting.ABSENT and target.place == "private" and len(Gate.our_accounts()) > 1:
            return Sighting.UNCLEAR
        return sighting

    async def take_back(self, target: Target, message_id: str) -> bool:
        """QQ lets plain members do so for two minutes, admins for longer."""
        bot = self.bot()
        if bot is None or not message_id.removeprefix("-").isdecimal():
            return False
        return await recall(bot, int(message_id))


def _connected() -> list[Bot]:
    """Our accounts that calls go out for now, in the order in which they came."""
    bots = [bot for bot in nonebot.get_bots().values() if isinstance(bot, Bot)]
    return [bot for bot in bots if isinstance(bot.adapter, Gate) and bot.adapter.speaks_for(bot)]
