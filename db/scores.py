"""Scores with all their versions, and when each round's were released."""

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
    text,
)

from db.base import Queries
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


class Scores(Queries):
    """Filled by its room."""
