"""The only code that sends what nobody asked for: claim, send, mark; one sender per channel, paced."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from loguru import logger

from bot.channels import Channel, Sighting
from bot.metrics import ATTEMPTS
from bot.settings import Pace
from bot.texts import say
from core.clock import Clock
from core.pushes import use
from core.pushes.breaker import Breaker
from core.pushes.claim import Ask, claim
from core.pushes.doubt import after_looking
from core.pushes.kinds import DECIDE
from core.pushes.models import Delivery, Target
from core.pushes.parts import REHEARSED
from core.pushes.plan import Rules
from db.unit import Database

DAY = timedelta(days=1)
SLOW = 5.0  # seconds; a call that takes longer is waited for beside the others, so one dead group delays nobody
UNDER_WAY = 8  # slow calls at most
LOOKING = 20.0  # seconds a tick for looking into histories
LOOK = 10.0  # seconds for one of them
NOT_CALLED = "未@全体：前一次结果不明"
FIRST_WAVE = 20  # messages after an outage, then a rest as long as ten of the longest pauses


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
    breaker: Breaker = field(default_factory=Breaker)
    _under_way: "dict[asyncio.Task[None], Target]" = field(default_factory=dict)
    _wave: int | None = FIRST_WAVE

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
        while self._may_send():
            delivery = await self._claim()
            if delivery is None:
                self._wave = None
                break
            await self._start(delivery)
            attempts += 1
            await self._rest()
        return attempts

    async def close(self, patience: float = 5.0) -> None:
        """Calls under way are given a moment to end, so that their outcome is known."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=patience)

    def _may_send(self) -> bool:
        if not self.channel.is_online():
            self._wave = FIRST_WAVE
            return False
        return self.breaker.allows(self.clock.real())

    async def _claim(self) -> Delivery | None:
        only = await self._only()
        real, now, name = self.clock.real(), self.clock.now(), self.channel.name
        spent = await self.db.read(lambda tx: tx.sent_to_persons(name, real - DAY))
        persons, calm = spent < self.private_per_day, self.rules.quiet.covers(now)
        busy = frozenset(self._under_way.values())
        ask = Ask(name, self.instance, now, real, only, persons, calm, busy)
        return await self.db.write(lambda tx: claim(tx, ask, DECIDE, say))

    async def _start(self, delivery: Delivery) -> None:
        """Wait for the call, but not for a slow one: it ends beside those that follow."""
        task = asyncio.create_task(self._attempt(delivery))
        self._under_way[task] = delivery.target
        task.add_done_callback(self._ended)
        await asyncio.wait({task}, timeout=SLOW)
        while len(self._under_way) >= UNDER_WAY:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._under_way.pop(task, None)
        if not task.cancelled() and (fault := task.exception()):
            logger.opt(exception=fault).error("an attempt through {} was not marked", self.channel.name)

    async def _attempt(self, delivery: Delivery) -> None:
        text = delivery.text if self.rehearsal is None else f"{REHEARSED}{delivery.text}"
        at_all, left_out = await self._calls_all(delivery)
        sent = await self.channel.send(delivery.target, text, at_all)
        words = "；".join(filter(None, (sent.words, left_out)))
        real = self.clock.real()
        self.breaker.note(sent.outcome, delivery.target, real)
        ATTEMPTS.labels(self.channel.name, sent.outcome).inc()
        marked = await self.db.write(lambda tx: use.mark(tx, delivery, sent.outcome, words, sent.message_id, real))
        if not marked:
            logger.warning("push {} was taken over before it was marked", delivery.reference)

    async def _calls_all(self, delivery: Delivery) -> tuple[bool, str]:
        """Whether @全体 goes before it, and why not where it was wanted: at most once (architecture §4), so not
        after an attempt that may have been shown; one that surely was not has called nobody."""
        if not delivery.push.facts.get("at_all") or delivery.part or delivery.target.place != "group":
            return False, ""
        doubted = delivery.attempts and await self.db.read(lambda tx: tx.doubted(delivery))
        return (False, NOT_CALLED) if doubted else (True, "")

    async def _rest(self) -> None:
        """Between two sends of one account; longer when the first wave after an outage is out."""
        if self._wave is not None:
            self._wave -= 1
        ended = self._wave == 0
        if ended:
            self._wave = FIRST_WAVE
        if self.pace.most:
            await self.sleep(self.pace.most * 10 if ended else random.uniform(self.pace.least, self.pace.most))

    async def _only(self) -> frozenset[Target] | None:
        """A rehearsal speaks to staff groups and to channels that lead nowhere, unless told otherwise."""
        if self.rehearsal is not False or not self.channel.outside:
            return None
        groups = await self.db.read(lambda tx: tx.groups())
        return frozenset(Target(g.platform, "group", g.id) for g in groups if g.staff)

    async def reconcile(self) -> None:
        """Attempts of unknown outcome: what the platform showed by itself, else look into the history for the
        mark; staff decide where it cannot tell. A history that does not answer holds up neither the tick nor,
        for ever, the doubts behind it."""
        name, before = self.channel.name, self.clock.real() - self.unsure
        doubtful = await self.db.read(lambda tx: tx.uncertain(name, before))
        until = asyncio.get_running_loop().time() + LOOKING
        random.shuffle(doubtful)
        for delivery in sorted(doubtful, key=lambda one: one.shown <= one.part):
            if asyncio.get_running_loop().time() > until:
                break
            if delivery.shown > delivery.part or self.channel.is_online():
                await self._settle(delivery)

    async def _settle(self, delivery: Delivery) -> None:
        sighting = Sighting.FOUND
        if delivery.shown <= delivery.part:
            assert delivery.claimed_at is not None
            sighting = await self._look(delivery, delivery.claimed_at)
        real = self.clock.real()
        doubted = await self.db.read(lambda tx: tx.doubted(delivery))
        decided = after_looking(delivery, sighting, real, self.unsure, doubted)
        if decided:
            state, words = decided
            await self.db.write(lambda tx: tx.decide_delivery(delivery, state, words, real))

    async def _look(self, delivery: Delivery, since: datetime) -> Sighting:
        """A history that does not come in time tells nothing."""
        try:
            async with asyncio.timeout(LOOK):
                return await self.channel.find(delivery.target, delivery.mark, since)
        except TimeoutError:
            return Sighting.UNCLEAR
