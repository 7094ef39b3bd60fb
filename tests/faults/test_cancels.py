"""A thousand tasks cancelled half way: no connection is stuck, no state wrong, nothing lost, nothing doubled."""

import asyncio
import random
import re
from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from bot.scheduler.deliverer import Deliverer
from bot.settings import Pace
from core.pushes import use
from core.pushes.states import SHOWN, State
from db.pushes import attempt, delivery
from db.unit import Database
from tests.bot.test_deliverer import Clocks
from tests.cast import HEFEI, MORNING, RULES, WANNAN, gather_groups
from tests.db.post import notice, write
from tests.db.test_transactions import nobody_holds
from tests.faults.platform import Platform

CANCELS = {"sqlite": 1000, "postgresql": 250}
NOTICES = 80
UNSURE = timedelta(seconds=60)
MARK = re.compile(r"〔通知 (\S+)〕")


async def test_a_thousand_cancelled_deliveries(db: Database) -> None:
    chance = random.Random(20260320)
    await gather_groups(db, HEFEI, WANNAN)
    await write(db, *(notice(str(n)) for n in range(NOTICES)))
    clock, platform = Clocks(MORNING), Platform(chance)
    deliverer = Deliverer(db, clock, platform, RULES, Pace(0, 0), "甲机", UNSURE)

    async def turn() -> None:
        await db.write(lambda tx: tx.beat("甲机", clock.real()))
        await db.write(lambda tx: use.turn(tx, clock.now(), clock.real(), UNSURE, 200))

    cut, times = 0, CANCELS[db.writer.dialect.name]
    for n in range(times):
        work = chance.choice((deliverer.deliver_due, deliverer.deliver_due, deliverer.reconcile, turn))
        cut += await cancelled(asyncio.create_task(work()), chance.random() / 100)
        clock.true += timedelta(seconds=chance.randrange(3))
        if n % 20 == 0:
            await deliverer.close()
    assert cut > times / 5  # else this test has cut nothing short
    await deliverer.close()
    await nobody_holds(db.writer, db.write)
    await nobody_holds(db.reader, db.read)
    await whole(db)

    while not set(await db.read(lambda tx: tx.state_counts())) <= set(SHOWN):
        clock.true += timedelta(minutes=2, seconds=1)
        deliverer.breaker.until = None
        await turn()
        await deliverer.reconcile()
        await deliverer.deliver_due()
    copies = Counter(mark for _, text in platform.shown for mark in MARK.findall(text))
    assert len(copies) == 2 * NOTICES
    assert set(copies.values()) == {1}


async def cancelled(task: "asyncio.Task[object]", after: float) -> bool:
    """Whether it was cut short; any other end than its own is raised."""
    await asyncio.sleep(after)
    task.cancel()
    (end,) = await asyncio.gather(task, return_exceptions=True)
    if isinstance(end, Exception):
        raise end
    return isinstance(end, asyncio.CancelledError)


async def whole(db: Database) -> None:
    """Each claim has its fence, its attempt counted and its row; what is not under way has none that is open."""
    c, a = delivery.c, attempt.c
    tried = select(func.count()).where(a.delivery_id == c.id).scalar_subquery()
    rows = await db.read(lambda tx: tx._all(select(c.state, c.fence, c.attempts, tried.label("tried"))))
    assert {(row.fence, row.attempts) for row in rows} == {(row.tried, row.tried) for row in rows}
    open_ = select(c.state).join(attempt, a.delivery_id == c.id).where(a.ended_at.is_(None), a.fence == c.fence)
    states = {row.state for row in await db.read(lambda tx: tx._all(open_))}
    assert states <= {str(s) for s in (State.SENDING, State.UNCERTAIN, State.OBSERVED, State.READY)}
