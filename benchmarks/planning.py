"""What planning and claiming cost a whole country: 31 centres, 50,000 labs, 2,000 groups, all due within an hour.

    python -m benchmarks.planning [--quick] [--postgresql] [--machine]

CPU seconds of this process (every thread; PostgreSQL's own are not in them): a tick when nothing changed; the tick
that writes what is due, with all groups and with a tenth of them; claims with 31 reminders merged into one
message; the longest piece of work in the event loop. `--machine`: the state machine of tests/faults at length.
Status 1 if a bar fails.
"""

import argparse
import asyncio
import gc
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import cast

from loguru import logger

from benchmarks import country
from benchmarks.bars import Bar, finish, note
from benchmarks.country import Size
from bot.channels import Health, Sent, Sighting
from bot.door import Door
from bot.scheduler.deliverer import Deliverer
from bot.scheduler.tick import Tick
from bot.settings import Pace
from core.clock import ManualClock
from core.pushes.models import Target
from core.pushes.states import Outcome
from db.unit import Database
from tests.cast import RULES
from tests.db.stores import Stores

FULL = Size(centres=31, labs=50_000, groups=2_000)
TENTH = Size(centres=31, labs=50_000, groups=200)
QUICK, QUICK_TENTH = Size(centres=31, labs=3_100, groups=500), Size(centres=31, labs=3_100, groups=50)
UNCHANGED_BAR, STALL_BAR, LEAST, MOST = 1.0, 50.0, 3.0, 12.0
IDLE_TICKS, CLAIMS, BEAT = 10, 60, 0.002
UNSURE = timedelta(seconds=60)
MACHINE = {"EQABOT_MACHINE": "1500,50"}


@dataclass(frozen=True, slots=True)
class Measured:
    """CPU seconds: the first tick, one when nothing changed, the one that writes all that is due; `claim` is of
    one claim with its mark, `claims` how many a second, each with `merged` deadlines. `stall`: ms."""

    first: float
    unchanged: float
    due: float
    rows: int
    claim: float
    claims: float
    merged: int
    stall: float


class Mouth:
    """Says everything, to nobody, until enough was said."""

    name, outside, health = "qq", True, Health()

    def __init__(self, most: int) -> None:
        self.most, self.said = most, 0
        self.merged = 0

    def is_online(self) -> bool:
        return self.said < self.most

    async def send(self, target: Target, text: str, at_all: bool = False) -> Sent:
        self.said += 1
        self.merged = max(self.merged, text.count(" 截止："))
        return Sent(Outcome.DELIVERED, message_id="1")

    async def find(self, target: Target, mark: str, since: object) -> Sighting:
        return Sighting.UNCLEAR

    async def take_back(self, target: Target, message_id: str) -> bool:
        return False


class _NoDoor:
    async def refresh(self) -> None: ...


@dataclass(slots=True)
class Lateness:
    """CPU of the loop's own thread between two turns of a task that is always ready soon: what others that ask
    would have to wait for. Not time by the clock, which a busy machine stretches."""

    worst: float = 0.0  # ms

    async def beat(self) -> None:
        while True:
            begin = time.thread_time()
            await asyncio.sleep(BEAT)
            self.worst = max(self.worst, (time.thread_time() - begin) * 1000)


@asynccontextmanager
async def watched() -> AsyncIterator[Lateness]:
    late = Lateness()
    task = asyncio.create_task(late.beat())
    try:
        yield late
    finally:
        task.cancel()


async def cpu(work: Callable[[], Awaitable[object]]) -> float:
    begin = time.process_time()
    await work()
    return time.process_time() - begin


async def measure(db: Database, size: Size, claims: int = CLAIMS) -> Measured:
    await country.build(db, size)
    clock = ManualClock(country.BEFORE)
    mouth = Mouth(claims)
    deliverer = Deliverer(db, clock, mouth, RULES, Pace(0, 0), "this one", UNSURE)
    tick = Tick(db, clock, RULES, cast(Door, _NoDoor()), [], "this one", UNSURE)
    first = await cpu(tick.once)
    unchanged = median([await cpu(tick.once) for _ in range(IDLE_TICKS)])
    clock.move_to(country.DUE)
    gc.collect()
    gc.freeze()  # as the program does after its start (bot/cli/run.py)
    async with watched() as late:
        due = await cpu(tick.once)
        begin = time.perf_counter()
        claim = await cpu(deliverer.deliver_due) / claims
        took = time.perf_counter() - begin
    rows = sum((await db.read(lambda tx: tx.state_counts())).values())
    note(
        f"{size}: first {first:.2f} s, unchanged {unchanged * 1000:.0f} ms, due {due:.2f} s for {rows} rows, "
        f"{claim * 1000:.1f} ms a claim of {mouth.merged} deadlines, {claims / took:.0f} claims/s, "
        f"loop busy {late.worst:.0f} ms at worst"
    )
    return Measured(first, unchanged, due, rows, claim, claims / took, mouth.merged, late.worst)


async def run(kind: str, sizes: tuple[Size, Size]) -> int:
    logger.remove()
    stores = Stores()
    found = []
    try:
        for size in sizes:
            async with stores.fresh(kind) as db:
                found.append(await measure(db, size))
    finally:
        await stores.close()
    return finish(bars(*found))


def bars(whole: Measured, tenth: Measured) -> list[Bar]:
    ratio = whole.due / tenth.due
    return [
        Bar("tick, nothing changed", whole.unchanged, UNCHANGED_BAR, "s CPU"),
        Bar("ten times as much due", ratio, MOST, detail=f"{whole.due:.2f} s / {tenth.due:.2f} s"),
        Bar("  and it is what is due that costs", ratio, LEAST, at_least=True),
        Bar("event loop held up", whole.stall, STALL_BAR, "ms"),
        Bar("claims a second", whole.claims, 1, "/s", at_least=True),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for flag in ("--quick", "--postgresql", "--machine"):
        parser.add_argument(flag, action="store_true")
    given = parser.parse_args()
    if given.machine:
        command = [sys.executable, "-m", "pytest", "-q", "tests/faults/test_planner_machine.py"]
        return subprocess.run(command, env={**os.environ, **MACHINE}, check=False).returncode
    sizes = (QUICK, QUICK_TENTH) if given.quick else (FULL, TENTH)
    return asyncio.run(run("postgresql" if given.postgresql else "sqlite", sizes))


if __name__ == "__main__":
    sys.exit(main())
