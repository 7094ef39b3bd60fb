"""Databases for every floor, and the guards round every test. The other fixtures stand beside their tests."""

from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from db.unit import Database
from tests import guards
from tests.db.stores import Stores

# How long an example takes says more about the machine, which others share, than about the product.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

BOTH = ("sqlite", "postgresql")

guards.install()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    with guards.watch():
        yield


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
