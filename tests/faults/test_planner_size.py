"""Planning costs what is due, not what there is; figures of a whole country: `python -m benchmarks.planning`."""

from benchmarks.country import Size
from benchmarks.planning import Measured, measure
from tests.db.stores import Stores

CLAIMS = 6


async def measured(stores: Stores, labs: int, groups: int) -> Measured:
    async with stores.fresh("sqlite") as db:
        return await measure(db, Size(centres=31, labs=labs, groups=groups), CLAIMS)


async def test_what_is_due_costs_and_what_there_is_does_not(stores: Stores) -> None:
    small = await measured(stores, labs=310, groups=30)
    groups = await measured(stores, labs=310, groups=300)
    labs = await measured(stores, labs=3_100, groups=30)
    assert groups.rows > 5 * small.rows
    assert groups.due < 12 * small.due
    assert groups.unchanged < 2.5 * small.unchanged
    assert labs.unchanged < 2.5 * small.unchanged
    assert max(groups.unchanged, labs.unchanged) < 1
    assert labs.claim < 5 * small.claim
    assert small.merged == labs.merged == 31
