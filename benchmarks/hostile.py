"""Hostile workbooks against the bot: `python -m benchmarks.hostile`.

Each is refused in words, or read as plain values, within 2 s, while this process grows by no more than 50 MB and
neither a child nor a file is left behind.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.bars import Bar, finish, note
from bot.files.reader import read_workbook
from bot.texts import say_error
from core.errors import DomainError
from tests.hostile_books import BOOKS, Hostile

SECONDS, MEGABYTES = 2.0, 50.0
PAGE = os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


@dataclass(frozen=True, slots=True)
class Met:
    key: str
    said: str
    seconds: float
    megabytes: float
    cpu: float
    children: int


class Peak:
    """The most memory this process held, looked at 500 times a second (Linux)."""

    def __enter__(self) -> "Peak":
        self.before = self.most = _held()
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def _look(self) -> None:
        while not self._done.wait(0.002):
            self.most = max(self.most, _held())

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()
        self.most = max(self.most, _held())


def _held() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def _children() -> int:
    return len(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def _worked() -> float:
    """Seconds of processor, ours and that of children that have ended; the same however busy the machine is."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


async def meet(path: Path) -> Met:
    """What becomes of one file."""
    began, worked = perf_counter(), _worked()
    with Peak() as peak:
        try:
            tables = await read_workbook(path)
            key, said = "", f"（照常读取，{sum(len(table.rows) for table in tables)} 行）"
        except DomainError as refusal:
            key, said = refusal.key.removeprefix("workbook/"), say_error(refusal)
    took, cpu = perf_counter() - began, _worked() - worked
    return Met(key, said, took, peak.most - peak.before, cpu, _children())


def make(folder: Path) -> None:
    """By a process of its own: some take 200 MB of whoever makes them."""
    subprocess.run([sys.executable, "-m", "tests.hostile_books", str(folder)], check=True)


async def run(folder: Path) -> list[tuple[Hostile, Met]]:
    make(folder)
    say_error(DomainError("workbook/empty", file=""))  # the first sentence loads all of them
    return [(one, await meet(folder / one.name)) for one in BOOKS]


def show(found: list[tuple[Hostile, Met]]) -> None:
    for one, met in found:
        mark = "  " if met.key == one.expected else "✗ "
        note(f"{mark}{one.name:<14}{met.seconds:>6.2f} s{met.megabytes:>7.1f} MB  {met.said}")


async def main() -> int:
    """With `--json` only what was met, for the tests."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = await run(folder)
        left = {one.name for one in folder.iterdir()} - {one.name for one in BOOKS}
    if "--json" in sys.argv:
        note(json.dumps({"left": sorted(left), "met": {one.name: asdict(met) for one, met in found}}))
        return 0
    show(found)
    wrong = sum(met.key != one.expected for one, met in found)
    return finish(
        [
            Bar("files", len(found), 20, "", at_least=True),
            Bar("not as expected", wrong, 0, ""),
            Bar("slowest", max(met.seconds for _, met in found), SECONDS, "s"),
            Bar("memory of the bot", max(met.megabytes for _, met in found), MEGABYTES, "MB"),
            Bar("children and files left", sum(met.children for _, met in found) + len(left), 0, ""),
        ]
    )


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
