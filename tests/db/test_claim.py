"""What the deliverer gets, in which order, and what is put aside at that moment."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.access import ManagedGroup
from core.activities.models import RoundState
from core.pushes.models import Kind, Target
from core.pushes.states import Outcome, State
from db.activities import round_
from db.pushes import attempt, delivery
from db.unit import Database
from tests.cast import (
    DEADLINE,
    HEFEI,
    LABS,
    MORNING,
    OPERATOR,
    PROGRAMMES,
    ROUNDS,
    WANNAN,
    at,
    bring,
    gather_groups,
    reports,
    table,
)
from tests.db.post import AT_HEFEI, AT_WANNAN, mark, must_take, notice, plan, states, take, turn, words, write

HOUR = timedelta(hours=1)
SEVEN_DAYS = at("2026-03-20 17:00")


@pytest.fixture
async def season(db: Database) -> Database:
    """Two programmes with one deadline, and their reminders planned for one group."""
    await gather_groups(db, HEFEI)
    await bring(db, LABS, PROGRAMMES, table("rounds", "year n programme deadline", *ROUNDS.rows[:2]))
    await plan(db, MORNING)
    return db


# -- order and time


async def test_nothing_before_it_is_due(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, notice(due=MORNING + HOUR))
    await turn(db, MORNING)
    assert await take(db, MORNING) is None
    await turn(db, MORNING + HOUR)
    assert (await must_take(db, MORNING + HOUR)).reference == "26-0001-1"


async def test_nothing_that_is_not_ready(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, notice())
    assert await take(db) is None


async def test_the_longest_due_goes_first(db: Database) -> None:
    await gather_groups(db, HEFEI, WANNAN)
    await write(db, notice("1", due=MORNING), notice("2", due=MORNING - HOUR), notice("3", due=MORNING - HOUR))
    await turn(db, MORNING)
    order = [(await must_take(db)).reference for _ in range(6)]
    assert order == ["26-0002-1", "26-0002-2", "26-0003-1", "26-0003-2", "26-0001-1", "26-0001-2"]
    assert await take(db) is None


async def test_what_is_taken_has_its_text_fence_and_attempt(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, notice())
    await turn(db, MORNING)
    taken = await must_take(db, real=MORNING + HOUR, instance="乙机")
    assert (taken.target, taken.state, taken.fence) == (AT_HEFEI, State.SENDING, 1)
    assert taken.body == "pushes/application.assigned: 1号医院 (26-0001-1)"
    assert taken.claimed_at == MORNING + HOUR
    [row] = await db.read(lambda tx: tx._all(select(delivery)))
    assert (row.state, row.fence, row.attempts, row.instance) == ("sending", 1, 1, "乙机")
    assert (row.claimed_at, row.body) == (MORNING + HOUR, taken.body)
    [tried] = await db.read(lambda tx: tx._all(select(attempt)))
    assert (tried.fence, tried.started_at, tried.ended_at) == (1, MORNING + HOUR, None)


async def test_a_channel_takes_only_its_own(db: Database) -> None:
    await gather_groups(db, HEFEI, ManagedGroup("wecom", "甲", "企微演示群"))
    await write(db, notice())
    await turn(db, MORNING)
    assert (await must_take(db, channel="wecom")).target == Target("wecom", "group", "甲")
    assert await take(db, channel="wecom") is None
    assert (await must_take(db)).target == AT_HEFEI


async def test_a_rehearsal_takes_only_what_it_may(db: Database) -> None:
    await gather_groups(db, HEFEI, WANNAN)
    await write(db, notice())
    await turn(db, MORNING)
    assert await take(db, only=[]) is None
    assert await take(db, only=[Target("wecom", "group", HEFEI.id)]) is None
    assert (await must_take(db, only=[AT_WANNAN])).target == AT_WANNAN
    assert await take(db, only=[AT_WANNAN]) is None


async def test_a_failed_attempt_waits_and_holds_up_nobody(db: Database) -> None:
    await gather_groups(db, HEFEI, WANNAN)
    await write(db, notice())
    await turn(db, MORNING)
    dead = await must_take(db)
    await mark(db, dead, Outcome.NOT_SENT, real=MORNING)
    assert (await must_take(db)).target == AT_WANNAN
    assert await take(db, real=MORNING + timedelta(seconds=29)) is None
    again = await must_take(db, real=MORNING + timedelta(seconds=30))
    assert (again.target, again.fence) == (AT_HEFEI, 2)


async def test_two_claimers_never_get_the_same(db: Database) -> None:
    await gather_groups(db, *(ManagedGroup("qq", str(n), f"{n}群") for n in range(10)))
    await write(db, notice("1"), notice("2"))
    await turn(db, MORNING)

    async def claimer(name: str) -> list[str]:
        got = []
        while taken := await take(db, instance=name):
            got.append(taken.reference)
        return got

    shares = await asyncio.gather(*(claimer(f"{i}机") for i in range(4)))
    everything = [reference for share in shares for reference in share]
    assert len(everything) == len(set(everything)) == 20
    assert len(await db.read(lambda tx: tx._all(select(attempt)))) == 20


# -- what is put aside


async def test_the_expired_is_not_sent_late(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, notice("1", lasts=HOUR), notice("2"))
    await turn(db, MORNING)
    assert (await must_take(db, MORNING + HOUR)).reference == "26-0002-1"
    assert await states(db) == {"26-0001-1": State.EXPIRED, "26-0002-1": State.SENDING}


async def test_a_removed_group_is_not_spoken_to(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, notice())
    await turn(db, MORNING)
    await db.write(lambda tx: tx.remove_group(HEFEI, MORNING, OPERATOR))
    assert await take(db) is None
    assert await states(db) == {"26-0001-1": State.CANCELLED}
    assert await words(db) == ["该群不再接收"]


async def test_a_group_that_wants_other_kinds_is_not_spoken_to(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, notice())
    await turn(db, MORNING)
    await gather_groups(db, ManagedGroup("qq", HEFEI.id, HEFEI.name, receives=("deadline.reminder",)))
    assert await take(db) is None
    assert await states(db) == {"26-0001-1": State.CANCELLED}


async def test_much_put_aside_at_once_hides_nothing_for_long(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, *(notice(str(n), due=MORNING - HOUR, lasts=HOUR) for n in range(60)), notice("好"))
    await db.write(lambda tx: tx._run(update(delivery).values(state="ready")))
    taken = await take(db) or await take(db)
    assert taken is not None
    assert taken.body.startswith("pushes/application.assigned: 好号医院")


async def test_a_reminder_says_who_is_meant_now(season: Database) -> None:
    await turn(season, SEVEN_DAYS)
    assert (await must_take(season, SEVEN_DAYS)).body.startswith(
        "pushes/deadline.reminder: 凝血试验 糖化血红蛋白 (26-"
    )


async def test_programmes_that_all_have_reported_are_left_out(season: Database) -> None:
    await bring(season, reports(" ".join(LABS.rows[i][0] for i in range(4)), programme="A02"), scope="full")
    await turn(season, SEVEN_DAYS)
    assert "reminder: 凝血试验 (" in (await must_take(season, SEVEN_DAYS)).body


async def test_a_partial_list_silences_nobody(season: Database) -> None:
    await bring(season, reports("0340101 0340102"), reports("0340101", programme="A02"), scope="partial")
    await turn(season, SEVEN_DAYS)
    assert "reminder: 凝血试验 糖化血红蛋白 (" in (await must_take(season, SEVEN_DAYS)).body


async def test_when_all_have_reported_nothing_is_said(season: Database) -> None:
    await bring(season, reports("0340101"), reports("0340101", programme="A02"), scope="full")
    await turn(season, SEVEN_DAYS)
    assert await take(season, SEVEN_DAYS) is None
    assert "全部已上报" in await words(season)
    assert State.CANCELLED in (await states(season)).values()


async def test_a_moved_deadline_supersedes(season: Database) -> None:
    moved = [[2026, 1, code, "2026-04-10T09:00:00Z"] for code in ("A01", "A02")]
    await bring(season, table("rounds", "year n programme deadline", *moved))
    await turn(season, SEVEN_DAYS)
    assert (await must_take(season, SEVEN_DAYS)).push.kind is Kind.CHANGED
    assert await take(season, SEVEN_DAYS) is None
    assert "截止时间已变更" in await words(season)
    assert State.SUPERSEDED in (await states(season)).values()


async def test_a_deadline_moved_for_one_programme_keeps_the_other(season: Database) -> None:
    await bring(season, table("rounds", "year n programme deadline", [2026, 1, "A01", "2026-04-10T09:00:00Z"]))
    await turn(season, SEVEN_DAYS)
    assert (await must_take(season, SEVEN_DAYS)).push.kind is Kind.CHANGED
    assert "reminder: 糖化血红蛋白 (" in (await must_take(season, SEVEN_DAYS)).body


async def test_cancelled_rounds_are_not_reminded(season: Database) -> None:
    await season.write(lambda tx: tx._run(update(round_).values(state=str(RoundState.CANCELLED))))
    await turn(season, SEVEN_DAYS)
    assert await take(season, SEVEN_DAYS) is None


async def test_no_reminder_at_the_deadline(season: Database) -> None:
    await turn(season, at("2026-03-27 14:00"))
    assert await take(season, DEADLINE) is None
    assert State.EXPIRED in (await states(season)).values()
