"""What 成绩 costs with 2,000,000 scores: beside 帮助, a bare read and a bare commit, in one run, in turns.

    python -m benchmarks.scores [--quick]

Through the real door, in one process, on SQLite: the answer, its principal and its audit row against the
floor (帮助) and one read and one commit of the same engines. Status 1 if a bar fails.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median

import nonebot

from benchmarks import many_scores
from benchmarks.bars import Bar, finish, note
from benchmarks.house import address, settings
from benchmarks.stalls import p99
from bot.app import App, build, load_plugins
from bot.incoming import Incoming, Job
from bot.settings import Settings
from core.access import Account, PlaceKind
from core.clock import SystemClock
from db.access import audit_log
from db.labs import lab
from db.migrate import upgrade
from db.unit import Database

ASKED = ("成绩", "成绩 项目")
RATIO_BAR, P99_BAR = 1.3, 30.0
NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
_ids = count()

Case = Callable[[int], Awaitable[None]]


async def ask(app: App, text: str, lab_id: int, expected: str) -> None:
    """One private message of the account bound to `lab_id`."""
    said: list[str] = []

    async def reply(part: object) -> None:
        said.append(str(part))

    account = Account("qq", str(many_scores.ACCOUNT + lab_id))
    incoming = Incoming("qq", account, PlaceKind.PRIVATE, "", text, str(next(_ids)), datetime.now(UTC))
    found = app.door.recognise(incoming)
    assert found is not None
    await app.door.handle(Job(incoming, reply, *found))
    if expected not in said[0]:
        raise RuntimeError(f"not an answer: {said}")


def cases(app: App) -> dict[str, Case]:
    """Each takes the id of a lab."""

    async def read(lab_id: int) -> None:
        async with app.db.reader.begin() as connection:
            (await connection.execute(lab.select().where(lab.c.id == lab_id))).one()

    async def commit(lab_id: int) -> None:
        row = {"at": NOW, "actor": "bench", "action": "bench", "subject": f"lab:{lab_id}", "detail": {}}
        async with app.db.writer.begin() as connection:
            await connection.execute(audit_log.insert().values(**row))

    return {
        "帮助": lambda lab_id: ask(app, "帮助", lab_id, "成绩"),
        "read": read,
        "commit": commit,
        "成绩": lambda lab_id: ask(app, "成绩", lab_id, "数据截至"),
        "成绩 项目": lambda lab_id: ask(app, f"成绩 第1次 演示项目{lab_id % 20:02d}", lab_id, "数据截至"),
    }


async def measure(folder: Path, labs: int, turns: int) -> list[Bar]:
    await _migrate(folder)
    begin = time.perf_counter()
    many_scores.build(folder / "eqabot.db", labs)
    note(f"built in {time.perf_counter() - begin:.0f} s")
    nonebot.init(_env_file=None, driver="~none", log_level="WARNING")
    app = build(Settings(_env_file=None, **settings(folder)), SystemClock(), [], load_plugins())  # type: ignore[arg-type]
    try:
        await app.start(None)
        return _bars(await _by_turns(cases(app), labs, turns))
    finally:
        await app.stop()


async def _migrate(folder: Path) -> None:
    db = Database(address(folder))
    await upgrade(db)
    await db.close()


async def _by_turns(todo: dict[str, Case], labs: int, turns: int) -> dict[str, list[float]]:
    """ms of every case; a machine that is noisy for a while is noisy for all of them."""
    chance = random.Random(7)
    found: dict[str, list[float]] = {name: [] for name in todo}
    names = list(todo)
    for turn in range(turns + 20):
        at = turn % len(names)
        for name in (*names[at:], *names[:at]):
            lab_id = chance.randrange(many_scores.LAB, many_scores.LAB + labs)
            begin = time.perf_counter()
            await todo[name](lab_id)
            if turn >= 20:  # the first ones fill caches
                found[name].append((time.perf_counter() - begin) * 1000)
    return found


def _bars(found: dict[str, list[float]]) -> list[Bar]:
    half = {name: median(times) for name, times in found.items()}
    bare = half["帮助"] + half["read"] + half["commit"]
    parts = f"{half['帮助']:.2f} + {half['read']:.2f} + {half['commit']:.2f} ms"
    bars = [
        Bar(
            f"{name} p50 / (帮助 + read + commit)",
            half[name] / bare,
            RATIO_BAR,
            detail=f"{half[name]:.2f} / ({parts})",
        )
        for name in ASKED
    ]
    alone = f"a bare commit alone: {p99(found['commit']):.0f} ms"
    return [*bars, *(Bar(f"{name} p99", p99(found[name]), P99_BAR, "ms", detail=alone) for name in ASKED)]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="200,000 scores")
    labs, turns = (1_000, 300) if parser.parse_args().quick else (10_000, 1_000)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return finish(asyncio.run(measure(Path(folder), labs, turns)))


if __name__ == "__main__":
    sys.exit(main())
