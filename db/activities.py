"""Programmes, rounds, and the lists of who has reported."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    case,
    func,
    select,
    update,
)

from core.activities.models import Programme, Reported, Round, RoundState, RoundView, Tally
from core.pushes.plan import Deadline
from db.base import Queries
from db.types import Moment, metadata

programme = Table(
    "programme",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("aliases", JSON, nullable=False),
    Column("rounds", Integer, nullable=False, default=2),
    Column("scored", Boolean, nullable=False, default=True),
    Column("pass_score", Float),
    Column("plan_url", Text, nullable=False, default=""),
    UniqueConstraint("year", "code"),
)

round_ = Table(
    "round",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("programme_id", ForeignKey("programme.id"), nullable=False),
    Column("dispatch_on", Date),
    Column("expected_on", Date),
    Column("opens_at", Moment),
    Column("deadline", Moment, nullable=False, index=True),
    Column("sample_nos", Text, nullable=False, default=""),
    Column("scores_due_on", Date),
    Column("plan_url", Text, nullable=False, default=""),
    Column("state", String(24), nullable=False),
    Column("dispatched_at", Moment),
    UniqueConstraint("programme_id", "n"),
    Index("ix_round_year_n", "year", "n"),
)

submission = Table(
    "submission",
    metadata,
    Column("round_id", ForeignKey("round.id"), primary_key=True),
    Column("lab_id", ForeignKey("lab.id"), primary_key=True, index=True),
    Column("state", String(24), nullable=False),
    Column("reported_at", Moment),
    Index("ix_submission_round_state", "round_id", "state"),
)

submission_list = Table(
    "submission_list",
    metadata,
    Column("round_id", ForeignKey("round.id"), primary_key=True),
    Column("as_of", Moment, nullable=False),
    Column("full_as_of", Moment),
)

# What `to_round` reads.
ROUND_COLUMNS = (
    round_,
    programme.c.code,
    programme.c.name,
    programme.c.aliases,
    programme.c.rounds,
    programme.c.scored,
    programme.c.plan_url.label("programme_plan_url"),
)
_ROUND = select(
    *ROUND_COLUMNS,
    submission_list.c.as_of,
    submission_list.c.full_as_of,
).select_from(
    round_.join(programme, programme.c.id == round_.c.programme_id).outerjoin(
        submission_list, submission_list.c.round_id == round_.c.id
    )
)
_ALIVE = round_.c.state != str(RoundState.CANCELLED)


class Activities(Queries):
    async def programmes(self, year: int) -> list[Programme]:
        rows = await self._all(select(programme).where(programme.c.year == year).order_by(programme.c.id))
        return [_programme(row, row.id, row.plan_url) for row in rows]

    async def programme_years(self) -> list[int]:
        return [row[0] for row in await self._all(select(programme.c.year).distinct())]

    async def rounds(self, year: int, n: int | None) -> list[RoundView]:
        wanted = (round_.c.year == year) if n is None else (round_.c.year == year) & (round_.c.n == n)
        return await self._views(wanted)

    async def rounds_closing(self, since: datetime) -> list[RoundView]:
        """Rounds whose deadline is at or after `since`, soonest first; without counts."""
        return await self._views(round_.c.deadline >= since, counted=False)

    async def any_rounds(self) -> bool:
        """Whether a schedule was ever imported."""
        return await self._one(select(round_.c.id).limit(1)) is not None

    async def rounds_at(self, year: int, n: int, deadline: datetime) -> list[RoundView]:
        return await self._views((round_.c.year == year) & (round_.c.n == n) & (round_.c.deadline == deadline))

    async def rounds_by_id(self, ids: Sequence[int]) -> list[RoundView]:
        return await self._views(round_.c.id.in_(ids))

    async def open_deadlines(self, now: datetime) -> list[Deadline]:
        query = select(round_.c.year, round_.c.n, round_.c.deadline).where(round_.c.deadline > now, _ALIVE)
        return [Deadline(*row) for row in await self._all(query.distinct().order_by(round_.c.deadline))]

    async def set_round_state(self, ids: Sequence[int], state: RoundState, now: datetime) -> None:
        values = {"state": str(state), "dispatched_at": now}
        await self._run(update(round_).where(round_.c.id.in_(ids)).values(**values))

    async def _views(self, where: Any, counted: bool = True) -> list[RoundView]:
        rows = await self._all(_ROUND.where(where, _ALIVE).order_by(round_.c.deadline, round_.c.programme_id))
        listed = [row.id for row in rows if counted and row.as_of is not None]
        counts = await self._counts(listed) if listed else {}
        return [RoundView(to_round(row), _tally(row, *counts.get(row.id, (0, 0)))) for row in rows]

    async def _counts(self, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
        def counted(state: Reported) -> Any:
            return func.sum(case((submission.c.state == str(state), 1), else_=0))

        query = (
            select(submission.c.round_id, counted(Reported.SUBMITTED), counted(Reported.UNSUBMITTED))
            .where(submission.c.round_id.in_(ids))
            .group_by(submission.c.round_id)
        )
        return {row[0]: (int(row[1]), int(row[2])) for row in await self._all(query)}


def _programme(row: Any, ident: int, plan_url: str) -> Programme:
    return Programme(ident, row.year, row.code, row.name, tuple(row.aliases), row.rounds, row.scored, plan_url)


def _tally(row: Any, reported: int, unreported: int) -> Tally:
    return Tally(reported, unreported, row.as_of, row.full_as_of is not None)


def to_round(row: Any) -> Round:
    return Round(
        row.id,
        row.year,
        row.n,
        _programme(row, row.programme_id, row.programme_plan_url),
        row.deadline,
        RoundState(row.state),
        row.dispatch_on,
        row.expected_on,
        row.opens_at,
        row.sample_nos,
        row.scores_due_on,
        row.plan_url or row.programme_plan_url,
    )
