"""A consistent copy while the bot runs (interfaces §1)."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL

from core.errors import DomainError
from db import pgtools
from db.engine import checked_url


def is_file(url: str) -> bool:
    """Whether the database is a SQLite file."""
    return checked_url(url).drivername.startswith("sqlite")


async def back_up(url: str, target: Path) -> None:
    """Copy the database into a new file that only its owner may read. DomainError: backup/exists,
    backup/unwritable, backup/no_database, backup/damaged, and those of db/pgtools.py."""
    address = checked_url(url)
    source = Path(str(address.database))
    if is_file(url) and not source.exists():
        raise DomainError("backup/no_database", file=str(source))
    _reserve(target)
    try:
        await (asyncio.to_thread(copy, source, target) if is_file(url) else _dump(address, target))
    except BaseException:  # half a copy must not be taken for one
        target.unlink()
        raise


def _reserve(target: Path) -> None:
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as fault:
        raise DomainError("backup/exists", file=str(target)) from fault
    except OSError as fault:
        raise DomainError("backup/unwritable", file=str(target)) from fault


def copy(source: Path, target: Path) -> None:
    """All of a SQLite database that may be in use, its WAL included; checked. DomainError: backup/damaged,
    backup/unwritable."""
    try:
        reading = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=10)
        with closing(reading) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
            sound = new.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    except sqlite3.OperationalError as fault:
        raise DomainError("backup/unwritable", file=str(target)) from fault
    except sqlite3.DatabaseError as fault:
        raise DomainError("backup/damaged", file=str(source)) from fault
    if not sound:
        raise DomainError("backup/damaged", file=str(source))


async def _dump(address: URL, target: Path) -> None:
    await pgtools.run("pg_dump", address, "--format=custom", "--no-owner", f"--file={target}")
