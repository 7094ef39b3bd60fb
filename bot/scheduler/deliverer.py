"""The only code that sends what nobody asked for: claim, send, mark; one sender per channel, paced."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from loguru import logger

from bot.channels import Channel, Sighting
from bot.settings import Pace
from bot.texts import say
from core.clock import Clock
from core.pushes import use
from core.pushes.claim import Ask, claim
from core.pushes.kinds import DECIDE
from core.pushes.models import Delivery, Target
from core.pushes.plan import Rules
from core.pushes.states import State
from db.unit import Database

PATIENCE = 10  # times the wait for an unknown outcome, until staff are asked
DAY = timedelta(days=1)
REHEARSED = "〔演练〕"


@dataclass
class Deliverer:
    """Sends through one channel. `rehearsal`: None for real, else whether ordinary groups are spoken to."""

    db: Database
    clock: Clock
    channel: Channel
    rules: Rules
    pace: Pace
    instance: str
    unsure: timedelta
    rehearsal: bool | None = None
    private_per_day: int = 200
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """For ever: everything due, then wait to be woken by the tick."""
        while True:
            await self.wake.wait()
            self.wake.clear()
            try:
                await self.deliver_due()
            except Exception:  # noqa: BLE001 - the next tick tries again; all state is in the tables
                logger.exception("delivery through {} interrupted", self.channel.name)

    async def deliver_due(self) -> int:
        """Send all that is due now; returns how many attempts were made."""
        attempts = 0
        while not self.rules.quiet.covers(self.clock.now()) and self.channel.is_online():
            delivery = await self._claim()
            if delivery is None:
                break
            await self._attempt(delivery)
            attempts += 1
            if self.pace.most:
                await self.sleep(random.uniform(self.pace.least, self.pace.most))
        return attempts

    async def _claim(self) -> Delivery | None:
        only = await self._only()
        real, name = self.clock.real(), self.channel.name
        spent = await self.db.read(lambda tx: tx.sent_to_persons(name, real - DAY))
        ask = Ask(name, self.instance, self.clock.now(), real, only, spent < self.private_per_day)
        return await self.db.write(lambda tx: claim(tx, ask, DECIDE, say))

    async def _attempt(self, delivery: Delivery) -> None:
        text = delivery.body if self.rehearsal is None else f"{REHEARSED}{delivery.body}"
        sent = await self.channel.send(delivery.target, text)
        real = self.clock.real()
        marked = await self.db.write(
            lambda tx: use.mark(tx, delivery, sent.outcome, sent.words, sent.message_id, real)
        )
        if not marked:
            logger.warning("push {} was taken over before it was marked", delivery.reference)

    async def _only(self) -> frozenset[Target] | None:
        """A rehearsal speaks to staff groups and to channels that lead nowhere, unless told otherwise."""
        if self.rehearsal is not False or not self.channel.outside:
            return None
        groups = await self.db.read(lambda tx: tx.groups())
        return frozenset(Target(g.platform, "group", g.id) for g in groups if g.staff)

    async def reconcile(self) -> None:
        """Attempts of unknown outcome: look into the history for the reference; staff decide where it
        cannot tell (architecture §4)."""
        if not self.channel.is_online():
            return
        real = self.clock.real()
        doubtful = await self.db.read(lambda tx: tx.uncertain(real - self.unsure))
        for delivery in doubtful:
            if delivery.target.channel == self.channel.name:
                await self._settle(delivery)

    async def _settle(self, delivery: Delivery) -> None:
        since = delivery.claimed_at
        assert since is not None
        sighting = await self.channel.find(delivery.target, delivery.reference, since)
        state, words = _AFTER_LOOKING[sighting]
        young = self.clock.real() - since < self.unsure * PATIENCE
        if sighting is Sighting.UNCLEAR and young and delivery.target.place == "group":
            return  # a silent group: look again at the next tick
        await self.db.write(lambda tx: tx.decide_delivery(delivery.id, State.UNCERTAIN, state, words))


_AFTER_LOOKING = {
    Sighting.FOUND: (State.OBSERVED, "群记录中已有"),
    Sighting.ABSENT: (State.READY, "群记录中没有，重新发送"),
    Sighting.UNCLEAR: (State.NEEDS_STAFF, "无法核对是否已送达"),
}
