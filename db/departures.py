"""Who is in no managed group any more."""

from sqlalchemy import Column, String, Table, Text

from db.base import Queries
from db.types import Moment, metadata

# `missed_at`: since when no list has the account; `left_at`: when that was sure. The row goes when it is back.
departure = Table(
    "departure",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("account", Text, primary_key=True),
    Column("missed_at", Moment, nullable=False),
    Column("left_at", Moment, index=True),
)


class Departures(Queries):
    pass
