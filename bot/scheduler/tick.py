"""One interval tick. APScheduler only rings; whatever it missed is still in the tables."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from loguru import logger

from bot.door import Door
from bot.scheduler.deliverer import Deliverer
from bot.scheduler.recaller import recall_due
from core.clock import Clock
from core.pushes import use
from core.pushes.plan import Rules
from db.unit import Database

EVERY = 5.0
REHEARSING_EVERY = 1.0


class Tick:
    def __init__(
        self,
        db: Database,
        clock: Clock,
        rules: Rules,
        door: Door,
        deliverers: Sequence[Deliverer],
        instance: str,
        unsure: timedelta,
        private_per_day: int = 200,
        rung: Callable[[], None] = lambda: None,
        upkeep: Sequence[Callable[[], Awaitable[None]]] = (),
    ) -> None:
        """`rung` is called whenever a tick came to its end; `upkeep` is done after it, each by itself."""
        self.db, self.clock, self.rules, self.door = db, clock, rules, door
        self.deliverers, self.instance, self.unsure = deliverers, instance, unsure
        self.private_per_day, self.rung = private_per_day, rung
        self.upkeep = upkeep

    def start(self, every: float) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(timezone="UTC")
        options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        scheduler.add_job(self.ring, "interval", seconds=every, id="tick", **options)
        scheduler.add_job(self.beat, "interval", seconds=self.unsure.total_seconds() / 6, id="beat", **options)
        scheduler.start()
        return scheduler

    async def ring(self) -> None:
        """What must be kept up never stands in the way of what must be sent."""
        if await _tried(self.send):
            self.rung()
        for work in self.upkeep:
            await _tried(work)

    async def beat(self) -> None:
        """Say that this instance lives: six times within the time after which it counts as dead."""
        real = self.clock.real()
        await self.db.write(lambda tx: tx.beat(self.instance, real))

    async def once(self) -> None:
        """All of a tick; whatever fails is raised."""
        await self.send()
        for work in self.upkeep:
            await work()

    async def send(self) -> None:
        """Plan, write what is due, expire, settle doubts, wake the deliverers."""
        now, real = self.clock.now(), self.clock.real()
        await self.beat()
        await self.db.write(lambda tx: use.plan(tx, self.rules, now))
        while await self.db.write(lambda tx: use.expand_next(tx, now)):
            pass
        await self.db.write(lambda tx: use.turn(tx, now, real, self.unsure, self.private_per_day))
        await self.door.refresh()
        for deliverer in self.deliverers:  # what is due does not wait for any history
            deliverer.wake.set()
        for deliverer in self.deliverers:
            await deliverer.reconcile()
            await recall_due(self.db, self.clock, deliverer.channel)
            deliverer.wake.set()


async def _tried(work: Callable[[], Awaitable[None]]) -> bool:
    try:
        await work()
    except Exception:  # noqa: BLE001 - what failed is repeated by the next tick
        logger.exception("tick failed")
        return False
    return True
