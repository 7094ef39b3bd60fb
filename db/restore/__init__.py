"""A backup put in the place of the present database, which is kept aside (interfaces §1)."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import URL

from core.access import Principal
from core.calendar import shanghai
from core.errors import DomainError
from db.backup import copy, is_file
from db.engine import checked_url
from db.restore.prepare import prepare
from db.restore.server import put_back as _server

_NAMES = ("restoring", "before-restore")
_SQLITE, _DUMP = b"SQLite format 3\0", b"PGDMP"


async def restore(url: str, source: Path, who: Principal, real: datetime) -> str:
    """Put the backup into place, held; returns where the database of until now is, or nothing.

    Until the last moment all is made beside it. DomainError: backup/no_file, backup/other_kind, backup/not_ours,
    backup/running, settings/database_newer, and those of db/backup.py.
    """
    _check_kind(url, source)
    stamp = f"{shanghai(real):%Y%m%d-%H%M%S}"
    put_back = _file if is_file(url) else _server
    return await put_back(checked_url(url), source, who, real, stamp)


def _check_kind(url: str, source: Path) -> None:
    try:
        with source.open("rb") as file:
            head = file.read(len(_SQLITE))
    except OSError as fault:
        raise DomainError("backup/no_file", file=str(source)) from fault
    wanted, other = (_SQLITE, _DUMP) if is_file(url) else (_DUMP, _SQLITE)
    if head.startswith(other):
        raise DomainError("backup/other_kind", file=str(source))
    if not head.startswith(wanted):
        raise DomainError("backup/not_ours", file=str(source))


async def _file(url: URL, source: Path, who: Principal, real: datetime, stamp: str) -> str:
    place = Path(str(url.database))
    if place.exists() and place.samefile(source):
        raise DomainError("backup/same_file", file=str(source))
    place.parent.mkdir(parents=True, exist_ok=True)
    _check_alone(place)
    beside, aside = (place.with_name(f"{place.stem}-{stamp}.{why}{place.suffix}") for why in _NAMES)
    if aside.exists():
        raise DomainError("backup/exists", file=str(aside))
    try:
        await asyncio.to_thread(copy, source, beside)
        await prepare(url.set(database=str(beside)), url if place.exists() else None, source, who, real)
        _check_alone(place)
        return _swap(place, beside, aside)
    finally:
        for ending in ("", "-wal", "-shm", ".lock"):
            Path(f"{beside}{ending}").unlink(missing_ok=True)


def _check_alone(place: Path) -> None:
    """Nobody may have the file open: only then can its WAL be folded in. A damaged one nobody can use."""
    if not place.exists():
        return
    try:
        with closing(sqlite3.connect(place, timeout=0)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as fault:
        if fault.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise DomainError("backup/running") from fault
    except sqlite3.DatabaseError:
        return


def _swap(place: Path, new: Path, aside: Path) -> str:
    kept = place.exists()
    if kept:
        for ending in ("-wal", "-shm"):  # of a damaged file they may still be there
            if (leftover := Path(f"{place}{ending}")).exists():
                leftover.rename(f"{aside}{ending}")
        place.rename(aside)
    try:
        new.rename(place)
    except OSError:
        if kept:
            aside.rename(place)
        raise
    return str(aside) if kept else ""
