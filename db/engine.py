"""Engines. SQLite: one writing connection with BEGIN IMMEDIATE, readers that cannot write (architecture §3)."""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from core.errors import DomainError
from db.one_trip import connect

DRIVERS = {"sqlite+aiosqlite", "postgresql+asyncpg"}
READERS = 4
WRITERS = 4  # PostgreSQL: the more at once, the more often one has to begin again
BUSY_MS = 10_000
POLL_SECONDS = 0.005


def checked_url(text: str) -> URL:
    """The address, or DomainError("settings/database_url")."""
    try:
        url = make_url(text)
    except ArgumentError as fault:
        raise DomainError("settings/database_url") from fault
    if url.drivername not in DRIVERS or (url.drivername.startswith("sqlite") and not url.database):
        raise DomainError("settings/database_url")
    return url


def make_engines(text: str) -> tuple[AsyncEngine, AsyncEngine]:
    """(writer, reader) for a database address."""
    url = checked_url(text)
    if url.drivername.startswith("sqlite"):
        return _sqlite(url)
    writing: dict[str, Any] = {"pool_size": WRITERS, "max_overflow": 0, "pool_timeout": 60}
    common: dict[str, Any] = {"pool_pre_ping": True, "hide_parameters": True}  # no data in an error
    writer = create_async_engine(url, isolation_level="SERIALIZABLE", **common, **writing)
    reader = create_async_engine(url, pool_size=READERS, **common)
    event.listen(reader.sync_engine, "begin", lambda c: c.exec_driver_sql("SET TRANSACTION READ ONLY"))
    return writer, reader


Turn = AbstractAsyncContextManager[object]


class _FileTurn(AbstractAsyncContextManager[object]):
    """A lock file, tried at once: filelock's own asynchronous lock takes twice as long where nobody holds it."""

    def __init__(self, path: str) -> None:
        self._lock = FileLock(path, thread_local=False)

    async def __aenter__(self) -> None:
        while True:
            try:
                self._lock.acquire(blocking=False)
            except Timeout:
                await asyncio.sleep(POLL_SECONDS)
            else:
                return

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()


def write_turns(text: str) -> tuple[Turn, Turn]:
    """What a writer holds, within this process and among all: on SQLite a lock and a lock file."""
    url = checked_url(text)
    if not url.drivername.startswith("sqlite"):
        return nullcontext(), nullcontext()
    file = _FileTurn(f"{url.database}.lock")
    return asyncio.Lock(), file


def _sqlite(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    file = str(url.database)
    pool: dict[str, Any] = {
        "poolclass": AsyncAdaptedQueuePool,
        "max_overflow": 0,
        "pool_reset_on_return": None,  # every transaction here ends in a commit or a rollback of its own
        "async_creator": lambda: connect(file),
    }
    writer = create_async_engine(url, pool_size=1, pool_timeout=60, hide_parameters=True, **pool)
    reader = create_async_engine(url, pool_size=READERS, pool_timeout=60, hide_parameters=True, **pool)
    for engine, begin in ((writer, "BEGIN IMMEDIATE"), (reader, "BEGIN")):
        _own_transactions(engine, begin)
    _pragmas(
        writer,
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={BUSY_MS}",
    )
    _pragmas(reader, "query_only=ON", f"busy_timeout={BUSY_MS}")
    return writer, reader


def _own_transactions(engine: AsyncEngine, begin: str) -> None:
    """The driver's own BEGIN is DEFERRED and loses read-modify-writes; say it ourselves."""

    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)


def _pragmas(engine: AsyncEngine, *pragmas: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
