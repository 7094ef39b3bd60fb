"""aiosqlite connections whose statements take one trip to the connection's thread.

aiosqlite makes a trip, about 0.1 ms, for each of: cursor, execute, fetchall, close. SQLAlchemy asks for all four
with every statement, so an answer of three statements spent half of its time on the way. Likewise BEGIN goes
along with the first statement of its transaction. Our own code, because neither library has a switch for it.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

T = TypeVar("T")
Parameters = Sequence[Any]
AHEAD = 500  # rows that come along at once; the rest of a bigger result is fetched when it is asked for


async def connect(path: str | Path) -> "OneTrip":
    """An open connection, for `create_async_engine(async_creator=…)`."""
    connection = OneTrip(lambda: sqlite3.connect(path), iter_chunk_size=AHEAD)
    connection._thread.daemon = True  # as SQLAlchemy does with its own, so that no program hangs at its end
    await connection
    return connection


class OneTrip(aiosqlite.Connection):
    """Hands out cursors that exist from their first statement on."""

    begin = ""  # what the next statement has to be preceded by

    def cursor(self) -> "Cursor":  # type: ignore[override]
        return Cursor(self)

    async def commit(self) -> None:
        if not self._forget_begin():
            await super().commit()

    async def rollback(self) -> None:
        if not self._forget_begin():
            await super().rollback()

    def _forget_begin(self) -> bool:
        """Whether nothing happened since BEGIN, so that there is nothing to end."""
        empty, self.begin = bool(self.begin), ""
        return empty

    async def trip(self, work: Callable[..., T], *values: Any) -> T:
        """Run `work` in the connection's thread."""
        done: T = await self._execute(work, *values)  # type: ignore[no-untyped-call]
        return done

    def open_transaction(self) -> None:
        """In the connection's thread."""
        if self.begin:
            begin, self.begin = self.begin, ""
            self._conn.execute(begin)


class Cursor:
    """What SQLAlchemy asks of a driver's cursor; what it asks after `execute` is mostly there already."""

    def __init__(self, connection: OneTrip) -> None:
        self._connection = connection
        self._open: sqlite3.Cursor | None = None
        self._rows: deque[Any] = deque()
        self.description: Any = None
        self.rowcount, self.lastrowid, self.arraysize = -1, 0, 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Parameters = ()) -> Self:
        if sql.startswith("BEGIN"):
            self._connection.begin = sql
            return self
        await self._connection.trip(self._run, sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Parameters]) -> Self:
        await self._connection.trip(self._run_many, sql, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        if self._open is not None:
            self._rows.extend(await self._connection.trip(self._rest))
        rows = list(self._rows)
        self._rows.clear()
        return rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        wanted = size or self.arraysize
        if len(self._rows) < wanted and self._open is not None:
            self._rows.extend(await self._connection.trip(self._next, wanted))
        return [self._rows.popleft() for _ in range(min(wanted, len(self._rows)))]

    async def fetchone(self) -> Any:
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def close(self) -> None:
        self._rows.clear()
        if self._open is not None:
            await self._connection.trip(self._finish)

    # -- in the connection's thread

    def _run(self, sql: str, parameters: Parameters) -> None:
        self._connection.open_transaction()
        self._open = self._connection._conn.execute(sql, parameters)
        self.description, self.lastrowid = self._open.description, self._open.lastrowid or 0
        self._rows = deque(self._next(AHEAD))
        self.rowcount = self._open.rowcount if self._open is not None else self.rowcount

    def _run_many(self, sql: str, parameters: Iterable[Parameters]) -> None:
        self._connection.open_transaction()
        self._open = self._connection._conn.executemany(sql, parameters)
        self.rowcount = self._open.rowcount
        self._finish()

    def _next(self, count: int) -> list[Any]:
        """The next rows; the statement ends with the last one, for an open one holds a snapshot."""
        assert self._open is not None
        rows = self._open.fetchmany(count)
        if len(rows) < count:
            self.rowcount = self._open.rowcount
            self._finish()
        return rows

    def _rest(self) -> list[Any]:
        assert self._open is not None
        rows = self._open.fetchall()
        self._finish()
        return rows

    def _finish(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
