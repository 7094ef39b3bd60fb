"""What the commands of the program share."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from alembic.util.exc import CommandError
from sqlalchemy.exc import SQLAlchemyError

from bot.dispatcher import OPERATOR as OPERATOR
from bot.scheduler.sealing import seal_new
from bot.settings import Settings
from bot.texts import say_error
from core.errors import DomainError
from db.engine import checked_url
from db.migrate import upgrade
from db.unit import Database


def complain(refusal: DomainError) -> int:
    """One sentence on standard error; the exit status."""
    print(say_error(refusal), file=sys.stderr)
    return 1


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Database]:
    """As `opened`; what the command wrote into the log is sealed in the end."""
    async with opened(settings) as db:
        try:
            yield db
        except DomainError:
            await seal_new(db)
            raise
        await seal_new(db)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database at the newest schema, or DomainError("settings/database_unreachable")."""
    db = await _opened(settings)
    try:
        yield db
    finally:
        await db.close()


async def _opened(settings: Settings) -> Database:
    db = None
    try:
        db = Database(settings.database_url)
        await upgrade(db)
    except CommandError as fault:  # the schema has a version that this program does not know
        if db is not None:
            await db.close()
        raise DomainError("settings/database_newer") from fault
    except (OSError, SQLAlchemyError) as fault:
        if db is not None:
            await db.close()
        url = checked_url(settings.database_url)
        where = f"{url.host}:{url.port or 5432}" if url.host else str(url.database)
        raise DomainError("settings/database_unreachable", where=where) from fault
    return db
