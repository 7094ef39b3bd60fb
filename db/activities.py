"""Programmes, rounds, and the lists of who has reported."""

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
)

from core.activities.models import Programme, Round, RoundState
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


def to_programme(row: Any, ident: int, plan_url: str) -> Programme:
    return Programme(ident, row.year, row.code, row.name, tuple(row.aliases), row.rounds, row.scored, plan_url)


def to_round(row: Any) -> Round:
    return Round(
        row.id,
        row.year,
        row.n,
        to_programme(row, row.programme_id, row.programme_plan_url),
        row.deadline,
        RoundState(row.state),
        row.dispatch_on,
        row.expected_on,
        row.opens_at,
        row.sample_nos,
        row.scores_due_on,
        row.plan_url or row.programme_plan_url,
    )
