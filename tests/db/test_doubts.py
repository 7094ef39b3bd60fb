"""Numbered parts, what the platform shows by itself, what staff are told of, and the hold: on a database."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from core.pushes.claim import Ask, claim
from core.pushes.hold import Hold
from core.pushes.kinds import DECIDE
from core.pushes.models import Delivery, Kind, Planned, Target
from core.pushes.states import Outcome, State
from db.pushes import attempt
from db.unit import Database, Unit
from tests.cast import HEFEI, LABS, MORNING, OFFICE, PROGRAMMES, ROUNDS, WANNAN, at, bring, gather_groups, table
from tests.db.post import AT_HEFEI, mark, must_take, notice, plan, said, states, take, turn, words, write

LAST = at("2026-03-27 14:00")  # 3 h before the deadline
MINUTE = timedelta(minutes=1)


def long(template: str, view: Mapping[str, Any]) -> str:
    lines = "\n".join(f"第{n}行" + "很长" * 40 for n in range(40))
    return f"{lines}\n〔通知 {view['reference']}〕" if template != "pushes/again" else said(template, view)


async def take_long(db: Database) -> Delivery | None:
    return await db.write(lambda tx: claim(tx, Ask("qq", "甲机", MORNING, MORNING), DECIDE, long))


@pytest.fixture
async def ready(db: Database) -> Database:
    await gather_groups(db, HEFEI)
    await write(db, notice())
    await turn(db, MORNING)
    return db


# -- parts


async def test_the_parts_of_a_long_one_go_out_in_order(ready: Database) -> None:
    sent = []
    while taken := await take_long(ready):
        sent.append(taken.text)
        assert await mark(ready, taken, Outcome.DELIVERED)
    assert [text.splitlines()[-1] for text in sent] == [f"〔通知 26-0001-1 {n}/3〕" for n in (1, 2, 3)]
    assert await states(ready) == {"26-0001-1": State.DELIVERED}
    tries = await ready.read(lambda tx: tx._all(select(attempt.c.part, attempt.c.outcome)))
    assert [(row.part, row.outcome) for row in tries] == [(1, "delivered"), (2, "delivered"), (3, "delivered")]


async def test_a_part_that_failed_is_sent_again_and_no_other(ready: Database) -> None:
    first = await take_long(ready)
    assert first is not None
    await mark(ready, first, Outcome.DELIVERED)
    assert await states(ready) == {"26-0001-1": State.PARTLY}
    second = await take_long(ready)
    assert second is not None
    await mark(ready, second, Outcome.UNKNOWN)
    [doubtful] = await ready.read(lambda tx: tx.uncertain("qq", MORNING))
    assert doubtful.mark == "〔通知 26-0001-1 2/3〕"
    await ready.write(lambda tx: tx.decide_delivery(doubtful, State.READY, "记录中没有", MORNING))
    again = await take_long(ready)
    assert again is not None
    assert again.text == second.text


async def test_half_sent_it_expires_and_says_so(ready: Database) -> None:
    first = await take_long(ready)
    assert first is not None
    await mark(ready, first, Outcome.DELIVERED)
    assert await take(ready, MORNING + timedelta(days=3)) is None
    assert await words(ready) == ["过期未发，只发出第 1 至 1 条"]


async def test_the_tick_says_so_too(ready: Database) -> None:
    await gather_groups(ready, WANNAN)
    await write(ready, notice("2"))
    first = await take_long(ready)
    assert first is not None
    await mark(ready, first, Outcome.DELIVERED)
    await turn(ready, MORNING + timedelta(days=3))
    assert await words(ready) == ["过期未发，只发出第 1 至 1 条", "过期未发", "过期未发"]


# -- what the platform shows by itself


async def test_shown_by_the_platform_it_counts_whatever_the_call_said(ready: Database) -> None:
    taken = await must_take(ready)
    await ready.write(lambda tx: tx.note_shown(AT_HEFEI, 2026, 1, 1, 1))
    assert await mark(ready, taken, Outcome.UNKNOWN)
    assert await states(ready) == {"26-0001-1": State.OBSERVED}


async def test_shown_after_the_doubt_it_is_known_without_a_wait(ready: Database) -> None:
    await mark(ready, await must_take(ready), Outcome.UNKNOWN)
    before = MORNING - MINUTE
    assert await ready.read(lambda tx: tx.uncertain("qq", before)) == []
    await ready.write(lambda tx: tx.note_shown(AT_HEFEI, 2026, 1, 1, 1))
    [seen] = await ready.read(lambda tx: tx.uncertain("qq", before))
    assert (seen.shown, seen.part) == (1, 0)


async def test_shown_after_it_was_called_lost_it_is_not_sent_again(ready: Database) -> None:
    await mark(ready, await must_take(ready), Outcome.NOT_SENT)
    await ready.write(lambda tx: tx.note_shown(AT_HEFEI, 2026, 1, 1, 1))
    assert await take(ready, MORNING + timedelta(hours=1)) is None
    assert await states(ready) == {"26-0001-1": State.OBSERVED}


async def test_shown_elsewhere_it_counts_nothing(ready: Database) -> None:
    taken = await must_take(ready)
    elsewhere = Target("qq", "group", WANNAN.id)
    await ready.write(lambda tx: tx.note_shown(elsewhere, 2026, 1, 1, 1))
    await mark(ready, taken, Outcome.UNKNOWN)
    assert await states(ready) == {"26-0001-1": State.UNCERTAIN}


async def test_what_was_never_tried_is_not_shown_whoever_says_so(ready: Database) -> None:
    await ready.write(lambda tx: tx.note_shown(AT_HEFEI, 2026, 1, 1, 1))
    first = await take_long(ready)
    assert first is not None
    await ready.write(lambda tx: tx.note_shown(AT_HEFEI, 2026, 1, 1, 2))
    assert await ready.read(lambda tx: tx.shown_parts(first.id)) == 0
    await ready.write(lambda tx: tx.note_shown(AT_HEFEI, 2026, 1, 1, 1))
    assert await ready.read(lambda tx: tx.shown_parts(first.id)) == 1


async def test_the_number_goes_to_the_attempt_that_may_have_shown_it(ready: Database) -> None:
    await mark(ready, await must_take(ready), Outcome.NOT_SENT)
    later = MORNING + 30 * MINUTE
    taken = await must_take(ready, later)
    for number in ("77", "77", "78"):
        told: dict[str, Any] = {"target": AT_HEFEI, "year": 2026, "number": 1, "ordinal": 1, "part": 1}
        await ready.write(partial(Unit.note_shown, **told, message_id=number))
    await mark(ready, taken, Outcome.UNKNOWN, real=later)
    assert await states(ready) == {"26-0001-1": State.OBSERVED}
    tries = await ready.read(lambda tx: tx._all(select(attempt.c.message_id).order_by(attempt.c.fence)))
    assert [row.message_id for row in tries] == ["", "77"]


async def test_a_success_told_after_the_burial_is_not_forgotten(ready: Database) -> None:
    taken = await must_take(ready)
    await ready.write(lambda tx: tx.bury_dead(MINUTE, MORNING))
    assert not await mark(ready, taken, Outcome.DELIVERED)
    [seen] = await ready.read(lambda tx: tx.uncertain("qq", MORNING - MINUTE))
    assert (seen.state, seen.shown) == (State.UNCERTAIN, 1)


# -- staff


async def _in_doubt(db: Database, moment_before: str, now: Any) -> Delivery:
    await gather_groups(db, HEFEI, OFFICE)
    await bring(db, LABS, PROGRAMMES, table("rounds", "year n programme deadline", ROUNDS.rows[0]))
    await plan(db, at(moment_before))
    await turn(db, now)
    taken = await must_take(db, now)
    await mark(db, taken, Outcome.UNKNOWN, real=now)
    doubtful = replace(taken, state=State.UNCERTAIN)
    assert await db.write(lambda tx: tx.decide_delivery(doubtful, State.NEEDS_STAFF, "无法核对", now))
    return taken


async def test_the_last_reminder_goes_once_more_if_nobody_answers(db: Database) -> None:
    taken = await _in_doubt(db, "2026-03-27 10:00", LAST)
    await turn(db, LAST + 29 * MINUTE)
    assert (await states(db))[taken.reference] is State.NEEDS_STAFF
    later = LAST + 30 * MINUTE
    await turn(db, later)
    assert (await states(db))[taken.reference] is State.READY
    while (again := await must_take(db, later)).reference != taken.reference:
        await mark(db, again, Outcome.DELIVERED)
    assert again.body.startswith("pushes/again")
    await mark(db, again, Outcome.UNKNOWN, real=later)
    doubtful = replace(again, state=State.UNCERTAIN)
    await db.write(lambda tx: tx.decide_delivery(doubtful, State.NEEDS_STAFF, "无法核对", later))
    await turn(db, later + 60 * MINUTE)
    assert (await states(db))[taken.reference] is State.NEEDS_STAFF  # never a third time


async def test_an_earlier_reminder_waits_for_staff_or_the_next_stage(db: Database) -> None:
    early = at("2026-03-24 17:00")
    taken = await _in_doubt(db, "2026-03-24 10:00", early)
    await turn(db, early + 120 * MINUTE)
    assert (await states(db))[taken.reference] is State.NEEDS_STAFF


async def test_staff_are_told_once_in_ten_minutes_of_all_that_fell(db: Database) -> None:
    await gather_groups(db, HEFEI, OFFICE)
    await write(db, notice("1"), notice("2"))
    await turn(db, MORNING)
    for _ in range(3):
        await mark(db, await must_take(db), Outcome.REFUSED)
    await turn(db, MORNING)
    await mark(db, await must_take(db), Outcome.REFUSED)
    for minutes in (1, 2, 9):
        await turn(db, MORNING + minutes * MINUTE)
    assert await _alarms(db) == [{"failed": 3}]
    await turn(db, MORNING + 10 * MINUTE)
    await turn(db, MORNING + 20 * MINUTE)
    assert await _alarms(db) == [{"failed": 3}, {"failed": 1}]


async def _alarms(db: Database) -> list[dict[str, int]]:
    found = await db.read(lambda tx: tx.recent_deliveries(list(State), 100))
    alarms = [one for one in found if one.push.kind is Kind.ALARM]
    return [one.push.facts["count"] for one in sorted(alarms, key=lambda one: one.push.id)]


# -- the hold


async def test_held_only_urgent_alarms_go_out(db: Database) -> None:
    await gather_groups(db, HEFEI, OFFICE)
    urgent = Planned(Kind.ALARM, "1", MORNING, MORNING + MINUTE * 60, {"about": "x", "urgent": True})
    await write(db, notice(), urgent)
    await turn(db, MORNING)
    await db.write(lambda tx: tx.set_hold(Hold(MORNING, "qq:300400001")))
    assert (await must_take(db)).push.kind is Kind.ALARM
    assert await take(db) is None
    assert await db.write(lambda tx: tx.release_hold())
    assert (await must_take(db)).push.kind is Kind.ASSIGNED


async def test_in_quiet_hours_likewise(db: Database) -> None:
    await gather_groups(db, OFFICE)
    await write(db, notice())
    await turn(db, MORNING)
    quiet = Ask("qq", "甲机", MORNING, MORNING, only_urgent=True)
    assert await db.write(lambda tx: claim(tx, quiet, DECIDE, said)) is None


async def test_what_is_under_way_to_a_group_keeps_others_to_it_back(db: Database) -> None:
    await gather_groups(db, HEFEI, WANNAN)
    await write(db, notice())
    await turn(db, MORNING)
    busy = Ask("qq", "甲机", MORNING, MORNING, busy=frozenset({AT_HEFEI}))
    taken = await db.write(lambda tx: claim(tx, busy, DECIDE, said))
    assert taken is not None
    assert taken.target.id == WANNAN.id
