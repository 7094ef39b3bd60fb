"""Big lists: staged in short transactions, published set-based in one (architecture §3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from core.workbooks.judged import Mark
from db.activities import programme, round_, submission
from db.base import Queries
from db.certificates import certificate
from db.distributions import Distributions
from db.enrolment import enrolment
from db.imports.values import to_moment
from db.labs import lab
from db.receipts import receipt
from db.scores import score, score_release
from db.types import Moment, metadata

# Natural keys only: a row may speak of a lab or round that the same import brings.
staged_fact = Table(
    "staged_fact",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("year", Integer, nullable=False),
    Column("n", Integer, nullable=False, default=0),
    Column("programme_code", Text, nullable=False),
    Column("lab_code", Text, nullable=False),
    Column("analyte", Text, nullable=False, default=""),
    Column("state", String(24), nullable=False),
    Column("at", Moment),
    Column("acceptable", Integer),
    Column("total", Integer),
    Column("pt", Float),
    Column("words", Text, nullable=False, default=""),
    Column("conflict", Boolean, nullable=False, default=False),
    Index("ix_staged_fact_run", "run", "kind"),
)

_s = staged_fact.c
_PLACED = staged_fact.join(lab, lab.c.code == _s.lab_code).join(
    programme, and_(programme.c.year == _s.year, programme.c.code == _s.programme_code)
)
_IN_ROUND = _PLACED.join(round_, and_(round_.c.programme_id == programme.c.id, round_.c.n == _s.n))

# Kind → table, column of its list, staged column → column of the table.
_SIMPLE: dict[str, tuple[Table, str, dict[str, str]]] = {
    "enrolments": (enrolment, "programme_id", {"state": "state"}),
    "submissions": (submission, "round_id", {"state": "state", "at": "reported_at"}),
    "receipts": (receipt, "round_id", {"state": "state", "at": "received_at", "words": "by"}),  # by nobody
    "certificates": (certificate, "programme_id", {"state": "state", "words": "number"}),
}


class Staging(Queries):
    async def stage(self, run: str, kind: str, marks: Sequence[Mark]) -> None:
        """One short piece of a list; nothing of it is visible before `publish`."""
        rows = [_staged(run, kind, mark) for mark in marks]
        if rows:
            await self._run(insert(staged_fact), rows)

    async def publish(self, run: str, kind: str, now: datetime) -> None:
        """All staged rows of this kind and run at once."""
        if kind == "scores":
            await self._publish_scores(run, now)
        else:
            await self._publish_simple(run, kind)
        await self._run(delete(staged_fact).where(_s.run == run, _s.kind == kind))

    async def unstage(self, run: str) -> None:
        await self._run(delete(staged_fact).where(_s.run == run))

    async def _publish_simple(self, run: str, kind: str) -> None:
        table, owner, columns = _SIMPLE[kind]
        source = _PLACED if owner == "programme_id" else _IN_ROUND
        staged = {name: _s[staged] for staged, name in columns.items()}
        owned = programme.c.id if owner == "programme_id" else round_.c.id
        rows = select(owned, lab.c.id, *staged.values()).select_from(source).where(_s.run == run, _s.kind == kind)
        upsert = self._insert(table).from_select([owner, "lab_id", *staged], rows)
        await self._run(
            upsert.on_conflict_do_update(
                index_elements=[table.c[owner], table.c.lab_id],
                set_={name: upsert.excluded[name] for name in staged},
            )
        )

    async def _publish_scores(self, run: str, now: datetime) -> None:
        """The row that stood is kept as superseded; the new one bears the next version."""
        mine = (_s.run == run, _s.kind == "scores")
        who = select(lab.c.id, round_.c.id, _s.analyte).select_from(_IN_ROUND).where(*mine)
        c = score.c
        standing = tuple_(c.lab_id, c.round_id, c.analyte).in_(who)
        await self._run(update(score).where(standing, c.superseded_at.is_(None)).values(superseded_at=now))
        same = and_(c.lab_id == lab.c.id, c.round_id == round_.c.id, c.analyte == _s.analyte)
        latest = select(func.coalesce(func.max(c.version), 0) + 1).where(same).scalar_subquery()
        facts = {"verdict": _s.state, "remark": _s.words} | {
            name: _s[name] for name in ("analyte", "acceptable", "total", "pt", "conflict")
        }
        rows = (
            select(lab.c.id, round_.c.id, latest, literal(now, Moment), *facts.values())
            .select_from(_IN_ROUND)
            .where(*mine)
        )
        names = ["lab_id", "round_id", "version", "at", *facts]
        await self._run(insert(score).from_select(names, rows))
        await self._count_released(mine)

    async def _count_released(self, mine: Sequence[Any]) -> None:
        """How all labs did in those rounds that everybody sees already; of others at their release."""
        visible = _IN_ROUND.join(score_release, score_release.c.round_id == round_.c.id)
        query = select(round_.c.id).distinct().select_from(visible)
        rounds = [row[0] for row in await self._all(query.where(*mine, score_release.c.released_at.is_not(None)))]
        counting = Distributions(self._connection)
        for one in rounds:
            await counting.write_distributions([one], await counting.spread(one))


def _staged(run: str, kind: str, mark: Mark) -> dict[str, Any]:
    year, n, code = mark.key
    return {
        "run": run,
        "kind": kind,
        "year": year,
        "n": n,
        "programme_code": code,
        "lab_code": mark.lab_code,
        "analyte": mark.analyte,
        "state": mark.state,
        "at": to_moment(mark.at),
        "acceptable": mark.acceptable,
        "total": mark.total,
        "pt": mark.pt,
        "words": mark.words,
        "conflict": mark.conflict,
    }
