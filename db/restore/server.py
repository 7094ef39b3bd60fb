"""PostgreSQL: the backup becomes a database of its own, then both are renamed in one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from core.access import Principal
from core.errors import DomainError
from db import pgtools
from db.restore.prepare import prepare

_LONGEST = 40  # characters of a name that gets a stamp; PostgreSQL knows 63


async def put_back(url: URL, source: Path, who: Principal, real: datetime, stamp: str) -> str:
    name = str(url.database)
    beside, aside = (f"{name[:_LONGEST]}-{stamp}-{why}" for why in ("new", "old"))
    async with _administering(url) as admin:
        stands = await _check_unused(admin, name)
        if await _check_unused(admin, aside):
            raise DomainError("backup/exists", file=aside)
        await _say(admin, f"CREATE DATABASE {_quoted(beside)} TEMPLATE template0")
        try:
            new = url.set(database=beside)
            options = ("--no-owner", "--exit-on-error", f"--dbname={beside}")
            await pgtools.run("pg_restore", new, *options, str(source))
            await prepare(new, url if stands else None, source, who, real)
            await _check_unused(admin, name)
            await _rename(admin, *([(name, aside)] if stands else []), (beside, name))
        finally:
            await _say(admin, f"DROP DATABASE IF EXISTS {_quoted(beside)} WITH (FORCE)")
    return aside if stands else ""


@asynccontextmanager
async def _administering(url: URL) -> AsyncIterator[AsyncConnection]:
    other = "postgres" if url.database != "postgres" else "template1"
    engine = create_async_engine(url.set(database=other), isolation_level="AUTOCOMMIT", hide_parameters=True)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


async def _check_unused(admin: AsyncConnection, name: str) -> bool:
    """Whether there is such a database; DomainError("backup/running") if anybody is in it."""
    at_work, stands = [
        (await admin.execute(text(f"SELECT 1 FROM {view} WHERE datname = :name"), {"name": name})).first()
        for view in ("pg_stat_activity", "pg_database")
    ]
    if at_work:
        raise DomainError("backup/running")
    return stands is not None


async def _rename(admin: AsyncConnection, *pairs: tuple[str, str]) -> None:
    """All or none."""
    await _say(admin, "BEGIN")
    try:
        for old, new in pairs:
            await _say(admin, f"ALTER DATABASE {_quoted(old)} RENAME TO {_quoted(new)}")
    except BaseException:
        await _say(admin, "ROLLBACK")
        raise
    await _say(admin, "COMMIT")


async def _say(admin: AsyncConnection, statement: str) -> None:
    await admin.exec_driver_sql(statement)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
