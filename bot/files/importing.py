"""From files to the database: read in a child, judged against what stands, staged, written in one step."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.files.reader import considerate, read_workbook
from core.access import Principal
from core.scores.verdicts import PASS_SCORE
from core.workbooks.judged import Judged
from core.workbooks.lists import named
from core.workbooks.tables import Scope, Table
from core.workbooks.use import LISTS, PIECE, Written, judge, write
from db.base import chunks
from db.unit import Database


async def read_all(paths: Sequence[Path], kind: str | None, code_pattern: str) -> list[Table]:
    tables: list[Table] = []
    for path in paths:
        tables += await read_workbook(path, kind=kind, code_pattern=code_pattern)
    return tables


async def preview(
    db: Database, tables: Sequence[Table], scope: Scope | None = None, pass_score: float = PASS_SCORE
) -> list[Judged]:
    """What the tables would change; the comparison runs beside the event loop. Plans come first: they tell
    which lists the other sheets mean, and only those are read."""
    lists = [table for table in tables if table.kind in LISTS]
    plans = [table for table in tables if table.kind not in LISTS]
    with considerate():
        after = await db.read(lambda tx: tx.newest_batch())
        known = await db.read(lambda tx: tx.known({table.kind for table in tables}))
        judged = await asyncio.to_thread(judge, plans, known, scope)
        for kind, keys in (await asyncio.to_thread(named, lists, known)).items():
            known.facts[kind] = await db.read(lambda tx, k=kind, of=keys: tx.standing(k, of))  # type: ignore[misc]
            if kind in ("scores", "certificates"):
                known.released |= await db.read(lambda tx, of=keys: tx.released(of))  # type: ignore[misc]
        judged += await asyncio.to_thread(judge, lists, known, scope, pass_score)
    for one in judged:
        one.after = after
    return judged


async def publish(
    db: Database, who: Principal, judged: Sequence[Judged], now: datetime, phone: str = ""
) -> Written:
    """Write it all or nothing. Staged pieces of a run that never published are invisible and harmless.

    DomainError("workbook/meanwhile") if another import was published since the preview.
    """
    run = secrets.token_hex(8)
    try:
        with considerate():
            await _stage(db, judged, run)
            return await db.write(lambda tx: write(tx, who, judged, run, now, phone))
    except BaseException:
        await db.write(lambda tx: tx.unstage(run))
        raise


async def _stage(db: Database, judged: Sequence[Judged], run: str) -> None:
    for one in judged:
        for piece in chunks(one.marks, PIECE):
            await db.write(lambda tx, kind=one.table.kind, some=piece: tx.stage(run, kind, some))  # type: ignore[misc]
            await asyncio.sleep(0.01)  # the turn of other writers
