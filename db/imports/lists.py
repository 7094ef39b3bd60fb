"""The dates of imported lists, and a row for every sheet that was imported."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, String, Table, Text, func, literal, select, tuple_

from core.workbooks.judged import Judged, Key
from db.activities import programme, round_, submission_list
from db.base import Queries, chunks
from db.certificates import certificate_release
from db.enrolment import enrolment_list
from db.receipts import receipt_list
from db.scores import score_release
from db.types import Moment, metadata

import_batch = Table(
    "import_batch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("source", Text, nullable=False),
    Column("scope", String(8), nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)

# Kind → where its dates stand, and by what.
_DATES = {
    "enrolments": (enrolment_list, "programme_id"),
    "submissions": (submission_list, "round_id"),
    "receipts": (receipt_list, "round_id"),
    "scores": (score_release, "round_id"),
    "certificates": (certificate_release, "programme_id"),
}
_SCOPED = ("enrolments", "submissions")


class Lists(Queries):
    async def note_lists(self, kind: str, keys: Sequence[Key], full: bool, now: datetime) -> None:
        """These lists are known as of `now`. What was released stays so."""
        table, owner = _DATES[kind]
        values = {"as_of": now, **({"full_as_of": now} if full and kind in _SCOPED else {})}
        for ident in await self._owners(owner, keys):
            statement = self._insert(table).values(**{owner: ident}, **values)
            await self._run(statement.on_conflict_do_update(index_elements=[table.c[owner]], set_=values))

    async def _owners(self, owner: str, keys: Sequence[Key]) -> list[int]:
        found: list[int] = []
        for some in chunks(keys):
            rows = await self._all(named_lists(owner, some))
            found += [row.id for row in rows]
        return found

    async def newest_batch(self) -> int:
        """The last import's number; 0 before any."""
        return int((await self._one(select(func.coalesce(func.max(import_batch.c.id), 0))))[0])

    async def note_batch(self, judged: Judged, now: datetime) -> int:
        counts = judged.counts
        values = {"kind": judged.table.kind, "source": judged.table.source, "scope": judged.scope, "at": now}
        added = await self._run(import_batch.insert().values(**values, **counts).returning(import_batch.c.id))
        return int(added.scalar_one())


def named_lists(owner: str, keys: Sequence[Key]) -> Any:
    """id, year, n and programme code of these rounds; of programmes, with n 0, if `owner` is programme_id."""
    p = programme.c
    if owner == "programme_id":
        wanted = tuple_(p.year, p.code).in_([(year, code) for year, _, code in keys])
        return select(p.id, p.year, literal(0).label("n"), p.code).where(wanted)
    wanted = tuple_(round_.c.year, round_.c.n, p.code).in_(list(keys))
    rounds = select(round_.c.id, round_.c.year, round_.c.n, p.code)
    return rounds.join(programme, p.id == round_.c.programme_id).where(wanted)
