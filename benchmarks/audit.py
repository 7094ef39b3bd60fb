"""The log in a chain: `python -m benchmarks.audit [--quick]`; status 1 if a bar fails.

A thousand times something single is done to a sealed log in a file of its own, by somebody who knows how hashes
are made; then what sealing and checking a long one costs.
"""

import argparse
import asyncio
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import text

from benchmarks.bars import Bar, finish, note, ratio
from benchmarks.house import address
from benchmarks.tampering import Tampering
from bot.cli import OPERATOR
from bot.scheduler.sealing import seal_new
from core.access import Account, Role
from core.audit.verifying import PIECE, verify
from db.audit import audit_log
from db.migrate import upgrade
from db.unit import Database, Unit

NOW = datetime(2026, 3, 16, 1, tzinfo=UTC)
SHORT, CASES, QUICK_CASES = 120, 1000, 100
LONG, QUICK_LONG, ROUNDS = 200_000, 20_000, 5
BEAT = 0.002
SELECT = text("SELECT * FROM audit_log WHERE seq > :after ORDER BY seq LIMIT :piece")


@dataclass(slots=True)
class Cost:
    """Seconds of the processor, for others may be at work on the machine; ms; MB. `stall`: how long the loop was
    at work without a break, at worst; `late`: how late others got their turn."""

    sealing: float
    stall: float
    late: float
    verifying: list[float]
    reading: list[float]
    memory: float


async def opened(folder: Path, rows: int) -> Database:
    folder.mkdir(parents=True)
    db = Database(address(folder))
    await upgrade(db)
    for start in range(0, rows, 5000):
        some = [row(number) for number in range(start, min(start + 5000, rows))]
        await db.write(lambda tx, some=some: tx._run(audit_log.insert(), some))  # type: ignore[misc]
    return db


def row(number: int) -> dict[str, object]:
    about = f"qq:{300_000_000 + number % 997}" if number % 3 else None
    what = {"action": "access.bind", "subject": f"lab:{number % 3000}", "detail": {"how": "code", "nth": number}}
    return {
        **what,
        "at": NOW + timedelta(seconds=number),
        "actor": f"qq:{400_000_000 + number % 31}",
        "account": about,
    }


async def unfound(folder: Path, cases: int) -> tuple[int, int]:
    """(cases that nobody noticed, untouched logs that were suspected)"""
    db = await opened(folder, SHORT)
    await db.write(lambda tx: tx.erase_persons(OPERATOR, [Account("qq", "300000007")], NOW))
    await db.write(lambda tx: tx.set_staff(Account("qq", "400000001"), Role.ADMIN, NOW, OPERATOR))
    await db.write(lambda tx: tx.seal_all())
    await db.close()
    tampering, missed = Tampering(folder / "eqabot.db"), 0
    for seed in range(cases):
        done = tampering.on_a_copy(seed)
        if not await suspected(tampering.copy):
            missed += 1
            note(f"not found, case {seed}: {done}")
    false = 0
    for _ in range(20):
        tampering.fresh()
        false += await suspected(tampering.copy)
    note(f"{cases} cases: {', '.join(f'{name} {count}' for name, count in sorted(tampering.counts.items()))}")
    return missed, false


async def suspected(file: Path) -> bool:
    db = Database(f"sqlite+aiosqlite:///{file}")
    try:
        return (await db.read(lambda tx: verify(tx, None, NOW))).fault is not None
    finally:
        await db.close()


async def cost(folder: Path, rows: int) -> Cost:
    db = await opened(folder, rows)
    begin, (stall, late) = time.process_time(), await worst_stall(lambda: seal_new(db))
    sealing = time.process_time() - begin
    verifying, reading = [], []
    for _ in range(ROUNDS):
        verifying.append(await timed(lambda: checked(db)))
        reading.append(await timed(lambda: db.read(read_bare)))
    tracemalloc.start()
    await checked(db)
    memory = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    await db.close()
    return Cost(sealing, stall, late, verifying, reading, memory)


async def checked(db: Database) -> None:
    found = await db.read(lambda tx: verify(tx, None, NOW))
    if found.fault or found.unsealed.count:
        raise RuntimeError(f"not whole: {found}")


async def read_bare(tx: Unit) -> None:
    """The same rows in the same pieces, of which nothing is made."""
    after = 0
    while rows := (await tx._run(SELECT, {"after": after, "piece": PIECE})).all():
        after = rows[-1].seq


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    begin = time.process_time()
    await work()
    return time.process_time() - begin


async def worst_stall(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """(ms of work in one go, ms of lateness) of the event loop, at worst."""
    busy = late = 0.0

    async def beat() -> None:
        nonlocal busy, late
        while True:
            begin, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(BEAT)
            busy = max(busy, (time.thread_time() - worked) * 1000)
            late = max(late, (time.perf_counter() - begin - BEAT) * 1000)

    beating = asyncio.create_task(beat())
    try:
        await work()
    finally:
        beating.cancel()
    return busy, late


async def run(quick: bool) -> int:
    rows = QUICK_LONG if quick else LONG
    with tempfile.TemporaryDirectory() as folder:
        missed, false = await unfound(Path(folder) / "short", QUICK_CASES if quick else CASES)
        found = await cost(Path(folder) / "long", rows)
    took = f"{median(found.verifying):.2f} s against {median(found.reading):.2f} s for {rows:,} rows"
    return finish(
        (
            Bar("tampering that was not found", missed, 0, "cases"),
            Bar("whole logs that were suspected", false, 0, "cases"),
            Bar("rows sealed", rows / found.sealing, 3000, "per s", at_least=True),
            Bar("longest step of sealing in the loop", found.stall, 50, "ms", detail=f"late {found.late:.0f} ms"),
            Bar("verify / bare SELECT", ratio(found.verifying, found.reading), 6, detail=took),
            Bar("memory of verify", found.memory, 16, "MB"),
        )
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    return asyncio.run(run(parser.parse_args().quick))


if __name__ == "__main__":
    sys.exit(main())
