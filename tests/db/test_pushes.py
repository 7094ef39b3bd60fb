"""What is written of a push: once by its key, once for each target, with a reference of its own."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.access import ManagedGroup
from core.pushes.models import PushState
from core.pushes.states import State
from db.pushes import delivery, push
from db.unit import Database
from tests.cast import (
    DEADLINE,
    HEFEI,
    LABS,
    MORNING,
    OFFICE,
    OPERATOR,
    PROGRAMMES,
    ROUNDS,
    WANNAN,
    at,
    bring,
    gather_groups,
    table,
)
from tests.db.post import must_take, notice, plan, states, timetable, turn, write

HOUR = timedelta(hours=1)


async def test_a_push_goes_to_each_group_that_wants_it(db: Database) -> None:
    await gather_groups(
        db, HEFEI, WANNAN, OFFICE, ManagedGroup("qq", "9", "只收提醒", receives=("deadline.reminder",))
    )
    await write(db, notice())
    assert await states(db) == {f"26-0001-{i}": State.PLANNED for i in (1, 2, 3)}
    goes = await db.read(lambda tx: tx._all(select(delivery).order_by(delivery.c.ordinal)))
    assert [(r.channel, r.place, r.place_id) for r in goes] == [
        ("qq", "group", HEFEI.id),
        ("qq", "group", WANNAN.id),
        ("qq", "group", OFFICE.id),
    ]
    assert {(r.due_at, r.expires_at) for r in goes} == {(MORNING, MORNING + timedelta(days=3))}


async def test_the_same_key_twice_is_one_push(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, notice(), notice())
    await write(db, notice(due=MORNING + timedelta(hours=1)), now=MORNING + timedelta(minutes=1))
    assert await states(db) == {"26-0001-1": State.PLANNED}
    [row] = await db.read(lambda tx: tx._all(select(push)))
    assert (row.due_at, row.created_at) == (MORNING, MORNING)


async def test_a_key_written_by_rivals_at_once_is_one_push(db: Database) -> None:
    await gather_groups(db, HEFEI, WANNAN)
    async with asyncio.TaskGroup() as group:
        for _ in range(6):
            group.create_task(write(db, notice("1"), notice("2")))
    assert list(await states(db)) == ["26-0001-1", "26-0001-2", "26-0002-1", "26-0002-2"]


async def test_without_a_group_the_push_stands_and_reaches_nobody(db: Database) -> None:
    await write(db, notice())
    assert await states(db) == {}
    assert await timetable(db) == {"26-0001": PushState.OUT}


async def test_what_is_due_later_is_given_to_the_groups_of_that_time(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, notice(due=MORNING + HOUR))
    assert (await states(db), await timetable(db)) == ({}, {"26-0001": PushState.PLANNED})
    await gather_groups(db, WANNAN)
    await turn(db, MORNING + HOUR)
    assert await states(db) == {"26-0001-1": State.READY, "26-0001-2": State.READY}
    assert await timetable(db) == {"26-0001": PushState.OUT}


async def test_references_count_within_the_civil_year(db: Database) -> None:
    """New Year is Shanghai's: 16:30 UTC of 31 December is 26 already."""
    await gather_groups(db, HEFEI)
    for n, moment in enumerate(("2025-12-31 23:59", "2026-01-01 00:30", "2026-01-01 00:31"), 1):
        await write(db, notice(str(n), due=at(moment)), now=at(moment))
    assert list(await states(db)) == ["25-0001-1", "26-0001-1", "26-0002-1"]


async def test_a_reference_of_ten_thousand_is_still_unique(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, notice("1"))
    await db.write(lambda tx: tx._run(push.update().values(number=9999)))
    await write(db, notice("2"))
    assert list(await states(db)) == ["26-9999-1", "26-10000-1"]


async def test_the_database_itself_refuses_a_second_of_a_kind(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, notice())
    [row] = await db.read(lambda tx: tx._all(select(delivery)))
    twice = {**row._mapping, "id": row.id + 1, "ordinal": 2}
    with pytest.raises(IntegrityError):
        await db.write(lambda tx: tx._run(delivery.insert().values(**twice)))
    same_reference = {**row._mapping, "id": row.id + 1, "place_id": "另一个群"}
    with pytest.raises(IntegrityError):
        await db.write(lambda tx: tx._run(delivery.insert().values(**same_reference)))


