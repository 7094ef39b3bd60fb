"""Out of the database into the workbooks' own values."""

from datetime import UTC, date, datetime


def day_text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def moment_text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def stored_moment_text(stored: str | datetime | None) -> str | None:
    """SQLite stores UTC as text, `2026-03-20 02:30:00.000000`; PostgreSQL's driver gives datetimes."""
    return f"{stored[:10]}T{stored[11:19]}Z" if isinstance(stored, str) else moment_text(stored)
