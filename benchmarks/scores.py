"""What 成绩 costs with 2,000,000 scores: beside a bare NoneBot answer, a bare read and a bare commit, in turns.

    python -m benchmarks.scores [--quick]

Over the wire: the answer of `eqabot run`, the asker's lookup and the audit row included, against the floor (a
bare NoneBot bot that says as much), one read and one commit through SQLAlchemy as it comes. In one process: the
same question through the real door, its p99. On SQLite. Status 1 if a bar fails.
"""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import nonebot
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from benchmarks import many_scores
from benchmarks.bars import Bar, finish, note
from benchmarks.house import address, settings
from benchmarks.peer import Peer
from benchmarks.processes import Bot, start_all, stop_all
from benchmarks.stage import Stage
from benchmarks.stalls import p99
from bot.app import App, build, load_plugins
from bot.incoming import Incoming, Job
from bot.settings import Settings
from core.access import Account, PlaceKind
from core.clock import SystemClock
from db.audit import audit_log
from db.labs import lab

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


def bare_work(engine: AsyncEngine) -> dict[str, Case]:
    """One read and one commit; each takes the id of a lab."""

    async def read(lab_id: int) -> None:
        async with engine.connect() as connection:
            (await connection.execute(lab.select().where(lab.c.id == lab_id))).one()

    async def commit(lab_id: int) -> None:
        row = {"at": NOW, "actor": "bench", "action": "bench", "subject": f"lab:{lab_id}", "detail": {}}
        async with engine.begin() as connection:
            await connection.execute(audit_log.insert().values(**row))

    return {"read": read, "commit": commit}


def bare_engine(folder: Path) -> AsyncEngine:
    """As SQLAlchemy makes it, but as durable as ours: WAL, a sync at each commit."""
    engine = create_async_engine(address(folder))

    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def cases(app: App) -> dict[str, Case]:
    return {
        "帮助": lambda lab_id: ask(app, "帮助", lab_id, "成绩"),
        "成绩": lambda lab_id: ask(app, "成绩", lab_id, "数据截至"),
        "成绩 项目": lambda lab_id: ask(app, f"成绩 第1次 演示项目{lab_id % 20:02d}", lab_id, "数据截至"),
    }


async def in_process(folder: Path, labs: int, turns: int) -> list[Bar]:
    nonebot.init(_env_file=None, driver="~none", log_level="WARNING")
    app = build(Settings(_env_file=None, **settings(folder)), SystemClock(), [], load_plugins())  # type: ignore[arg-type]
    try:
        await app.start(None)
        found = await _by_turns(cases(app), labs, turns)
    finally:
        await app.stop()
    half = {
        name: f"p50 {median(times):.2f} ms, 帮助 {median(found['帮助']):.2f} ms" for name, times in found.items()
    }
    return [Bar(f"{name} p99, in process", p99(found[name]), P99_BAR, "ms", detail=half[name]) for name in ASKED]


async def over_the_wire(ours: Bot, bare: Bot, engine: AsyncEngine, labs: int, turns: int) -> list[Bar]:
    async with Peer(ours.url) as asked, Peer(bare.url) as floor:

        async def ask_ours(lab_id: int) -> None:
            answer = (await asked.ask("成绩", many_scores.ACCOUNT + lab_id, None))[0]
            if "数据截至" not in answer:
                raise RuntimeError(f"not an answer: {answer}")

        async def ask_bare(lab_id: int) -> None:
            await floor.ask("帮助", many_scores.ACCOUNT + lab_id, None)

        async def ask_help(lab_id: int) -> None:
            await asked.ask("帮助", many_scores.ACCOUNT + lab_id, None)

        todo = {"bare": ask_bare, **bare_work(engine), "成绩": ask_ours, "帮助": ask_help}
        found = await _by_turns(todo, labs, turns)
    half = {name: median(times) for name, times in found.items()}
    bare_parts = [half[name] for name in ("bare", "read", "commit")]
    sums = " + ".join(f"{one:.2f}" for one in bare_parts)
    parts = f"{half['成绩']:.2f} / ({sums} ms); 帮助 {half['帮助']:.2f} ms"
    ratio = half["成绩"] / sum(bare_parts)
    return [Bar("成绩 p50 / (bare answer + read + commit), on the wire", ratio, RATIO_BAR, detail=parts)]


def measure(folder: Path, labs: int, turns: int) -> list[Bar]:
    """The bots read their own copy, so that the bare commits are nobody's rivals."""
    with Stage("WARNING") as stage:
        ours = stage.ours("ours")
        begin = time.perf_counter()
        many_scores.build(ours.folder / "eqabot.db", labs)
        shutil.copyfile(ours.folder / "eqabot.db", folder / "eqabot.db")
        note(f"built in {time.perf_counter() - begin:.0f} s")
        start_all(ours)
        stage.answer = asyncio.run(said_by(ours.url, many_scores.ACCOUNT + many_scores.LAB))
        bare = stage.bare()
        start_all(bare)
        bars = asyncio.run(_wire(folder, ours, bare, labs, turns))
        stop_all(ours, bare)
        return [*bars, *asyncio.run(in_process(folder, labs, turns))]


async def said_by(url: str, user: int) -> str:
    async with Peer(url) as peer:
        return (await peer.ask("成绩", user, None))[0]


async def _wire(folder: Path, ours: Bot, bare: Bot, labs: int, turns: int) -> list[Bar]:
    engine = bare_engine(folder)
    try:
        return await over_the_wire(ours, bare, engine, labs, turns)
    finally:
        await engine.dispose()


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


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="200,000 scores")
    labs, turns = (1_000, 300) if parser.parse_args().quick else (10_000, 1_000)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return finish(measure(Path(folder), labs, turns))


if __name__ == "__main__":
    sys.exit(main())
