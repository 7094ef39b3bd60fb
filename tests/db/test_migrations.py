"""Empty → head, head == metadata, and back, on both kinds of database."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select

from db.migrate import HERE, _config, upgrade
from db.pushes import instance
from db.tables import metadata
from db.unit import Database
from tests.conftest import BOTH
from tests.db.stores import Stores

UPGRADE = """
import asyncio, sys
from db.migrate import upgrade
from db.unit import Database
async def main():
    database = Database(sys.argv[1])
    await upgrade(database)
    await database.close()
asyncio.run(main())
"""


@pytest.fixture(params=BOTH)
async def empty(request: pytest.FixtureRequest, stores: Stores) -> AsyncIterator[Database]:
    async with stores.fresh(request.param, migrated=False) as database:
        yield database


async def tables(db: Database) -> set[str]:
    async with db.reader.connect() as connection:
        return set(await connection.run_sync(lambda c: inspect(c).get_table_names()))


def differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, metadata))


async def downgrade(db: Database, to: str) -> None:
    async with db.writer.connect() as connection:
        await connection.run_sync(lambda c: command.downgrade(_config(c), to))
        await connection.commit()


async def test_empty_to_head_is_the_metadata(empty: Database) -> None:
    assert await tables(empty) == set()
    await upgrade(empty)
    assert await tables(empty) == {*metadata.tables, "alembic_version"}
    async with empty.reader.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_second_upgrade_keeps_everything(db: Database) -> None:
    await db.write(lambda tx: tx.beat("甲", datetime(2026, 3, 20, tzinfo=UTC)))
    await upgrade(db)
    assert len(await db.read(lambda tx: tx._all(select(instance)))) == 1


async def test_instances_that_start_together_upgrade_once(empty: Database) -> None:
    url = empty.writer.url.render_as_string(hide_password=False)
    command_line = (sys.executable, "-c", UPGRADE, url)
    starting = [await asyncio.create_subprocess_exec(*command_line, cwd=HERE.parents[1]) for _ in range(3)]
    assert await asyncio.gather(*(one.wait() for one in starting)) == [0, 0, 0]
    assert await tables(empty) == {*metadata.tables, "alembic_version"}


async def test_down_to_base_and_up_again(db: Database) -> None:
    await downgrade(db, "base")
    assert await tables(db) == {"alembic_version"}
    await upgrade(db)
    async with db.reader.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_there_is_one_tree_with_one_head(db: Database) -> None:
    async with db.reader.connect() as connection:
        script = ScriptDirectory.from_config(await connection.run_sync(_config))
        standing = await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
    assert script.get_heads() == [standing]
