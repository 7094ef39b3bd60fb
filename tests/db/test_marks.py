"""What an attempt came to, whose mark counts, and what becomes of a dead instance's."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.pushes.states import IllegalEdge, Outcome, State
from core.pushes.use import BACKOFF
from db.pushes import attempt, delivery
from db.unit import Database
from tests.cast import HEFEI, MORNING, WANNAN, gather_groups
from tests.db.post import SILENT_FOR, mark, must_take, notice, states, take, turn, write

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
async def ready(db: Database) -> Database:
    """One push, ready for one group."""
    await gather_groups(db, HEFEI)
    await write(db, notice())
    await turn(db, MORNING)
    return db


async def state(db: Database) -> State:
    return (await states(db))["26-0001-1"]


@pytest.mark.parametrize(
    ("outcome", "then"),
    [
        (Outcome.DELIVERED, State.DELIVERED),
        (Outcome.NOT_SENT, State.RETRY_WAIT),
        (Outcome.REFUSED, State.FAILED),
        (Outcome.UNKNOWN, State.UNCERTAIN),
    ],
)
async def test_an_attempt_ends_as_its_outcome_says(ready: Database, outcome: Outcome, then: State) -> None:
    taken = await must_take(ready)
    assert await mark(ready, taken, outcome, "平台说的话", "-70010", real=MORNING + SECOND)
    [row] = await ready.read(lambda tx: tx._all(select(delivery)))
    assert (row.state, row.words, row.message_id) == (then, "平台说的话", "-70010")
    [tried] = await ready.read(lambda tx: tx._all(select(attempt)))
    assert (tried.outcome, tried.words, tried.ended_at) == (outcome, "平台说的话", MORNING + SECOND)


async def test_each_retry_waits_longer(ready: Database) -> None:
    real, waits = MORNING, []
    for _ in range(6):
        await mark(ready, await must_take(ready, real=real), Outcome.NOT_SENT, real=real)
        [row] = await ready.read(lambda tx: tx._all(select(delivery)))
        waits.append(row.retry_at - real)
        assert await take(ready, real=row.retry_at - SECOND) is None
        real = row.retry_at
    assert waits == [*BACKOFF, BACKOFF[-1], BACKOFF[-1]]
    tries = await ready.read(lambda tx: tx._all(select(attempt.c.fence).order_by(attempt.c.fence)))
    assert [row.fence for row in tries] == [1, 2, 3, 4, 5, 6]


async def test_a_mark_with_an_old_fence_changes_nothing(ready: Database) -> None:
    old = await must_take(ready)
    await mark(ready, old, Outcome.NOT_SENT, real=MORNING)
    new = await must_take(ready, real=MORNING + HOUR)
    assert not await mark(ready, old, Outcome.DELIVERED, "迟到的话", "1")
    [row] = await ready.read(lambda tx: tx._all(select(delivery)))
    assert (row.state, row.fence, row.words, row.message_id) == ("sending", new.fence, "", "")
    assert await mark(ready, new, Outcome.DELIVERED)


async def test_a_second_mark_changes_nothing(ready: Database) -> None:
    taken = await must_take(ready)
    assert await mark(ready, taken, Outcome.DELIVERED, "到了", "1")
    assert not await mark(ready, taken, Outcome.REFUSED, "没到")
    assert await state(ready) is State.DELIVERED


async def test_a_mark_after_the_burial_changes_nothing(ready: Database) -> None:
    """The instance was slow, not dead: what it sent is looked for in the history, not sent again."""
    taken = await must_take(ready)
    await ready.write(lambda tx: tx.bury_dead(SILENT_FOR, MORNING))
    assert not await mark(ready, taken, Outcome.NOT_SENT)
    assert await state(ready) is State.UNCERTAIN
    assert await take(ready, real=MORNING + HOUR) is None


async def test_long_words_of_a_platform_are_cut(ready: Database) -> None:
    assert await mark(ready, await must_take(ready), Outcome.REFUSED, "错" * 900)
    [row] = await ready.read(lambda tx: tx._all(select(delivery)))
    assert row.words == "错" * 500


async def test_only_dead_instances_are_buried(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, *(notice(str(n)) for n in range(4)))
    await turn(db, MORNING)
    for name, heard in (("活着", MORNING), ("刚好", MORNING - SILENT_FOR), ("早死", MORNING - HOUR)):
        await db.write(lambda tx, name=name, heard=heard: tx.beat(name, heard))  # type: ignore[misc]
    for name in ("活着", "刚好", "早死", "从未露面"):
        await must_take(db, instance=name)
    assert await db.write(lambda tx: tx.bury_dead(SILENT_FOR, MORNING)) == 3
    assert list((await states(db)).values()) == [State.SENDING] + [State.UNCERTAIN] * 3
    assert await db.write(lambda tx: tx.bury_dead(SILENT_FOR, MORNING)) == 0


async def test_what_is_not_being_sent_is_not_buried(db: Database) -> None:
    await gather_groups(db, HEFEI, WANNAN)
    await write(db, notice())
    await turn(db, MORNING)
    await mark(db, await must_take(db), Outcome.DELIVERED)
    assert await db.write(lambda tx: tx.bury_dead(SILENT_FOR, MORNING + HOUR)) == 0
    assert list((await states(db)).values()) == [State.DELIVERED, State.READY]


async def test_a_beat_keeps_the_start_and_moves_the_end(db: Database) -> None:
    await db.write(lambda tx: tx.beat("甲机", MORNING))
    await db.write(lambda tx: tx.beat("甲机", MORNING + HOUR))
    assert await db.write(lambda tx: tx.bury_dead(SILENT_FOR, MORNING + HOUR)) == 0


async def test_the_doubtful_are_looked_for_after_a_while(ready: Database) -> None:
    await mark(ready, await must_take(ready, real=MORNING), Outcome.UNKNOWN)
    assert await ready.read(lambda tx: tx.uncertain("qq", MORNING - SECOND)) == []
    [doubtful] = await ready.read(lambda tx: tx.uncertain("qq", MORNING))
    assert (doubtful.reference, doubtful.claimed_at) == ("26-0001-1", MORNING)
    assert doubtful.body.startswith("pushes/application.assigned")


@pytest.mark.parametrize(
    ("old", "new"),
    [(State.DELIVERED, State.READY), (State.UNCERTAIN, State.SENDING), (State.EXPIRED, State.READY)],
)
async def test_illegal_edges_raise_and_write_nothing(ready: Database, old: State, new: State) -> None:
    [one] = await ready.read(lambda tx: tx.deliveries_of(2026, 1, None))
    with pytest.raises(IllegalEdge):
        await ready.write(lambda tx: tx.decide_delivery(replace(one, state=old), new, "", MORNING))
    assert await state(ready) is State.READY


async def test_what_is_under_way_cannot_be_taken_again(ready: Database) -> None:
    taken = await must_take(ready)
    with pytest.raises(IllegalEdge):
        await ready.write(lambda tx: tx.take(taken, "", None))  # type: ignore[arg-type]


async def test_a_decision_about_another_state_has_no_effect(ready: Database) -> None:
    taken = await must_take(ready)
    doubtful = replace(taken, state=State.UNCERTAIN)
    decided = ready.write(lambda tx: tx.decide_delivery(doubtful, State.READY, "", MORNING))
    assert await decided is False
    assert await state(ready) is State.SENDING


async def test_counts_by_state(db: Database) -> None:
    await gather_groups(db, HEFEI, WANNAN)
    await write(db, notice("1"), notice("2"))
    await turn(db, MORNING)
    await mark(db, await must_take(db), Outcome.DELIVERED)
    assert await db.read(lambda tx: tx.state_counts()) == {State.DELIVERED: 1, State.READY: 3}
