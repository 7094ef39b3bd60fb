"""A running bot is asked at a steady rate, with and without `eqabot import` on the same database."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from benchmarks import generator, house
from benchmarks.bars import alternated, note
from benchmarks.books import ROWS, Books
from benchmarks.processes import Bot, environment, start_all

RATE = 20
QUESTIONS = ("帮助", "截止", "截止 测量项目07")


def measure(tool: Path, folder: Path, books: Books, turns: int, seconds: int) -> tuple[list[float], list[float]]:
    """p99 of every turn, in ms: (without, with imports)."""
    bot = Bot("asked", ["-m", "bot", "run"], folder, {**house.settings(folder), "LOG_LEVEL": "INFO"})
    try:
        start_all(bot)
        asked(tool, bot, 2)

        def alone() -> float:
            return asked(tool, bot, seconds)

        editions = cycle((books.second, books.first))

        def importing() -> float:
            with imports_going_on(folder, editions):
                return asked(tool, bot, seconds)

        found = alternated(turns, {"idle": alone, "busy": importing})
    finally:
        bot.stop()
    return found["idle"], found["busy"]


def asked(tool: Path, bot: Bot, seconds: int) -> float:
    """p99 in ms; half of the questions come in private."""
    options = ("--mode", "rate", "--rate", RATE, "--n", RATE * seconds, "--private-share", 0.5)
    latency = generator.load(tool, bot, QUESTIONS, *options)["latency_ms"]
    note(f"asked for {seconds} s: " + ", ".join(f"{key} {latency[key]:.1f} ms" for key in ("p50", "p99", "max")))
    return float(latency["p99"])


@contextmanager
def imports_going_on(folder: Path, editions: Iterator[Path]) -> Iterator[None]:
    """`eqabot import` again and again, each time of the other edition, so that every row changes."""
    over = threading.Event()

    def work() -> list[dict[str, int]]:
        done = []
        while not over.is_set():
            done.append(run_import(folder, next(editions)))
        return done

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(work)
        try:
            yield
        finally:
            over.set()
        done = running.result()  # a failed import is raised here: without imports nothing was measured
    note(f"{len(done)} imports meanwhile, {ROWS} rows changed by each")
    if not done or not all(one["changed"] == ROWS for one in done):
        raise RuntimeError(f"not every import changed every row: {done}")


def run_import(folder: Path, path: Path) -> dict[str, int]:
    command = [sys.executable, "-m", "bot", "import", str(path), "--scope", "full", "--json"]
    env = environment(**house.settings(folder))
    ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(f"import failed: {ran.stdout[-500:]} {ran.stderr[-1000:]}")
    file = json.loads(ran.stdout)["files"][0]
    return {key: file[key] for key in ("new", "changed", "unchanged", "refused")}
