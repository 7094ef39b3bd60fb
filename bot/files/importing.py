"""From files to the database: read in a child, judged against what stands, staged, written in one step."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.files.reader import considerate, read_workbook
from core.access import Principal
from core.workbooks.judged import Judged
from core.workbooks.tables import Scope, Table
from core.workbooks.use import PIECE, Written, judge, write
from db.base import chunks
from db.unit import Database


async def read_all(paths: Sequence[Path], kind: str | None, code_pattern: str) -> list[Table]:
    tables: list[Table] = []
    for path in paths:
        tables += await read_workbook(path, kind=kind, code_pattern=code_pattern)
    return tables


async def preview(db: Database, tables: Sequence[Table], scope: Scope | None = None) -> list[Judged]:
    """What the tables would change; the comparison runs beside the event loop."""
    with considerate():
        known = await db.read(lambda tx: tx.known({table.kind for table in tables}))
        activities = _activities(tables)
        if activities:
            known.submissions = await db.read(lambda tx: tx.known_submissions(activities))
        return await asyncio.to_thread(judge, tables, known, scope)


def _activities(tables: Sequence[Table]) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for table in tables:
        if table.kind == "submissions":
            year, n = table.columns.index("year"), table.columns.index("n")
            found |= {(row[year], row[n]) for row in table.rows}
    return found


async def publish(db: Database, who: Principal, judged: Sequence[Judged], now: datetime) -> Written:
    """Write it all or nothing. Staged pieces of a run that never published are invisible and harmless."""
    run = secrets.token_hex(8)
    try:
        with considerate():
            await _stage(db, judged, run)
            return await db.write(lambda tx: write(tx, who, judged, run, now))
    except BaseException:
        await db.write(lambda tx: tx.unstage(run))
        raise


async def _stage(db: Database, judged: Sequence[Judged], run: str) -> None:
    for one in judged:
        for piece in chunks(one.marks, PIECE):
            await db.write(lambda tx, piece=piece: tx.stage(run, piece))  # type: ignore[misc]
            await asyncio.sleep(0.01)  # the turn of other writers
