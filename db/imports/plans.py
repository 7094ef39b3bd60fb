"""Writing programmes and rounds as judged."""

from typing import Any

from sqlalchemy import insert, select, update

from core.activities.models import RoundState
from core.workbooks.judged import Change, Judged
from db.activities import programme, round_
from db.base import Queries
from db.imports.values import to_day, to_moment


class PlanImports(Queries):
    async def write_programmes(self, judged: Judged) -> None:
        for change in judged.new:
            year, code = change.key
            row: dict[str, Any] = {"aliases": [], "rounds": 2, "scored": True, **change.values}
            await self._run(insert(programme).values(year=year, code=code, **row))
        for change in judged.changed:
            where = (programme.c.year == change.key[0], programme.c.code == change.key[1])
            await self._run(update(programme).where(*where).values(**change.values))

    async def write_rounds(self, judged: Judged) -> None:
        query = select(programme.c.id, programme.c.year, programme.c.code)
        ids = {(row.year, row.code): row.id for row in await self._all(query)}
        for change in (*judged.new, *judged.changed):
            year, n, code = change.key
            ident, row = ids[year, code], _round_row(change)
            if change.old is None:
                state = str(RoundState.PLANNED)
                await self._run(insert(round_).values(year=year, n=n, programme_id=ident, state=state, **row))
            else:
                where = (round_.c.programme_id == ident, round_.c.n == n)
                await self._run(update(round_).where(*where).values(**row))


def _round_row(change: Change) -> dict[str, Any]:
    days = ("dispatch_on", "expected_on", "scores_due_on")
    moments = ("opens_at", "deadline")
    return {
        name: to_day(value) if name in days else to_moment(value) if name in moments else value
        for name, value in change.values.items()
    }
