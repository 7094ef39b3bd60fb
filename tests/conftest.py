"""Databases for every floor. The other fixtures stand beside their tests."""

import os
from collections.abc import AsyncIterator
from zlib import crc32

import pytest

from db.unit import Database
from tests.db.stores import Stores

BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
async def stores() -> AsyncIterator[Stores]:
    stores = Stores()
    yield stores
    await stores.close()


@pytest.fixture(params=BOTH)
async def db(request: pytest.FixtureRequest, stores: Stores) -> AsyncIterator[Database]:
    """A migrated, empty database; each test that asks for it runs on both kinds."""
    async with stores.fresh(request.param) as database:
        yield database


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL every test of the database floor, and one in three of those of the words above it, so that the
    suite stays within its time; EQABOT_ALL=1 runs them all."""
    if os.environ.get("EQABOT_ALL"):
        return
    above = [one for one in items if "tests/bot/" in one.nodeid and "postgresql" in one.name]
    left_out = {one for one in above if crc32(one.nodeid.encode()) % 3}
    items[:] = [one for one in items if one not in left_out]
    config.hook.pytest_deselected(items=list(left_out))
