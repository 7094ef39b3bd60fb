"""Scores with all their versions, and when each round's were released."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    func,
    select,
    text,
    update,
)

from core.access import Principal
from core.pushes.models import Target
from core.scores.models import Conflict, Imported, Release, Verdict
from db.activities import programme, round_
from db.base import Queries
from db.bindings import binding
from db.labs import lab
from db.types import Moment, metadata

# Clustered by lab: one lab's scores of all years lie together. A correction is a further version.
score = Table(
    "score",
    metadata,
    Column("lab_id", ForeignKey("lab.id"), primary_key=True),
    Column("round_id", ForeignKey("round.id"), primary_key=True, index=True),
    Column("analyte", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("acceptable", Integer),
    Column("total", Integer),
    Column("pt", Float),
    Column("verdict", String(16), nullable=False),
    Column("remark", Text, nullable=False, default=""),
    Column("conflict", Boolean, nullable=False, default=False),
    Column("at", Moment, nullable=False),
    Column("superseded_at", Moment),
    Index(
        "ix_score_conflict",
        "round_id",
        sqlite_where=text('"conflict"'),
        postgresql_where=text('"conflict"'),
    ),
    sqlite_with_rowid=False,
)

score_release = Table(
    "score_release",
    metadata,
    Column("round_id", ForeignKey("round.id"), primary_key=True),
    Column("as_of", Moment, nullable=False),
    Column("released_at", Moment),
)

# How all labs of a round did, anonymously, as of its release or the last correction. `analyte` empty: as a whole.
score_distribution = Table(
    "score_distribution",
    metadata,
    Column("round_id", ForeignKey("round.id"), primary_key=True),
    Column("analyte", Text, primary_key=True),
    Column("labs", Integer, nullable=False),  # with a PT score
    Column("lower", Float, nullable=False),  # quartiles and median of the PT scores
    Column("median", Float, nullable=False),
    Column("upper", Float, nullable=False),
    Column("satisfactory", Integer, nullable=False),
)


class Scores(Queries):
    async def imported_scores(self, rounds: Sequence[int]) -> dict[int, Imported]:
        """By round, where scores were imported: how many labs, how many conflicts, released when."""
        s, listed = score.c, score_release.c
        labs = select(s.round_id, func.count(s.lab_id.distinct()).label("labs")).where(s.round_id.in_(rounds))
        doubtful = select(s.round_id, func.count().label("conflicts")).where(*_conflicts(rounds))
        labs_of, doubtful_of = labs.group_by(s.round_id).subquery(), doubtful.group_by(s.round_id).subquery()
        query = (
            select(listed.round_id, listed.as_of, listed.released_at, labs_of.c.labs, doubtful_of.c.conflicts)
            .select_from(
                score_release.outerjoin(labs_of, labs_of.c.round_id == listed.round_id).outerjoin(
                    doubtful_of, doubtful_of.c.round_id == listed.round_id
                )
            )
            .where(listed.round_id.in_(rounds))
        )
        return {
            row.round_id: Imported(
                Release(row.round_id, row.as_of, row.released_at), row.labs or 0, row.conflicts or 0
            )
            for row in await self._all(query)
        }

    async def score_conflicts(self, who: Principal, rounds: Sequence[int], limit: int) -> list[Conflict]:
        """Where the official verdict disagrees with the arithmetic; for staff only."""
        if not who.is_staff:
            raise PermissionError("score conflicts")
        s = score.c
        query = (
            select(score, lab.c.name.label("lab"), programme.c.name)
            .select_from(
                score.join(lab, lab.c.id == s.lab_id)
                .join(round_, round_.c.id == s.round_id)
                .join(programme, programme.c.id == round_.c.programme_id)
            )
            .where(*_conflicts(rounds))
            .order_by(s.round_id, s.lab_id, s.analyte)
            .limit(limit)
        )
        return [_conflict(row) for row in await self._all(query)]

    async def releases(self, rounds: Sequence[int]) -> list[Release]:
        rows = await self._all(select(score_release).where(score_release.c.round_id.in_(rounds)))
        return [Release(row.round_id, row.as_of, row.released_at) for row in rows]

    async def release_scores(self, rounds: Sequence[int], now: datetime) -> None:
        await self._run(update(score_release).where(score_release.c.round_id.in_(rounds)).values(released_at=now))

    async def is_bound_with_scores(self, target: Target, rounds: Sequence[int]) -> bool:
        """Whether this account still is bound to a lab that has scores in one of these rounds."""
        b = binding.c
        query = (
            select(b.lab_id)
            .select_from(binding.join(score, score.c.lab_id == b.lab_id))
            .where(b.platform == target.channel, b.account == target.id, score.c.round_id.in_(rounds))
        )
        return await self._one(query.limit(1)) is not None


def _conflicts(rounds: Sequence[int]) -> Any:
    return score.c.conflict, score.c.superseded_at.is_(None), score.c.round_id.in_(rounds)


def _conflict(row: Any) -> Conflict:
    figures = (row.acceptable, row.total, row.pt)
    return Conflict(row.lab_id, row.lab, row.name, row.analyte, Verdict(row.verdict), *figures)
