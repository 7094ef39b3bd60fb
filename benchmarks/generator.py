"""The load generator as a process: it plays the QQ client."""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.bars import stop
from benchmarks.processes import ROOT, Bot

DEFAULT = Path("../shared/tools/load_onebot.py")
_numbers = itertools.count(1)


def add_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--load", type=Path, default=DEFAULT, help="the load generator, from the repository on")


def find(path: Path) -> Path:
    found = (ROOT / path).resolve()
    if not found.is_file():
        stop(f"the load generator is missing: {found} (say where it is with --load PATH)")
    return found


def fresh_groups(count: int = 10) -> str:
    """Groups that nobody has seen: the generator numbers its messages from 1 every time, and a number that
    was seen in a conversation is a repetition."""
    first = 100_000_001 + 1000 * next(_numbers)
    return ",".join(str(first + i) for i in range(count))


def fresh_user() -> int:
    """The first of 1,000 accounts that nobody has seen."""
    return 200_000_001 + 1000 * next(_numbers)


def load(
    tool: Path, bot: Bot, lines: Iterable[str], *options: object, groups: str | None = None
) -> dict[str, Any]:
    """One run over `lines` in rotation, in ten groups. What the generator reports."""
    with tempfile.TemporaryDirectory() as folder:
        commands, output = Path(folder, "commands.txt"), Path(folder, "result.json")
        commands.write_text("\n".join(lines), encoding="utf-8")
        where = ("--groups", fresh_groups(), "--first-user", fresh_user())
        quick = ("--settle-after-connect", 0.1, "--grace", 0.2, "--pid", bot.pid)
        words = (tool, "--url", bot.url, "--commands", commands, "--output", output, *where, *quick, *options)
        done = subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True, check=False)
        if not output.is_file():
            raise RuntimeError(f"the load generator failed ({bot.name}): {done.stderr[-2000:]}")
        result: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    if result["missing"] or result["unexpected"]:
        faults = {key: result[key] for key in ("sent", "missing", "unexpected", "disconnects", "paired_by")}
        raise RuntimeError(f"{bot.name} did not answer as expected: {faults}")
    return result
