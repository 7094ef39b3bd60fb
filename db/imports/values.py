"""Out of the workbooks' own values into those of the database."""

from datetime import UTC, date, datetime


def to_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def to_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
