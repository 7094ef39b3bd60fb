"""One message per target and moment: reminders of several deadlines go together, and none gets lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.pushes.states import Outcome, State
from db.unit import Database
from tests.cast import HEFEI, LABS, MORNING, OPERATOR, PROGRAMMES, WANNAN, at, bring, gather_groups, reports, table
from tests.db.post import SILENT_FOR, mark, must_take, plan, states, take, turn, words

DUE = at("2026-03-20 17:00")
SOON = DUE + timedelta(minutes=1)
BOTH = "pushes/deadline.reminder: 凝血试验 + 糖化血红蛋白 (26-0001-1)"
TWO_DEADLINES = table(
    "rounds",
    "year n programme deadline",
    [2026, 1, "A01", "2026-03-27T09:00:00Z"],
    [2026, 1, "A02", "2026-03-27T09:00:30Z"],
)


@pytest.fixture
async def season(db: Database) -> Database:
    """Two deadlines half a minute apart: their first reminders are number 1 and, four stages later, 5."""
    await gather_groups(db, HEFEI)
    await bring(db, LABS, PROGRAMMES, TWO_DEADLINES)
    await plan(db, MORNING)
    return db


async def two(db: Database) -> tuple[State, State]:
    found = await states(db)
    return found["26-0001-1"], found["26-0005-1"]


async def test_two_deadlines_due_at_once_are_one_message(season: Database) -> None:
    await turn(season, SOON)
    assert (await must_take(season, SOON)).body == BOTH
    assert await two(season) == (State.SENDING, State.SUPERSEDED)
    assert "并入 26-0001-1" in await words(season)
    assert await take(season, SOON) is None


async def test_each_group_has_its_own(season: Database) -> None:
    await gather_groups(season, WANNAN)
    await plan(season, MORNING)
    await turn(season, SOON)
    bodies = [(await must_take(season, SOON)).body for _ in range(2)]
    assert bodies == [BOTH, BOTH.replace("26-0001-1", "26-0001-2")]
    assert await take(season, SOON) is None


async def test_one_that_is_not_due_yet_is_not_drawn_in(season: Database) -> None:
    await turn(season, DUE)
    assert (await must_take(season, DUE)).body == "pushes/deadline.reminder: 凝血试验 (26-0001-1)"
    assert await states(season) == {"26-0001-1": State.SENDING}


async def test_one_that_has_nothing_to_say_is_not_drawn_in(season: Database) -> None:
    await bring(season, reports("0340101", programme="A02"), scope="full")
    await turn(season, SOON)
    assert (await must_take(season, SOON)).body == "pushes/deadline.reminder: 凝血试验 (26-0001-1)"
    assert await take(season, SOON) is None
    assert await two(season) == (State.SENDING, State.CANCELLED)


async def test_stages_of_one_deadline_that_met_are_said_once(season: Database) -> None:
    """The bot was away: 7 d expired with 3 d, and nothing of it is said twice."""
    late = at("2026-03-24 17:01")
    await turn(season, late)
    assert (await must_take(season, late)).body.count("凝血试验") == 1
    assert await take(season, late) is None


async def test_delivered_it_is_done_for_both(season: Database) -> None:
    await turn(season, SOON)
    assert await mark(season, await must_take(season, SOON), Outcome.DELIVERED)
    assert await two(season) == (State.DELIVERED, State.SUPERSEDED)
    assert await take(season, SOON + timedelta(hours=1)) is None


async def test_tried_again_it_still_says_both(season: Database) -> None:
    await turn(season, SOON)
    assert await mark(season, await must_take(season, SOON), Outcome.NOT_SENT, real=SOON)
    later = SOON + timedelta(minutes=1)
    again = await take(season, later)
    assert again is not None
    assert again.body == BOTH
    assert await take(season, later) is None


async def test_one_that_waits_goes_alone_when_its_bearer_has_expired(season: Database) -> None:
    """Nothing could be sent until the first deadline's 3 d reminder; the second one's ends half a minute later."""
    await turn(season, SOON)
    await mark(season, await must_take(season, SOON), Outcome.NOT_SENT, real=SOON)
    late = at("2026-03-24 17:00") + timedelta(seconds=10)
    await turn(season, late)
    last = await must_take(season, late)
    assert "凝血试验" in last.body
    assert "糖化血红蛋白" in last.body


async def test_refused_for_good_the_other_still_goes(season: Database) -> None:
    await turn(season, SOON)
    await mark(season, await must_take(season, SOON), Outcome.REFUSED)
    assert (await must_take(season, SOON)).body == "pushes/deadline.reminder: 糖化血红蛋白 (26-0005-1)"


async def test_perhaps_shown_neither_is_sent_again(season: Database) -> None:
    await turn(season, SOON)
    await mark(season, await must_take(season, SOON), Outcome.UNKNOWN)
    assert await take(season, SOON + timedelta(hours=1)) is None
    assert await two(season) == (State.UNCERTAIN, State.SUPERSEDED)


@pytest.mark.parametrize(
    ("found", "then"), [(State.OBSERVED, None), (State.READY, BOTH), (State.NEEDS_STAFF, None)], ids=str
)
async def test_after_a_look_into_the_history(season: Database, found: State, then: str | None) -> None:
    await turn(season, SOON)
    taken = await must_take(season, SOON)
    await mark(season, taken, Outcome.UNKNOWN)
    doubtful = replace(taken, state=State.UNCERTAIN)
    assert await season.write(lambda tx: tx.decide_delivery(doubtful, found, "", SOON))
    again = await take(season, SOON)
    assert (again and again.body) == then


async def test_after_a_crash_the_look_decides_for_both(season: Database) -> None:
    await turn(season, SOON)
    await must_take(season, SOON)
    assert await season.write(lambda tx: tx.bury_dead(SILENT_FOR, SOON)) == 1
    assert await two(season) == (State.UNCERTAIN, State.SUPERSEDED)


async def test_a_deadline_moved_meanwhile_is_not_revived(season: Database) -> None:
    await turn(season, SOON)
    await mark(season, await must_take(season, SOON), Outcome.NOT_SENT, real=SOON)
    await bring(season, table("rounds", "year n programme deadline", [2026, 1, "A02", "2026-04-10T09:00:00Z"]))
    later = SOON + timedelta(minutes=1)
    assert (await must_take(season, later)).body == "pushes/deadline.reminder: 凝血试验 (26-0001-1)"
    assert await take(season, later) is None
    assert await two(season) == (State.SENDING, State.SUPERSEDED)


async def test_a_group_removed_meanwhile_hears_of_neither(season: Database) -> None:
    await turn(season, SOON)
    await mark(season, await must_take(season, SOON), Outcome.NOT_SENT, real=SOON)
    await season.write(lambda tx: tx.remove_group(HEFEI, SOON, OPERATOR))
    assert await take(season, SOON + timedelta(minutes=1)) is None
    assert await two(season) == (State.CANCELLED, State.CANCELLED)
