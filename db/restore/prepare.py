"""What every restore does to the copy before it takes the place of the present database."""

from datetime import UTC, datetime
from pathlib import Path

from alembic.util.exc import CommandError
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from core.access import Principal
from core.errors import DomainError
from db.migrate import upgrade
from db.restore.held import Numbers, numbers, start_held
from db.unit import Database, Unit


async def prepare(new: URL, lost: URL | None, source: Path, who: Principal, real: datetime) -> None:
    """The newest schema, and held."""
    known = await _lost_numbers(lost) if lost is not None else {}
    copied = datetime.fromtimestamp(source.stat().st_mtime, UTC)
    db = Database(new.render_as_string(hide_password=False))

    async def work(tx: Unit) -> None:
        await start_held(tx, copied, real, known)
        await tx.audit(who, "backup.restore", "database", {"copied": copied.isoformat()}, real)
        await tx.seal_all()

    try:
        await _check_ours(db, source)
        await upgrade(db)
        await db.write(work)
    except CommandError as fault:  # a schema that this program does not know
        raise DomainError("settings/database_newer") from fault
    finally:
        await db.close()


async def _check_ours(db: Database, source: Path) -> None:
    async def work(tx: Unit) -> None:
        for table in ("alembic_version", "push", "instance"):
            await tx._one(text(f"SELECT 1 FROM {table} LIMIT 1"))

    try:
        await db.read(work)
    except SQLAlchemyError as fault:
        raise DomainError("backup/not_ours", file=str(source)) from fault


async def _lost_numbers(url: URL) -> Numbers:
    """None where that database can't be read: it may be why there is a restore."""
    db = Database(url.render_as_string(hide_password=False))
    try:
        return await db.read(numbers)
    except SQLAlchemyError:
        return {}
    finally:
        await db.close()
