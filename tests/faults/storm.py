"""One continuous run of the real program, killed again and again at random moments while it sends."""

import asyncio
import json
import random
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from core.access import Account, ManagedGroup, Principal, Role
from core.pushes.models import Kind, Planned
from core.pushes.states import State
from db.migrate import upgrade
from db.unit import Database, Unit
from tests.cast import at
from tests.e2e.process import TOKEN, Eqabot
from tests.fakeqq.client import FakeQQ
from tests.faults.judge import Row, Verdict, judge

NINE = at("2026-03-20 09:00")
CLOCK = "2026-03-20T09:00:00+08:00x1"  # each life begins the day anew; waits are on real time
CENTRE = Principal(Account("cli", "test"), Role.ADMIN)
MEMBER = 300400501
FAULTS = ("refused", "timeout_shown", "timeout_hidden", "drop_before", "drop_after", "double_echo")
LONG = [f"{n}号演示{'综合' * 30}医院" for n in range(24)]
FINAL = (State.DELIVERED, State.OBSERVED)
EARLY = 0.1  # of the kills come while the program starts


@dataclass
class Storm:
    """`groups` conversations; a life ends after less than so many `sends`, at a random moment of the next one."""

    folder: Path
    database: str
    chance: random.Random
    groups: int = 40
    unsure: int = 2
    sends: int = 28
    bot: Eqabot = field(init=False)
    kills: int = 0
    _number: int = 0

    def __post_init__(self) -> None:
        self.bot = Eqabot(self.folder, self.database, EQABOT_UNSURE_SECONDS=str(self.unsure))
        self.numbers = [700100200 + n for n in range(self.groups)]

    def qq(self) -> FakeQQ:
        member = {"user_id": MEMBER, "card": "合肥演示晴川医院+李演示", "nickname": "李", "role": "member"}
        groups = [{"group_id": one, "group_name": str(one), "members": [member]} for one in self.numbers]
        scene = self.folder / "scene.json"
        scene.write_text(json.dumps({"groups": groups, "friends": []}), encoding="utf-8")
        return FakeQQ(self.bot.url, token=TOKEN, scene=scene, redial=0.05, heartbeat=2)

    async def furnish(self) -> None:
        db = Database(self.database)
        await upgrade(db)
        for one in self.numbers:
            group = ManagedGroup("qq", str(one), f"{one}群")
            await db.write(lambda tx, g=group: tx.set_group(g, NINE, CENTRE))  # type: ignore[misc]
        await db.close()

    async def run(self, qq: FakeQQ, kills: int) -> None:
        """So many kills, with always something to send."""
        while self.kills < kills:
            await self._write_more()
            await self._play(qq)
            async with talking(qq, self.numbers):
                await self._live(qq)
            self.kills += 1

    async def _write_more(self) -> None:
        """Due already; the program writes the deliveries itself."""
        db = Database(self.database)
        try:
            states = await db.read(lambda tx: tx.state_counts())
            waiting = sum(n for state, n in states.items() if state not in FINAL)
            for _ in range(waiting, 2 * self.sends, self.groups):
                await db.write(self._push)
        finally:
            await db.close()

    async def fill(self, deliveries: int) -> None:
        """What is missing to so many is left for the last life."""
        db = Database(self.database)
        while self._number * self.groups < deliveries:
            await db.write(self._push)
        await db.close()

    async def _push(self, tx: Unit) -> None:
        self._number = n = self._number + 1
        units = LONG if n % 6 == 0 else [f"{n}号演示医院"]
        due = NINE - timedelta(minutes=30)
        planned = Planned(Kind.ASSIGNED, f"assigned:{n}", due, NINE + timedelta(days=3), {"units": units})
        await tx.write_push(planned, due - timedelta(hours=1))

    async def _play(self, qq: FakeQQ) -> None:
        """Sends are slow, shown before or after the wait; some go wrong."""
        await qq.fault("*", "clear")
        slow = self.chance.choice(("slow", "ok"))
        await qq.fault("*", slow, times=-1, delay=self.chance.uniform(0.02, 0.08))
        for one in self.chance.sample(self.numbers, 2):
            await qq.fault(f"group:{one}", self.chance.choice(FAULTS), delay=self.chance.uniform(0, 0.3))

    async def _live(self, qq: FakeQQ) -> None:
        before = await qq.wait_state(connected=False)
        await self.bot.start("--clock", CLOCK, "--really")
        if self.chance.random() < EARLY:
            await asyncio.sleep(self.chance.uniform(0, 1.5))
        else:
            await self._wait_sends(qq, before["shown"] + self.chance.randrange(self.sends))
            await asyncio.sleep(self.chance.uniform(0, 0.15))
        await self.bot.kill()

    async def _wait_sends(self, qq: FakeQQ, shown: int) -> None:
        """By what was shown and not by time: a busy machine gets as much done in a life as a calm one."""
        until = time.monotonic() + 30
        while time.monotonic() < until and (await qq.state())["shown"] < shown:
            await asyncio.sleep(0.02)

    async def settle(self, qq: FakeQQ, patience: float) -> None:
        """The last life, in which everything comes to an end."""
        await qq.fault("*", "clear")
        await self.bot.start("--clock", CLOCK, "--really")
        until = time.monotonic() + patience
        async with talking(qq, self.numbers):
            while time.monotonic() < until and not all(State(row.state) in FINAL for row in await self.rows()):
                await asyncio.sleep(1)
        await self.bot.stop()

    async def rows(self) -> list[Row]:
        db = Database(self.database)
        try:
            found = await db.read(lambda tx: tx.recent_deliveries(list(State), 1_000_000))
        finally:
            await db.close()
        return [Row(one.reference, one.target.id, str(one.state), False) for one in found]

    async def verdict(self, qq: FakeQQ) -> tuple[Verdict, "Counter[str]"]:
        """And how many deliveries ended in which state."""
        rows = await self.rows()
        return judge(await qq.shown(), rows, (), True), Counter(row.state for row in rows)

    def integrity(self) -> str:
        """SQLite's own check; PostgreSQL's server was not killed."""
        if not self.database.startswith("sqlite"):
            return "ok"
        with sqlite3.connect(self.folder / "eqabot.db") as connection:
            return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


@asynccontextmanager
async def talking(qq: FakeQQ, groups: list[int]) -> AsyncIterator[None]:
    """People go on talking in every group: without newer messages nobody could tell that one is missing."""

    async def talk() -> None:
        while True:
            for group in groups:
                await qq.say("好的", user=MEMBER, group=group)
            await asyncio.sleep(1)

    task = asyncio.create_task(talk())
    try:
        yield
    finally:
        task.cancel()
        (end,) = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(end, asyncio.CancelledError), end