async def test_planning_again_writes_nothing(db: Database) -> None:
    await gather_groups(db, HEFEI, WANNAN)
    await bring(db, LABS, PROGRAMMES, ROUNDS)
    assert await plan(db, MORNING) == 4 + 3 + 4  # 27 and 30 March (3d and 1d merge), 18 September
    first = await timetable(db)
    assert list(first.values()) == [PushState.PLANNED] * 11
    for minutes in (0, 1, 600):
        assert await plan(db, MORNING + timedelta(minutes=minutes)) == 0
    assert await timetable(db) == first
    assert await states(db) == {}


async def test_a_group_added_later_gets_what_is_due_from_then_on(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await bring(db, LABS, PROGRAMMES, ROUNDS)
    await plan(db, MORNING)
    await turn(db, at("2026-03-20 17:00"))
    await gather_groups(db, WANNAN)
    await turn(db, at("2026-03-23 17:00"))
    assert list(await states(db)) == ["26-0001-1", "26-0005-1", "26-0005-2"]  # 7d of 27 March, then of 30 March


async def test_a_moved_deadline_is_planned_anew_and_the_old_one_withdrawn(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await bring(db, LABS, PROGRAMMES, ROUNDS)
    await plan(db, MORNING)
    alone = [2026, 1, "B02", "2026-03-30T09:00:00Z"]
    await bring(db, table("rounds", "year n programme deadline", [*alone[:3], "2026-04-03T09:00:00Z"]))
    assert await plan(db, MORNING) == 4
    found = await timetable(db)
    assert [reference for reference, state in found.items() if state is PushState.WITHDRAWN] == [
        "26-0005",
        "26-0006",
        "26-0007",
    ]
    await bring(db, table("rounds", "year n programme deadline", alone))
    assert await plan(db, MORNING) == 0
    found = await timetable(db)
    assert [r for r, state in found.items() if state is PushState.WITHDRAWN] == [
        "26-0013", "26-0014", "26-0015", "26-0016",  # 0012 said that it was moved
    ]  # fmt: skip


async def test_a_deadline_that_is_past_is_planned_no_more(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await bring(db, PROGRAMMES, table("rounds", "year n programme deadline", ROUNDS.rows[0]))
    assert await plan(db, DEADLINE) == 0


async def test_time_ripens_and_expires(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, notice("1"), notice("2", due=MORNING + HOUR, lasts=HOUR))
    await turn(db, MORNING - timedelta(seconds=1))
    assert await states(db) == {"26-0001-1": State.PLANNED}
    await turn(db, MORNING)
    assert await states(db) == {"26-0001-1": State.READY}
    await turn(db, MORNING + HOUR * 2)
    assert await states(db) == {"26-0001-1": State.READY, "26-0002-1": State.EXPIRED}


async def test_what_is_under_way_does_not_expire(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, notice(lasts=timedelta(minutes=1)))
    await turn(db, MORNING)
    await db.write(lambda tx: tx.beat("甲机", MORNING + timedelta(seconds=90)))
    await must_take(db)
    await turn(db, MORNING + timedelta(seconds=90))
    assert await states(db) == {"26-0001-1": State.SENDING}


async def test_an_attempt_whose_end_was_never_written_becomes_a_doubt(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, notice())
    await turn(db, MORNING)
    await must_take(db)
    await db.write(lambda tx: tx.beat("甲机", MORNING + timedelta(minutes=3)))  # its process lives
    await turn(db, MORNING + timedelta(minutes=3))
    assert await states(db) == {"26-0001-1": State.UNCERTAIN}


async def test_a_removed_group_gets_no_new_ones(db: Database) -> None:
    await gather_groups(db, HEFEI, WANNAN)
    await db.write(lambda tx: tx.remove_group(WANNAN, MORNING, OPERATOR))
    await write(db, notice())
    assert list(await states(db)) == ["26-0001-1"]
    assert await db.read(lambda tx: tx.count_targets("application.assigned")) == 1
