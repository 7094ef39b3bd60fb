"""What an address makes: SQLite with one writer and careful settings, PostgreSQL serializable."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.errors import DomainError
from db.activities import submission_list
from db.engine import checked_url
from db.unit import Database
from tests.cast import MORNING
from tests.db.stores import Stores


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "sqlite:///data/eqabot.db",
        "sqlite+aiosqlite://",
        "postgresql://localhost/eqabot",
        "mysql://localhost/x",
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(DomainError) as refused:
        checked_url(address)
    assert refused.value.key == "settings/database_url"


@pytest.mark.parametrize(
    "address", ["sqlite+aiosqlite:///data/eqabot.db", "postgresql+asyncpg://u:p@localhost/eqabot"]
)
def test_the_two_kinds_are_accepted(address: str) -> None:
    assert checked_url(address).database in {"data/eqabot.db", "eqabot"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10000)],
)
async def test_sqlite_is_careful(stores: Stores, name: str, value: object) -> None:
    async with stores.fresh("sqlite") as db:
        [[found]] = await db.write(lambda tx: tx._all(text(f"PRAGMA {name}")))
    assert found == value


async def test_postgresql_is_serializable(stores: Stores) -> None:
    async with stores.fresh("postgresql") as db:
        [[level]] = await db.write(lambda tx: tx._all(text("SHOW transaction_isolation")))
    assert level == "serializable"


async def test_what_refers_to_nothing_is_refused(db: Database) -> None:
    with pytest.raises(IntegrityError):
        await db.write(lambda tx: tx._run(submission_list.insert().values(round_id=404, as_of=MORNING)))


async def test_a_folder_that_is_missing_is_made(stores: Stores) -> None:
    file = stores.folder / "new" / "folder" / "eqabot.db"
    db = Database(f"sqlite+aiosqlite:///{file}")
    await db.write(lambda tx: tx._all(text("SELECT 1")))
    await db.close()
    assert file.exists()
