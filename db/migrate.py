"""Schema to the newest version (Alembic, one tree), from the program itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.unit import Database

HERE = Path(__file__).parent / "migrations"
_LOCK = 20260001  # any number that nobody else locks in this database


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


async def upgrade(db: Database) -> None:
    """Upgrade to head, all or nothing; nothing happens when the schema is the newest already.

    SQLite builds a changed table anew and drops the old one, to which others refer: that is checked at the end.
    """
    async with db.turn(), db.writer.connect() as connection, _alone(connection):
        await _check_references(connection, "OFF")
        try:
            async with connection.begin():  # one of its own, or Alembic ends one after each version
                await connection.run_sync(lambda c: command.upgrade(_config(c), "head"))
                await _no_loose_ends(connection)
        finally:
            await _check_references(connection, "ON")


async def _check_references(connection: AsyncConnection, switch: str) -> None:
    """Past SQLAlchemy, which would begin a transaction, in which SQLite ignores this."""
    if connection.dialect.name == "sqlite":
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.execute(f"PRAGMA foreign_keys={switch}")


async def _no_loose_ends(connection: AsyncConnection) -> None:
    if connection.dialect.name == "sqlite":
        loose = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
        if loose:
            raise RuntimeError(f"references to rows that are gone in {sorted({row[0] for row in loose})}")


@asynccontextmanager
async def _alone(connection: AsyncConnection) -> AsyncIterator[None]:
    """Instances that start together upgrade one after another; on SQLite the lock file sees to it."""
    if connection.dialect.name != "postgresql":
        yield
        return
    await connection.execute(select(func.pg_advisory_lock(_LOCK)))
    await connection.commit()  # the lock stays, and the next transaction sees what others did meanwhile
    try:
        yield
    finally:
        await connection.rollback()
        await connection.execute(select(func.pg_advisory_unlock(_LOCK)))
        await connection.commit()
