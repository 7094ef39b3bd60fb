"""Non-interference at length: `python -m benchmarks.interference [--quick]`; status 1 if a byte differs."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from loguru import logger

from tests.privacy.twins import QUESTIONS, Scenario, differences

PAIRS, QUICK = 500, 20


async def run(pairs: int) -> int:
    """How many pairs of runs differ."""
    differing = 0
    with tempfile.TemporaryDirectory() as folder:
        scenario = Scenario(Path(folder))
        await scenario.prepare()
        before = await scenario.seen(0)
        logger.remove()
        for seed in range(1, pairs + 1):
            after = await scenario.seen(seed)
            found = differences(before, after)
            differing += bool(found)
            for one, other in found[:3]:
                print(f"pair {seed}:\n  {one}\n  {other}")
            before = after
    print(f"{pairs} pairs, {len(before)} messages each, {len(QUESTIONS)} questions; {differing} pairs differ")
    return differing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    return 1 if asyncio.run(run(QUICK if parser.parse_args().quick else PAIRS)) else 0


if __name__ == "__main__":
    sys.exit(main())
