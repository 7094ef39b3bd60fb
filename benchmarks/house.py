"""Throw-away databases for the measurements."""

from datetime import UTC, datetime
from pathlib import Path

from bot.cli import OPERATOR
from core.access import ManagedGroup
from db.migrate import upgrade
from db.unit import Database


def address(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder}/eqabot.db"


def settings(folder: Path) -> dict[str, object]:
    """Without limits by people: a few accounts ask for all."""
    endless = {"EQABOT_PER_PERSON": 1_000_000, "EQABOT_PER_GROUP": 1_000_000}
    return {"EQABOT_DATA_DIR": folder, "EQABOT_DATABASE_URL": address(folder), **endless}


async def empty_centre(folder: Path, groups: int = 5) -> None:
    """A migrated database with a few managed groups, the last one for staff."""
    folder.mkdir(parents=True, exist_ok=True)
    db = Database(address(folder))
    try:
        await upgrade(db)
        for number in range(groups):
            group = ManagedGroup("qq", str(600_000_001 + number), f"群{number}", number == groups - 1)
            await db.write(lambda tx, group=group: tx.set_group(group, datetime.now(UTC), OPERATOR))  # type: ignore[misc]
    finally:
        await db.close()
