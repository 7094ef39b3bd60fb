"""Pushes, deliveries, attempts, instances: the queue is these tables and nothing else (architecture §4)."""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    column,
    text,
)

from core.pushes.models import Kind, Push, PushState, Timed
from db.types import Moment, metadata

URGENT = 0

_UNSPREAD = column("persons_after").is_not(None)
# In words, for SQLite uses an index with a condition only where the query has just the same one.
ASIDE = text("delivery.state = 'superseded' AND delivery.merged_into IS NULL")
_ASIDE = text("state = 'superseded' AND merged_into IS NULL")
_RECALLED = column("recall_at").is_not(None)
# What bears words still: `db/retention.py` blanks them when they are old.
SAID = text("(delivery.body != '' OR delivery.words != '')")
_SAID = text("body != '' OR words != ''")

push = Table(
    "push",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("groups", Boolean, nullable=False),
    Column("targets", JSON, nullable=False),
    Column("moved", Boolean, nullable=False, default=False),  # by staff, so the rules move it no more
    Column("persons_after", Integer),  # id of the last lab whose people got a delivery; None: nobody to add
    UniqueConstraint("year", "number"),
    Index("ix_push_state_due", "state", "due_at"),
    Index("ix_push_kind_expires", "kind", "expires_at"),
    Index("ix_push_persons", "due_at", sqlite_where=_UNSPREAD, postgresql_where=_UNSPREAD),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("push_id", ForeignKey("push.id"), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("place", String(16), nullable=False),
    Column("place_id", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("fence", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("urgency", Integer, nullable=False),
    Column("part", Integer, nullable=False, default=0),
    Column("shown", Integer, nullable=False, default=0),
    Column("again", Boolean, nullable=False, default=False),
    Column("told", Boolean, nullable=False, default=False),
    Column("doubt_at", Moment),
    Column("recall_at", Moment),  # real time since when staff want it back
    Column("instance", String(40)),
    Column("merged_into", ForeignKey("delivery.id")),
    Column("claimed_at", Moment),
    Column("retry_at", Moment),
    Column("body", Text, nullable=False, default=""),
    Column("message_id", String(64), nullable=False, default=""),
    Column("words", Text, nullable=False, default=""),
    UniqueConstraint("push_id", "channel", "place", "place_id"),
    UniqueConstraint("push_id", "ordinal"),
    Index("ix_delivery_claim", "state", "channel", "urgency", "due_at"),
    Index("ix_delivery_due", "state", "due_at"),
    Index("ix_delivery_expires", "state", "expires_at"),
    Index("ix_delivery_told", "state", "told"),
    Index("ix_delivery_target", "channel", "place", "place_id", "state"),
    Index("ix_delivery_aside", "expires_at", sqlite_where=_ASIDE, postgresql_where=_ASIDE),
    Index("ix_delivery_recall", "recall_at", sqlite_where=_RECALLED, postgresql_where=_RECALLED),
    Index("ix_delivery_said", "due_at", sqlite_where=_SAID, postgresql_where=_SAID),
)

attempt = Table(
    "attempt",
    metadata,
    Column("delivery_id", ForeignKey("delivery.id"), primary_key=True),
    Column("fence", Integer, primary_key=True),
    Column("part", Integer, nullable=False, default=1),
    Column("started_at", Moment, nullable=False, index=True),
    Column("ended_at", Moment),
    Column("outcome", String(16), nullable=False, default=""),
    Column("words", Text, nullable=False, default=""),
    Column("message_id", String(64), nullable=False, default=""),
    Column("recalled", Boolean),  # None: not tried
)

instance = Table(
    "instance",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

# One row while all sending is held.
hold = Table(
    "hold",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("backup_at", Moment),
    Column("reason", Text, nullable=False, default=""),
)

# Who answered 收到 to a push: a statistic, it grants nothing.
heard = Table(
    "heard",
    metadata,
    Column("push_id", ForeignKey("push.id"), primary_key=True),
    Column("platform", String(32), primary_key=True),
    Column("account", Text, primary_key=True, index=True),
    Column("at", Moment, nullable=False),
)


def to_push(row: Any) -> Push:
    return Push(row.id, Kind(row.kind), row.number, row.year, row.facts)


def to_timed(row: Any) -> Timed:
    return Timed(to_push(row), row.due_at, row.expires_at, PushState(row.state), row.key)
