"""The deliverer's moves on a database: plan, expand, ripen, claim, mark."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.pushes import use
from core.pushes.claim import Ask, claim
from core.pushes.kinds import DECIDE
from core.pushes.models import Delivery, Kind, Planned, PushState, Target
from core.pushes.states import Outcome, State
from db.pushes import delivery, push
from db.unit import Database, Unit
from tests.cast import HEFEI, MORNING, RULES, WANNAN

AT_HEFEI, AT_WANNAN = (Target("qq", "group", group.id) for group in (HEFEI, WANNAN))
SILENT_FOR = timedelta(seconds=60)


def notice(key: str = "1", due: datetime = MORNING, lasts: timedelta = timedelta(days=3)) -> Planned:
    """The plainest push: nothing but its time decides whether it is sent."""
    return Planned(Kind.ASSIGNED, f"application.assigned:{key}", due, due + lasts, {"units": [f"{key}号医院"]})


def said(template: str, view: Mapping[str, Any]) -> str:
    """`pushes/deadline.reminder: 凝血试验 糖化 + 感染 (26-0001-1)`"""
    parts = [" ".join(one.name for one in part) for part in view.get("parts", ())]
    told = " + ".join(parts or view.get("units", ())) or view.get("body", "")
    return f"{template}: {told} ({view.get('reference', 'in it')})"


async def write(db: Database, *planned: Planned, now: datetime = MORNING) -> None:
    async def work(tx: Unit) -> None:
        for one in planned:
            await tx.write_push(one, now)

    await db.write(work)


async def plan(db: Database, now: datetime) -> int:
    return await db.write(lambda tx: use.plan(tx, RULES, now))


async def turn(db: Database, now: datetime, persons: int = 200) -> None:
    while await db.write(lambda tx: use.expand_next(tx, now)):
        pass
    await db.write(lambda tx: use.turn(tx, now, now, SILENT_FOR, persons))


async def take(
    db: Database,
    now: datetime = MORNING,
    *,
    real: datetime | None = None,
    channel: str = "qq",
    instance: str = "甲机",
    only: Sequence[Target] | None = None,
) -> Delivery | None:
    """What the deliverer of `instance` would send next."""
    ask = Ask(channel, instance, now, real or now, None if only is None else frozenset(only))
    return await db.write(lambda tx: claim(tx, ask, DECIDE, said))


async def must_take(db: Database, now: datetime = MORNING, **more: Any) -> Delivery:
    taken = await take(db, now, **more)
    assert taken is not None
    return taken


async def mark(
    db: Database, taken: Delivery, outcome: Outcome, words: str = "", message: str = "", real: datetime = MORNING
) -> bool:
    return await db.write(lambda tx: use.mark(tx, taken, outcome, words, message, real))


async def states(db: Database) -> dict[str, State]:
    """Reference → state, in order of reference."""
    query = select(push.c.year, push.c.number, delivery.c.ordinal, delivery.c.state)
    rows = await db.read(lambda tx: tx._all(query.join(push, push.c.id == delivery.c.push_id)))
    return {f"{r.year % 100}-{r.number:04d}-{r.ordinal}": State(r.state) for r in sorted(rows)}


async def timetable(db: Database) -> dict[str, PushState]:
    """Reference of a push → whether it is out, in order."""
    rows = await db.read(lambda tx: tx._all(select(push.c.year, push.c.number, push.c.state)))
    return {f"{r.year % 100}-{r.number:04d}": PushState(r.state) for r in sorted(rows)}


async def words(db: Database) -> list[str]:
    query = select(delivery.c.words).order_by(delivery.c.push_id, delivery.c.ordinal)
    return [row.words for row in await db.read(lambda tx: tx._all(query))]
