"""Eight writers in four processes count together on one SQLite file: none is lost, and nobody hears
"database is locked" (eight writers within one process: tests/db/test_transactions.py)."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from tests.db.stores import Stores
from tests.db.test_transactions import NOON, seen

ROOT = Path(__file__).parents[2]
PROCESSES, WRITERS, TIMES = 4, 2, 40
COUNTER = """
import asyncio, sys
from datetime import timedelta
from sqlalchemy import select, update
from db.pushes import instance
from db.unit import Database

async def one_more(tx):
    row = await tx._one(select(instance.c.seen_at).where(instance.c.id == "计数"))
    await asyncio.sleep(0)
    later = row.seen_at + timedelta(seconds=1)
    await tx._run(update(instance).where(instance.c.id == "计数").values(seen_at=later))

async def main(url, writers, times):
    db = Database(url)
    async def writer():
        for _ in range(times):
            await db.write(one_more)
    await asyncio.gather(*(writer() for _ in range(writers)))
    await db.close()

asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


async def counted(url: str) -> None:
    command = ("-c", COUNTER, url, str(WRITERS), str(TIMES))
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()


async def test_processes_count_together(stores: Stores) -> None:
    async with stores.fresh("sqlite") as db:
        await db.write(lambda tx: tx.beat("计数", NOON))
        url = db.writer.url.render_as_string(hide_password=False)
        async with asyncio.timeout(120):
            await asyncio.gather(*(counted(url) for _ in range(PROCESSES)))
        assert await seen(db, "计数") == NOON + timedelta(seconds=PROCESSES * WRITERS * TIMES)
