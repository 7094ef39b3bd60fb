"""Two lives of the deliverer over a real socket: the first may end at any moment, the second goes on."""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import nonebot
from loguru import logger
from sqlalchemy import select

from bot.channels.onebot.send import OneBotChannel
from bot.scheduler import deliverer as sending
from bot.scheduler.deliverer import Deliverer
from bot.settings import Pace
from core.pushes import use
from core.pushes.states import FOR_STAFF, SHOWN, State
from db.pushes import delivery
from db.unit import Database
from tests.cast import RULES
from tests.faults.judge import Row
from tests.faults.stage import BOTH, MEMBER, NOW, ONE

UNSURE = timedelta(seconds=60)
ROUNDS = 16  # a little more than a quarter of an hour: staff are asked after ten minutes
SLOW = 0.02  # seconds; slower calls go on beside the others
SETTLED = (*SHOWN, *FOR_STAFF, State.SUPERSEDED, State.CANCELLED)


@dataclass
class Clock:
    """Real time with what was skipped; business time stands still."""

    skipped: timedelta = timedelta(0)

    def now(self) -> datetime:
        return NOW

    def real(self) -> datetime:
        return datetime.now(UTC) + self.skipped


@dataclass
class Bot:
    """A deliverer and its moves of the tick. `control`: of the fake QQ, where people go on talking."""

    db: Database
    instance: str
    control: str
    talking: bool = True
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        sending.SLOW = SLOW
        self.deliverer = Deliverer(self.db, self.clock, OneBotChannel(), RULES, Pace(0, 0), self.instance, UNSURE)

    async def connect(self) -> None:
        await nonebot.get_driver()._lifespan.startup()
        await self.online()

    async def online(self) -> None:
        until = time.monotonic() + 5
        while not self.deliverer.channel.is_online():
            assert time.monotonic() < until, "no connection to the fake QQ"
            await asyncio.sleep(0.002)

    async def beat(self) -> None:
        await self.db.write(lambda tx: tx.beat(self.instance, self.clock.real()))

    async def deliver(self) -> None:
        await as_a_tick(self.deliverer.deliver_due())
        await self.deliverer.close()

    async def look(self) -> None:
        await as_a_tick(self.deliverer.reconcile())

    async def turn(self) -> None:
        real = self.clock.real()
        await self.beat()
        await self.db.write(lambda tx: use.turn(tx, NOW, real, UNSURE, 200))

    async def tick(self) -> None:
        await as_a_tick(self.turn())
        await self.online()
        await self.look()
        await self.deliver()

    async def later(self) -> None:
        """A minute passes, in which people talk."""
        self.clock.skipped += timedelta(seconds=61)
        if not self.talking:
            return
        async with aiohttp.ClientSession(self.control) as session:
            for group in (ONE, BOTH):
                said = {"user": MEMBER, "group": int(group), "text": "好的", "time": self.clock.real().timestamp()}
                async with session.post("/say", json=said) as answer:
                    assert answer.status == 200

    async def settle(self) -> list[Row]:
        for _ in range(ROUNDS):
            await self.tick()
            rows = await rows_of(self.db)
            if all(State(row.state) in SETTLED for row in rows):
                break
            await self.later()
        return rows


async def as_a_tick(work: Awaitable[object]) -> None:
    """An error ends this turn, the next one tries again."""
    try:
        await work
    except Exception:  # noqa: BLE001 - a database error was put in
        logger.exception("this turn is over")


async def rows_of(db: Database) -> list[Row]:
    found = await db.read(lambda tx: tx.recent_deliveries(list(State), 100))
    query = select(delivery.c.id).where(delivery.c.merged_into.is_not(None))
    merged = {row.id for row in await db.read(lambda tx: tx._all(query))}
    return [Row(one.reference, one.target.id, str(one.state), one.id in merged) for one in found]


class Flawed:
    """The writer's `nth` commit fails: before it is done, or (`after`) when only the answer is missing."""

    def __init__(self, db: Database, nth: int, after: bool) -> None:
        self.commits, self._nth, self._after = 0, nth, after
        dialect: Any = db.writer.sync_engine.dialect
        self._dialect, self._commit = dialect, dialect.do_commit
        dialect.do_commit = self

    def __call__(self, connection: Any) -> None:
        self.commits += 1
        if self.commits != self._nth:
            self._commit(connection)
            return
        if self._after:
            self._commit(connection)
        raise self._dialect.loaded_dbapi.OperationalError("put in by the test")
