"""The program itself, killed with `kill -9` at random moments of one continuous run, by default with waits of 2 s.

    python -m benchmarks.kill9 [--database postgresql] [--kills 300] [--deliveries 3000] [--seed 20260320]
    python -m benchmarks.kill9 --unsure 60 --kills 5 --deliveries 40      (the waits that users have)

It sends to 40 groups of a fake QQ that outlives it, answers slowly, refuses, drops the socket, and is the judge:
each reference must have been shown exactly once, and each delivery must have come to its end. Exit status 1
otherwise.
"""

import argparse
import asyncio
import random
import shutil
import sys
import time
from pathlib import Path

from benchmarks.bars import Bar, finish, note
from tests.db.stores import Stores, quick_folder
from tests.faults.storm import FINAL, Storm


def main() -> int:
    parser = argparse.ArgumentParser(description="kill -9 at random moments.")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--deliveries", type=int, default=3000)
    parser.add_argument(
        "--unsure", type=int, default=2, help="seconds until a doubt is looked into; users have 60"
    )
    parser.add_argument("--seed", type=int, default=20260320)
    args = parser.parse_args()
    return asyncio.run(_measured(args))


async def _measured(args: argparse.Namespace) -> int:
    folder, stores = quick_folder(), Stores()
    try:
        async with stores.fresh(args.database, migrated=False) as db:
            url = db.writer.url.render_as_string(hide_password=False)
            if args.database == "sqlite":
                url = f"sqlite+aiosqlite:///{folder / 'eqabot.db'}"
            return await _storm(args, folder, url)
    finally:
        await stores.close()
        shutil.rmtree(folder)


async def _storm(args: argparse.Namespace, folder: Path, url: str) -> int:
    storm = Storm(folder, url, random.Random(args.seed), unsure=args.unsure)
    await storm.furnish()
    began = time.monotonic()
    async with storm.bot, storm.qq() as qq:
        for kills in range(10, args.kills + 10, 10):
            await storm.run(qq, min(kills, args.kills))
            note(f"{storm.kills} kills, {len(await qq.shown())} messages, {time.monotonic() - began:.0f} s")
        await storm.fill(args.deliveries)
        await storm.settle(qq, patience=120 + 12 * args.unsure)
        verdict, states = await storm.verdict(qq)
    note(f"{verdict}\n{dict(states)}\nseconds: {time.monotonic() - began:.0f}")
    ended = sum(states[str(state)] for state in FINAL)
    return finish(
        [
            Bar("kills", storm.kills, args.kills, "", at_least=True),
            Bar("deliveries", states.total(), args.deliveries, "", at_least=True),
            Bar("lost", len(verdict.lost), 0, ""),
            Bar("doubled", len(verdict.doubled), 0, ""),
            Bar("not ended", states.total() - ended, 0, ""),
            Bar("integrity ok", storm.integrity() == "ok", 1, "", at_least=True),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
