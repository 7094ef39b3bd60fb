"""A reminder of which a part was shown goes on by itself: merged into another, its beginning would come twice."""

from datetime import timedelta

from sqlalchemy import update

from core.pushes.models import Target
from core.pushes.states import State
from db.pushes import delivery
from db.unit import Database, Unit
from tests.db.post import must_take, states
from tests.faults.stage import NOW, ONE, furnish


async def test_a_reminder_begun_is_not_merged(db: Database) -> None:
    await furnish(db)

    async def begun(tx: Unit) -> None:
        """The first part is out, the second was surely not sent."""
        first = (delivery.c.place_id == ONE, delivery.c.push_id == 1)
        later = NOW + timedelta(minutes=1)
        values = {"state": str(State.RETRY_WAIT), "part": 1, "retry_at": later, "body": "甲" * 2000}
        await tx._run(update(delivery).where(*first).values(**values))

    await db.write(begun)
    taken = await must_take(db, NOW, only=[Target("qq", "group", ONE)])
    assert (taken.target.id, taken.push.id) == (ONE, 2)
    assert (await states(db))["26-0001-1"] is State.RETRY_WAIT
