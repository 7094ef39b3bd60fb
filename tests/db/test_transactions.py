"""A transaction commits if its work returns, and only then; none gets stuck."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from db.pushes import instance
from db.unit import Database, Unit
from tests.db.stores import Stores

NOON = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
Work = Callable[[Unit], Awaitable[object]]
WRITERS = 8
CANCELS = 200


async def seen(db: Database, name: str) -> datetime | None:
    async def work(tx: Unit) -> datetime | None:
        row = await tx._one(select(instance.c.seen_at).where(instance.c.id == name))
        return row.seen_at if row else None

    return await db.read(work)


async def nobody_holds(engine: AsyncEngine, run: Callable[[Work], Awaitable[object]]) -> None:
    """Takes every connection of the pool at the same time: one that got stuck would be missing."""
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    together = asyncio.Barrier(pool.size())
    async with asyncio.timeout(20):
        await asyncio.gather(*(run(lambda _: together.wait()) for _ in range(pool.size())))


async def test_work_that_returns_is_kept(db: Database) -> None:
    await db.write(lambda tx: tx.beat("甲", NOON))
    assert await seen(db, "甲") == NOON


async def test_work_that_raises_leaves_nothing(db: Database) -> None:
    async def work(tx: Unit) -> None:
        await tx.beat("甲", NOON)
        raise LookupError("half way")

    with pytest.raises(LookupError, match="half way"):
        await db.write(work)
    assert await seen(db, "甲") is None


async def test_the_reader_cannot_write(db: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"):
        await db.read(lambda tx: tx.beat("甲", NOON))
    assert await seen(db, "甲") is None


async def count_up(dbs: Sequence[Database], times: int) -> None:
    """Each of WRITERS reads, thinks, and writes one more, `times` times; they share out the databases."""

    async def one_more(tx: Unit) -> None:
        row = await tx._one(select(instance.c.seen_at).where(instance.c.id == "计数"))
        await asyncio.sleep(0)
        later = row.seen_at + timedelta(seconds=1)
        await tx._run(update(instance).where(instance.c.id == "计数").values(seen_at=later))

    async def writer(db: Database) -> None:
        for _ in range(times):
            await db.write(one_more)

    await dbs[0].write(lambda tx: tx.beat("计数", NOON))
    async with asyncio.TaskGroup() as group:
        for n in range(WRITERS):
            group.create_task(writer(dbs[n % len(dbs)]))
    assert await seen(dbs[0], "计数") == NOON + timedelta(seconds=WRITERS * times)


async def test_parallel_counting_loses_nothing(db: Database) -> None:
    """Read-modify-write: SQLite's own transactions lost 1,377 of 1,600 (architecture §3)."""
    await count_up([db], 200 if db.writer.dialect.name == "sqlite" else 50)


async def test_two_instances_count_together(db: Database) -> None:
    other = Database(db.writer.url.render_as_string(hide_password=False))
    await count_up([db, other], 12)
    await other.close()


async def test_one_new_key_by_many_writers_at_once(db: Database) -> None:
    """Two who both find a key missing and both insert it: the second begins again and finds it."""

    async def add_unless_there(tx: Unit) -> bool:
        there = await tx._one(select(instance.c.id).where(instance.c.id == "唯一"))
        if there is None:
            await tx._run(instance.insert().values(id="唯一", started_at=NOON, seen_at=NOON))
        return there is None

    added = await asyncio.gather(*(db.write(add_unless_there) for _ in range(WRITERS)))
    assert sorted(added) == [False] * (WRITERS - 1) + [True]


async def test_a_cancelled_write_is_whole_or_absent_and_frees_its_connection(db: Database) -> None:
    chance = random.Random(20260320)

    async def pair(tx: Unit, name: str) -> None:
        await tx.beat(f"{name}-上", NOON)
        await asyncio.sleep(0)
        await tx.beat(f"{name}-下", NOON)

    async def cancelled(name: str) -> bool:
        task = asyncio.create_task(db.write(lambda tx: pair(tx, name)))
        await asyncio.sleep(chance.random() / 100)
        task.cancel()
        return isinstance((await asyncio.gather(task, return_exceptions=True))[0], asyncio.CancelledError)

    cut = sum([await cancelled(f"n{i}") for i in range(CANCELS)])
    assert cut > CANCELS / 10  # else this test has cut nothing short
    await nobody_holds(db.writer, db.write)
    names = [row.id for row in await db.read(lambda tx: tx._all(select(instance.c.id)))]
    assert set(Counter(name.partition("-")[0] for name in names).values()) == {2}


async def test_a_write_once_begun_runs_to_its_end_though_its_caller_is_cancelled(db: Database) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work(tx: Unit) -> None:
        begun.set()
        await go_on.wait()
        await tx.beat("甲", NOON)

    task = asyncio.create_task(db.write(work))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    await nobody_holds(db.writer, db.write)
    assert await seen(db, "甲") == NOON


async def test_cancelled_reads_give_their_connections_back(db: Database) -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(db.read(lambda tx: tx.groups()))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    for _ in range(30):
        await cancelled()
    await nobody_holds(db.reader, db.read)


async def test_naive_moments_are_refused(db: Database) -> None:
    with pytest.raises(StatementError, match="naive datetime"):
        await db.write(lambda tx: tx.beat("甲", NOON.replace(tzinfo=None)))


async def test_moments_come_back_as_aware_utc(db: Database) -> None:
    for hours in (8, 0, -5):
        here = NOON.astimezone(timezone(timedelta(hours=hours)))
        await db.write(lambda tx, here=here: tx.beat("甲", here))  # type: ignore[misc]
        back = await seen(db, "甲")
        assert back == NOON
        assert back.tzinfo is UTC


async def test_moments_are_compared_as_instants(db: Database) -> None:
    """Across zones: an instance seen at 12:00+08:00 is older than 05:00 UTC."""
    await db.write(lambda tx: tx.beat("甲", NOON.astimezone(timezone(timedelta(hours=8)))))
    query = select(instance.c.id).where(instance.c.seen_at < NOON + timedelta(hours=1))
    assert len(await db.read(lambda tx: tx._all(query))) == 1


async def test_sqlite_reads_while_a_write_is_under_way(stores: Stores) -> None:
    async with stores.fresh("sqlite") as db:

        async def work(tx: Unit) -> datetime | None:
            await tx.beat("甲", NOON)
            return await seen(db, "甲")  # another connection, which sees what was committed

        assert await db.write(work) is None
        assert await seen(db, "甲") == NOON
