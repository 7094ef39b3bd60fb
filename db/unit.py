"""Transactions: function-shaped and shielded, because a cancelled task may have committed half-seen."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.access import Access
from db.agreements import Agreements
from db.arrivals import Arrivals
from db.bindings import Bindings
from db.certificates import Certificates
from db.changes import Changes
from db.departures import Departures
from db.distributions import Distributions
from db.doubts import Doubts
from db.engine import make_engines, write_turns
from db.enrolment import Enrolments
from db.expansion import Pushes
from db.exports import Exports
from db.greetings import Greetings
from db.imports import Imports
from db.labs import Labs
from db.members import Members
from db.notices import Notices
from db.own import Own
from db.own_scores import OwnScores
from db.own_trend import OwnTrend
from db.phone_list import PhoneList
from db.reach import Reaches
from db.receipts import Receipts
from db.record import Record
from db.requests import Requests
from db.retention import Retention
from db.roster import Roster
from db.rounds import Activities
from db.score_todo import ScoreTodo
from db.scores import Scores
from db.suspending import Suspensions
from db.timetable import Timetable
from db.watch import Watching

T = TypeVar("T")

PAUSE = 0.01  # seconds; doubled at each try and drawn at random, else rivals collide again and again
# How often a transaction is tried when PostgreSQL asks for the whole of it again. Two writers of one new
# key may also end as a unique violation (23505): read again, it is there.
_TRIES = {"40001": 12, "40P01": 12, "23505": 5}


class Unit(
    Access,
    Agreements,
    Bindings,
    Suspensions,
    Departures,
    Requests,
    Labs,
    Roster,
    Enrolments,
    Activities,
    Changes,
    Receipts,
    Arrivals,
    Own,
    OwnScores,
    OwnTrend,
    ScoreTodo,
    Record,
    Scores,
    Distributions,
    Certificates,
    Members,
    Greetings,
    Pushes,
    Doubts,
    Timetable,
    Watching,
    Notices,
    Reaches,
    PhoneList,
    Exports,
    Imports,
    Retention,
):
    """The queries of all subjects on one transaction; a use case asks for just those it needs."""


class Database:
    """`write` and `read` run a function in a transaction. On SQLite only one writes at a time, in this
    process or another: versions before 3.51.3 may damage the file when two connections write and
    checkpoint at one instant, so writers of all processes take turns at a lock file."""

    def __init__(self, url: str) -> None:
        self.writer, self.reader = make_engines(url)
        self._turn, self._file = write_turns(url)
        self._under_way: set[asyncio.Task[Any]] = set()

    async def write(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Run `work` in a transaction that commits only if it returns. A cancel means "unknown": the
        transaction runs to its end, and the caller has to read again by key."""
        return await self._to_its_end(self._write(work))

    async def _write(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        for tried in count(1):
            try:
                async with self._turn, self._file, self.writer.begin() as connection:
                    return await work(Unit(connection))
            except DBAPIError as fault:
                if tried >= _TRIES.get(getattr(fault.orig, "sqlstate", ""), 1):
                    raise
            await asyncio.sleep(random.uniform(0, min(PAUSE * 2**tried, 0.5)))
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Nobody else writes meanwhile, on SQLite: for what is no transaction of `write`."""
        async with self._turn, self._file:
            yield

    async def flush_log(self) -> bool:
        """After an erasing: on SQLite what was erased stands in the write-ahead log until it begins anew. False if
        somebody read for too long. PostgreSQL keeps its own to restore from."""
        if self.writer.dialect.name != "sqlite":
            return True
        async with self.turn(), self.writer.connect() as connection:
            raw: Any = (await connection.get_raw_connection()).driver_connection
            async with raw.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:  # in no transaction
                (busy, *_) = await cursor.fetchone()
        return not busy

    async def read(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Run `work` on a connection that cannot write."""
        return await self._to_its_end(_within(self.reader, work))

    async def _to_its_end(self, running: Coroutine[Any, Any, T]) -> T:
        """Shielded, and held on to: after a cancel nobody else would keep the task."""
        task = asyncio.create_task(running)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def close(self) -> None:
        await self.reader.dispose()
        await self.writer.dispose()


class Within:
    """The same two doors inside a transaction that is open already."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def write(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        return await work(self._unit)

    async def read(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        return await work(self._unit)


async def _within(engine: AsyncEngine, work: Callable[[Unit], Awaitable[T]]) -> T:
    async with engine.begin() as connection:
        return await work(Unit(connection))
