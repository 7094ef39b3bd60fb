"""The event loop that imports must go on answering: how late is it at worst, and how long does 截止 take?"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import nonebot

from benchmarks.bars import note
from benchmarks.books import Books
from benchmarks.house import settings
from bot.app import App, build, load_plugins
from bot.cli import OPERATOR
from bot.files.importing import preview, publish, read_all
from bot.incoming import Incoming, Job
from bot.settings import Settings
from core.access import Account, PlaceKind
from core.clock import SystemClock
from core.workbooks.cells import CODE_PATTERN

BEAT, EVERY = 0.002, 0.025
IDLE_SECONDS = 3.0


@dataclass(slots=True)
class Seen:
    """All in ms; `worst` is the longest stall of each phase of an import."""

    p99: float
    idle_p99: float
    worst: dict[str, float]


@dataclass(slots=True)
class Probe:
    """`phase` is where the importer is; lateness and answers are noted under it."""

    app: App
    phase: str = "idle"
    late: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    answers: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    async def beat(self) -> None:
        while True:
            phase, begin = self.phase, time.perf_counter()
            await asyncio.sleep(BEAT)
            late = (time.perf_counter() - begin - BEAT) * 1000
            self.late[phase] = max(self.late[phase], late)

    async def ask(self) -> None:
        """截止 at a steady rate. An answer's time counts from when it was due, so that a stall which holds
        up the question counts, too."""
        begin = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number in count():
                due = begin + number * EVERY
                await asyncio.sleep(max(0, due - time.perf_counter()))
                group.create_task(self._one(number, due))

    async def _one(self, number: int, due: float) -> None:
        phase, answer = self.phase, await ask(self.app, number)
        if "【上报截止】" not in answer:
            raise RuntimeError(f"not an answer: {answer}")
        self.answers[phase].append((time.perf_counter() - due) * 1000)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self.beat()), group.create_task(self.ask())]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()


async def ask(app: App, number: int) -> str:
    """The answer to 截止, in private and in a group by turns."""
    said: list[str] = []

    async def reply(text: str) -> None:
        said.append(text)

    place, group = (PlaceKind.GROUP, "600000001") if number % 2 else (PlaceKind.PRIVATE, "")
    account = Account("qq", f"{700_000_001 + number}")
    incoming = Incoming("qq", account, place, group, "截止", str(number), datetime.now(UTC))
    found = app.door.recognise(incoming)
    assert found is not None
    await app.door.handle(Job(incoming, reply, *found))
    return "\n".join(said)


async def measure(folder: Path, books: Books, imports: int) -> Seen:
    """`imports` whole imports, every one of which changes every row, in the loop that answers."""
    nonebot.init(_env_file=None, driver="~none", log_level="WARNING")
    app = build(Settings(_env_file=None, **settings(folder)), SystemClock(), [], load_plugins())  # type: ignore[arg-type]
    probe = Probe(app)
    try:
        async with probe.running():
            await asyncio.sleep(IDLE_SECONDS)
            for turn in range(imports):
                await one_import(probe, (books.second, books.first)[turn % 2])
    finally:
        await app.stop()
    worst = {phase: late for phase, late in probe.late.items() if phase != "idle"}
    during = [ms for phase, answers in probe.answers.items() if phase != "idle" for ms in answers]
    note(f"loop stalls at worst, ms: { {phase: round(late, 1) for phase, late in probe.late.items()} }")
    note(f"{len(during)} answers during imports, the longest took {max(during):.0f} ms")
    return Seen(p99(during), p99(probe.answers["idle"]), worst)


async def one_import(probe: Probe, path: Path) -> None:
    probe.phase = "reading"
    tables = await read_all([path], None, CODE_PATTERN)
    probe.phase = "preview"
    judged = await preview(probe.app.db, tables, "full")
    probe.phase = "publishing"
    await publish(probe.app.db, OPERATOR, judged, datetime.now(UTC))


def p99(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
