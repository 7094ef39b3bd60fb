"""Where each case finds its database: a copy of a furnished one, under the case's number."""

import asyncio
import shutil
from pathlib import Path
from typing import Protocol

from sqlalchemy import text

from db.migrate import upgrade
from db.unit import Database
from tests.db.stores import Postgres
from tests.faults.stage import furnish


class House(Protocol):
    async def furnish(self) -> None: ...

    async def make(self, number: int) -> Database: ...

    async def again(self, number: int) -> Database:
        """As the dead process left it."""
        ...

    async def drop(self, number: int) -> None: ...

    def close(self) -> None: ...


class Files:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _file(self, number: int) -> Path:
        return self.folder / f"{number}.db"

    async def furnish(self) -> None:
        database = await self.again(0)
        await upgrade(database)
        await furnish(database)
        await database.close()

    async def make(self, number: int) -> Database:
        shutil.copyfile(self._file(0), self._file(number))
        return await self.again(number)

    async def again(self, number: int) -> Database:
        return Database(f"sqlite+aiosqlite:///{self._file(number)}")

    async def drop(self, number: int) -> None:
        for left in self.folder.glob(f"{number}.db*"):
            left.unlink()

    def close(self) -> None:
        """Nothing that outlives the folder."""


class Server:
    """PostgreSQL; what a dead client had begun, the server ends by itself."""

    def __init__(self, folder: Path) -> None:
        self.postgres = Postgres(folder / "postgres")

    def _name(self, number: int) -> str:
        return f"{self.postgres.prefix}_crash_{number}"

    def _url(self, number: int) -> str:
        return self.postgres.address.set(database=self._name(number)).render_as_string(hide_password=False)

    async def furnish(self) -> None:
        await self.postgres.make_template()
        await self.postgres.create(self._name(0), migrated=True)
        database = Database(self._url(0))
        await furnish(database)
        await database.close()
        await self.postgres._admin.dispose()

    async def make(self, number: int) -> Database:
        await self.postgres._say(f"CREATE DATABASE {self._name(number)} TEMPLATE {self._name(0)}")
        await self.postgres._admin.dispose()
        return Database(self._url(number))

    async def again(self, number: int) -> Database:
        database = Database(self._url(number))
        others = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        async with asyncio.timeout(10), database.reader.connect() as connection:
            while (await connection.execute(text(others))).scalar_one():
                await connection.rollback()
                await asyncio.sleep(0.005)
        return database

    async def drop(self, number: int) -> None:
        await self.postgres.drop(self._name(number))
        await self.postgres._admin.dispose()

    def close(self) -> None:
        if self.postgres.own:
            self.postgres.own.cleanup()
