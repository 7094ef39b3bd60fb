"""Non-interference at length: `python -m benchmarks.interference [--quick | --pairs N] [--jobs N]`; status 1 if a
byte differs."""

import argparse
import asyncio
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from time import monotonic

from loguru import logger

from tests.db.stores import quick_folder
from tests.privacy.twins import QUESTIONS, Scenario, differences

PAIRS, QUICK = 5000, 20


def part(first: int, last: int) -> tuple[int, int]:
    """(pairs that differ, messages of a run) of seeds `first` to `last`, each compared with the one before it."""
    logger.remove()
    return asyncio.run(_part(first, last))


async def _part(first: int, last: int) -> tuple[int, int]:
    folder, differing = quick_folder(), 0
    try:
        scenario = Scenario(folder)
        await scenario.prepare()
        before = await scenario.seen(first - 1)
        for seed in range(first, last + 1):
            after = await scenario.seen(seed)
            found = differences(before, after)
            differing += bool(found)
            for one, other in found[:3]:
                print(f"pair {seed}:\n  {one}\n  {other}", flush=True)
            before = after
            if not (seed - first + 1) % 100:
                print(f"pairs {first} to {seed}: {differing} differ", flush=True)
    finally:
        shutil.rmtree(folder)
    return differing, len(before)


def run(pairs: int, jobs: int) -> int:
    """How many pairs of runs differ."""
    begun, bounds = monotonic(), [pairs * number // jobs for number in range(jobs + 1)]
    with ProcessPoolExecutor(jobs) as workers:
        parts = list(workers.map(part, [one + 1 for one in bounds[:-1]], bounds[1:]))
    differing, messages = sum(one for one, _ in parts), parts[0][1]
    seconds = (monotonic() - begun) / pairs
    print(f"{pairs} pairs, {messages} messages each, {len(QUESTIONS)} questions; {differing} pairs differ;")
    print(f"{seconds:.2f} s a pair with {jobs} processes")
    return differing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    return 1 if run(QUICK if args.quick else args.pairs, args.jobs) else 0


if __name__ == "__main__":
    sys.exit(main())
