"""Schema to the newest version (Alembic, one tree), from the program itself."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from db.unit import Database

HERE = Path(__file__).parent / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


async def upgrade(db: Database) -> None:
    """Upgrade to head; nothing happens when the schema is the newest already."""
    async with db.writer.connect() as connection:
        await connection.run_sync(lambda c: command.upgrade(_config(c), "head"))
        await connection.commit()
