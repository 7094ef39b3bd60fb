"""What counting how all laboratories did costs, with 5,000 of them in each of 20 rounds.

    python -m benchmarks.distributions [--quick]

Counting a round reads 25,000 scores; at a release nobody waits for that, only for what is then written. A
correction counts the round that it touches while others wait. On SQLite. Status 1 if a bar fails.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import many_scores
from benchmarks.bars import Bar, finish
from benchmarks.house import address, empty_centre
from benchmarks.stalls import p99
from core.scores.models import Distribution
from db.unit import Database, Unit

WRITE_BAR, COUNT_BAR = 50.0, 100.0  # ms
ROUNDS = range(1, many_scores.PROGRAMMES + 1)  # of one activity


async def measure(folder: Path, labs: int) -> list[Bar]:
    await empty_centre(folder)
    await asyncio.to_thread(many_scores.build, folder / "eqabot.db", labs)
    db = Database(address(folder))
    found: list[Distribution] = []
    times: list[float] = []
    for one in ROUNDS:
        begin = time.perf_counter()
        found += await db.read(lambda tx, one=one: tx.spread(one))  # type: ignore[misc]
        times.append((time.perf_counter() - begin) * 1000)

    async def write(tx: Unit) -> None:
        await tx.write_distributions(list(ROUNDS), found)

    await db.write(write)  # the first one opens the connection
    begin = time.perf_counter()
    await db.write(write)
    took = (time.perf_counter() - begin) * 1000
    await db.close()
    half = f"p50 {sorted(times)[len(times) // 2]:.0f} ms, {found[0].labs} laboratories"
    return [
        Bar(f"{len(found)} distributions of {len(ROUNDS)} rounds written", took, WRITE_BAR, "ms"),
        Bar("a round counted, the slowest", p99(times), COUNT_BAR, "ms", detail=half),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="500 laboratories a round")
    labs = 1_000 if parser.parse_args().quick else 10_000
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return finish(asyncio.run(measure(Path(folder) / "house", labs)))


if __name__ == "__main__":
    sys.exit(main())
