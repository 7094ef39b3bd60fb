"""Certificates of labs, and when a year's were released."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from db.base import Queries
from db.types import Moment, metadata

certificate = Table(
    "certificate",
    metadata,
    Column("lab_id", ForeignKey("lab.id"), primary_key=True),
    Column("programme_id", ForeignKey("programme.id"), primary_key=True, index=True),
    Column("number", Text, nullable=False, default=""),
    Column("state", String(16), nullable=False),
)

certificate_release = Table(
    "certificate_release",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("as_of", Moment, nullable=False),
    Column("released_at", Moment),
)


class Certificates(Queries):
    """Filled by its room."""
