"""What 查重 and 申请状态 cost with 50,000 laboratories: the whole answer through the real door, and for how long
nobody else is served meanwhile. `processor`: what of it is our own work, for others may use the machine too.

    python -m benchmarks.names [--quick] [--postgresql]

Exact, near, by sound, and no name at all, in turns. Also the first answer after the roster changed, which builds
the index, and what the index weighs. Status 1 if a bar fails.
"""

import argparse
import asyncio
import gc
import random
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from statistics import median

import nonebot

from benchmarks import roster
from benchmarks.bars import Bar, finish, note
from benchmarks.stalls import p99
from bot.app import load_plugins
from bot.door import Door
from bot.incoming import Incoming, Job
from bot.settings import Settings
from core.access import Account, PlaceKind
from core.clock import SystemClock
from core.labs.names import unit_key
from core.labs.near import NameIndex
from db.unit import Database
from tests.db.stores import Stores

ANSWER_BAR, STALL_BAR, MEMORY_BAR = 50.0, 50.0, 60.0
BEAT = 0.001
SOUNDS = str.maketrans("晴川禾听白清林源", "情穿和厅百青临园")  # what an input method offers instead
_ids = count(1)


class Beat:
    """How late the event loop is at worst, in ms."""

    def __init__(self) -> None:
        self.worst = 0.0

    async def run(self) -> None:
        while True:
            begin = time.perf_counter()
            await asyncio.sleep(BEAT)
            self.worst = max(self.worst, (time.perf_counter() - begin - BEAT) * 1000)

    def taken(self) -> float:
        worst, self.worst = self.worst, 0.0
        return worst


async def ask(door: Door, text: str) -> str:
    said: list[str] = []

    async def reply(part: object) -> None:
        said.append(str(part))

    account = Account("qq", str(800_000_000 + next(_ids)))
    incoming = Incoming("qq", account, PlaceKind.PRIVATE, "", text, str(next(_ids)), datetime.now(UTC))
    found = door.recognise(incoming)
    assert found is not None
    await door.handle(Job(incoming, reply, *found))
    return "\n".join(said)


def _wrong(name: str) -> str:
    at = name.index("市") + 2
    return f"{name[:at]}谬{name[at + 1 :]}"


CASES: dict[str, tuple[Callable[[str], str], str]] = {
    "exact": (lambda name: name, "「"),
    "near": (_wrong, "相近"),
    "by sound": (lambda name: name.translate(SOUNDS), "「"),
    "none": (lambda name: f"铜陵市{name[3:5]}谬误无此{name[-4:]}", "没有"),
    "part": (lambda name: name[3:5], "相近"),
    "kind only": (lambda name: name[-6:], "「"),
}


async def measure(db: Database, labs: int, turns: int) -> list[Bar]:
    names = roster.names(labs)
    begin = time.perf_counter()
    await roster.build(db, names)
    note(f"{labs} laboratories written in {time.perf_counter() - begin:.0f} s")
    nonebot.init(_env_file=None, driver="~none", log_level="WARNING")
    settings = Settings(_env_file=None, EQABOT_PER_PERSON=1_000_000, EQABOT_PER_GROUP=1_000_000)  # type: ignore[call-arg]
    door, beat = Door(db, SystemClock(), load_plugins(), settings), Beat()
    gc.collect()
    gc.freeze()  # as `eqabot run` does when it starts
    beating = asyncio.create_task(beat.run())
    try:
        await asyncio.sleep(0.05)
        beat.taken()
        bars = [await _first(door, beat, names[0])]
        return [*bars, *await _by_turns(door, beat, names, turns), _weight(names)]
    finally:
        beating.cancel()


async def _first(door: Door, beat: Beat, name: str) -> Bar:
    await ask(door, f"查重 {name}")  # compiles the template, once in the life of the program
    beat.taken()
    begin = time.perf_counter()
    await ask(door, f"查重 {_wrong(name)}")
    took = time.perf_counter() - begin
    return Bar("first near name, loop stalled", beat.taken(), STALL_BAR, "ms", detail=f"answered in {took:.2f} s")


async def _by_turns(door: Door, beat: Beat, names: list[str], turns: int) -> list[Bar]:
    chance, took = random.Random(7), dict[str, list[float]]()
    stalls, own = dict[str, float](), dict[str, list[float]]()
    for turn in range(turns + 5):
        for word in ("查重", "申请状态"):
            for case, (spelled, _) in CASES.items():
                text = f"{word} {spelled(chance.choice(names))}"
                begin, worked = time.perf_counter(), time.process_time()
                await ask(door, text)
                if turn >= 5:
                    own.setdefault(f"{word} {case}", []).append((time.process_time() - worked) * 1000)
                    took.setdefault(f"{word} {case}", []).append((time.perf_counter() - begin) * 1000)
                    stalls[f"{word} {case}"] = max(stalls.get(f"{word} {case}", 0), beat.taken())
    return [
        bar
        for case, times in took.items()
        for bar in (
            Bar(
                f"{case}: p99",
                p99(times),
                ANSWER_BAR,
                "ms",
                detail=f"median {median(times):.2f}, processor {_said(own[case])} ms",
            ),
            Bar(f"{case}: loop stalled", stalls[case], STALL_BAR, "ms"),
        )
    ]


def _said(times: list[float]) -> str:
    return f"{median(times):.2f}, p99 {p99(times):.2f}"


def _weight(names: list[str]) -> Bar:
    """Of the index, with the strings that it keeps."""
    tracemalloc.start()
    keyed = [(row["name_key"], names[row["lab_id"] - 1]) for row in roster._others(names)]
    keyed += [(unit_key(name), name) for name in names]
    begin = time.perf_counter()
    index = NameIndex(keyed)
    took = time.perf_counter() - begin
    size = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    return Bar(
        "index in memory", size, MEMORY_BAR, "MB", detail=f"{len(index)} names, built in {took:.1f} s traced"
    )


async def run(kind: str, labs: int, turns: int) -> int:
    stores = Stores()
    try:
        async with stores.fresh(kind) as db:
            return finish(await measure(db, labs, turns))
    finally:
        await stores.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="10,000 laboratories")
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    labs, turns = (10_000, 20) if given.quick else (50_000, 100)
    return asyncio.run(run("postgresql" if given.postgresql else "sqlite", labs, turns))


if __name__ == "__main__":
    sys.exit(main())
