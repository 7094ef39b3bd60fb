"""What was confirmed by one member of staff and waits for 同意 of a second."""

from sqlalchemy import Column, Integer, String, Table, Text

from db.base import Queries
from db.types import Moment, metadata

agreement = Table(
    "agreement",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),  # who confirmed it
    Column("channel", String(32), nullable=False),
    Column("place", String(16), nullable=False),
    Column("group_id", Text, nullable=False, default=""),
    Column("text", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("summary", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("decided_by", Text, nullable=False, default=""),
)


class Agreements(Queries):
    pass
