"""What a night's erasing costs the bot that goes on answering: 60,000 messages and 300 people who left, all due.

    python -m benchmarks.retention [--quick] [--postgresql]

Twice as many old messages without words stand beside them: what was erased before must cost nothing again.
Measured are the longest piece of work in the event loop and the longest transaction (CPU of its thread and of the
process, for others may be at work on this machine; beside them the time that passed), the whole, and a night with
nothing due. Status 1 if a bar fails.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar, cast

from benchmarks.bars import Bar, finish, note
from bot.scheduler import nightly
from bot.scheduler.nightly import Nightly
from core.clock import ManualClock
from core.retention.night import Terms
from db.audit import audit_log
from db.base import chunks
from db.members import departure, group_member
from db.pushes import attempt, delivery
from db.unit import Database, Unit
from tests.cast import MORNING
from tests.db.post import notice, write
from tests.db.stores import Stores

T = TypeVar("T")
TERMS = Terms(timedelta(days=180), timedelta(days=30))
NIGHT = MORNING + timedelta(days=200)
STALL_BAR, TRANSACTION_BAR, WHOLE_BAR, IDLE_BAR, BEAT = 50.0, 100.0, 60.0, 50.0, 0.002
BODY = "【上报提醒】2026年第1次 3月27日（周五）17:00 截止：凝血试验、糖化血红蛋白未上报。" * 4


class Timed(Database):
    """Notes the longest writing transaction, in ms: its work, and the time that passed."""

    work, longest = 0.0, 0.0
    count = 0

    async def write(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        begin, worked = time.perf_counter(), time.process_time()
        try:
            return await super().write(work)
        finally:
            self.work = max(self.work, (time.process_time() - worked) * 1000)
            self.longest = max(self.longest, (time.perf_counter() - begin) * 1000)
            self.count += 1


class Heart:
    """How late the loop is at worst, and how long it worked on one piece, in ms."""

    late, work = 0.0, 0.0

    async def beat(self) -> None:
        while True:
            begin, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(BEAT)
            self.work = max(self.work, (time.thread_time() - worked) * 1000)
            self.late = max(self.late, (time.perf_counter() - begin - BEAT) * 1000)

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.beat())
        try:
            yield
        finally:
            task.cancel()


async def put(db: Database, table: Any, rows: list[dict[str, Any]]) -> None:
    for some in chunks(rows, 5000):
        await db.write(lambda tx, some=some: tx._run(table.insert(), list(some)))  # type: ignore[misc]


async def fill(db: Database, messages: int, people: int) -> None:
    """A third of the messages bears words. Each person who left got 30 of them and is named in the log."""
    await write(db, notice())
    base = {"push_id": 1, "channel": "qq", "state": "delivered", "urgency": 1, "attempts": 1}
    times = {"due_at": MORNING, "expires_at": MORNING + timedelta(days=3)}
    rows, tries = [], []
    for n in range(1, 3 * messages + 1):
        person = n <= 30 * people
        to = (
            {"place": "private", "place_id": f"{800_000_000 + n}"}
            if person
            else {"place": "group", "place_id": f"{n}"}
        )
        said = {"body": BODY, "words": "记录中已有"} if n <= messages else {"body": "", "words": ""}
        rows.append({**base, **times, **to, **said, "ordinal": n, "id": n})
        tries.append({"delivery_id": n, "fence": 1, "started_at": MORNING, "words": said["words"]})
    await put(db, delivery, rows)
    await put(db, attempt, tries)
    await leave(db, people)


async def leave(db: Database, people: int) -> None:
    ids = [f"{800_000_001 + 30 * n}" for n in range(people)]
    one = {"platform": "qq", "group_id": "1", "card": "某院+某人", "nickname": "某", "role": "member"}
    await put(db, group_member, [{**one, "account": f"{700_000_000 + n}"} for n in range(20_000)])
    gone = {"platform": "qq", "missed_at": MORNING, "left_at": MORNING}
    await put(db, departure, [{**gone, "account": ident} for ident in ids])
    row = {"at": MORNING, "action": "scores.read", "subject": "lab:1", "detail": {}}
    readers = [*ids * 100, *(f"{600_000_000 + n}" for n in range(50_000))]
    await put(db, audit_log, [{**row, "actor": f"qq:{ident}"} for ident in readers])

    while await db.write(lambda tx: tx.seal()):
        pass


async def measure(url: str, messages: int, people: int) -> list[Bar]:
    db = Timed(url)
    try:
        await fill(db, messages, people)
        db.work, db.longest, db.count = 0.0, 0.0, 0
        heart, clock = Heart(), ManualClock(NIGHT)
        async with heart.beating():
            begin = time.perf_counter()
            ticks = await _whole(Nightly(db, clock, TERMS))
            whole = time.perf_counter() - begin
        note(f"{messages} messages, {people} people: {whole:.1f} s in {ticks} ticks, {db.count} transactions")
        work, passed = db.work, db.longest
        begin = time.perf_counter()
        await Nightly(db, clock, TERMS).go_on()
        idle = (time.perf_counter() - begin) * 1000
    finally:
        await db.close()
    return [
        Bar("longest work in the loop", heart.work, STALL_BAR, "ms", detail=f"late by {heart.late:.0f} ms"),
        Bar("longest transaction", work, TRANSACTION_BAR, "ms", detail=f"{passed:.0f} ms passed"),
        Bar("the whole night", whole, WHOLE_BAR, "s"),
        Bar("a night with nothing due", idle, IDLE_BAR, "ms"),
    ]


async def _whole(night: Nightly) -> int:
    """Ticks until it is done."""
    for ticks in range(1, 1000):
        await night.go_on()
        if night.is_done:
            return ticks
    raise RuntimeError(f"not done, {nightly.FOR} s a tick")


async def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--postgresql", action="store_true")
    args = parser.parse_args()
    size = (6_000, 30) if args.quick else (60_000, 300)
    stores = Stores()
    try:
        async with stores.fresh("postgresql" if args.postgresql else "sqlite") as made:
            url = cast(Any, made).writer.url.render_as_string(hide_password=False)
            return finish(await measure(url, *size))
    finally:
        await stores.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
