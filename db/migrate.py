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
    """Upgrade to head; nothing happens when the schema is the newest already."""
    async with db.writer.connect() as connection, _alone(connection):
        await connection.run_sync(lambda c: command.upgrade(_config(c), "head"))
        await connection.commit()


@asynccontextmanager
async def _alone(connection: AsyncConnection) -> AsyncIterator[None]:
    """Instances that start together upgrade one after another; on SQLite BEGIN IMMEDIATE sees to it."""
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
