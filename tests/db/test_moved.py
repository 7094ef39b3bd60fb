"""A moved deadline on the database: old reminders go, new ones come, and no stage is said twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.files.importing import preview, publish
from core.activities import reschedule as use
from core.activities.changes import Line
from core.pushes.claim import Ask, claim
from core.pushes.kinds import DECIDE
from core.pushes.models import Kind, PushState
from core.pushes.states import Outcome, State
from core.workbooks.tables import Table
from db.activities import round_
from db.audit import audit_log
from db.pushes import delivery, push
from db.unit import Database
from tests.cast import (
    DEADLINE,
    HEFEI,
    LABS,
    MORNING,
    OPERATOR,
    PROGRAMMES,
    ROUNDS,
    RULES,
    at,
    bring,
    gather_groups,
    refusal,
    table,
)
from tests.db.post import mark, must_take, plan, states, take, turn, words

MINUTE = timedelta(minutes=1)
PLANNED, OUT, WITHDRAWN = PushState.PLANNED, PushState.OUT, PushState.WITHDRAWN


@pytest.fixture
async def centre(db: Database) -> Database:
    """凝血 and 糖化 close on 27 March, 感B on the 30th; one group hears of it."""
    await gather_groups(db, HEFEI)
    await bring(db, LABS, PROGRAMMES, ROUNDS)
    return db


async def reschedule(db: Database, text: str, now: datetime = MORNING, n: int = 1) -> use.Reschedule:
    async def work(tx: use.RescheduleTx) -> use.Reschedule:
        found = await use.propose(tx, 2026, n, text.split(), RULES, now)
        await use.reschedule(tx, OPERATOR, found, now)
        return found

    return await db.write(work)


async def reminders(db: Database, day: str) -> dict[str, PushState]:
    """Stage → state, of the deadline on that day."""
    query = select(push.c.facts, push.c.state).where(push.c.kind == "deadline.reminder").order_by(push.c.due_at)
    rows = await db.read(lambda tx: tx._all(query))
    return {row.facts["stage"]: PushState(row.state) for row in rows if row.facts["deadline"].startswith(day)}


async def changes(db: Database) -> list[dict[str, object]]:
    query = select(push.c.facts).where(push.c.kind == str(Kind.CHANGED)).order_by(push.c.id)
    return [row.facts for row in await db.read(lambda tx: tx._all(query))]


async def test_reminders_of_the_old_deadline_give_way_to_those_of_the_new(centre: Database) -> None:
    await plan(centre, MORNING)
    await reschedule(centre, "凝血 糖化 4月10日 17:00")
    await plan(centre, MORNING + MINUTE)
    assert await reminders(centre, "2026-03-27") == dict.fromkeys(("7d", "3d", "1d", "3h"), WITHDRAWN)
    assert await reminders(centre, "2026-04-10") == dict.fromkeys(("7d", "3d", "1d", "3h"), PLANNED)


async def test_moved_back_they_are_the_same_again(centre: Database) -> None:
    await plan(centre, MORNING)
    before = await reminders(centre, "2026-03-27")
    await reschedule(centre, "凝血 糖化 4月10日 17:00")
    await plan(centre, MORNING + MINUTE)
    await reschedule(centre, "凝血 糖化 3月27日 17:00", MORNING + 2 * MINUTE)
    await plan(centre, MORNING + 3 * MINUTE)
    assert await reminders(centre, "2026-03-27") == before
    assert set((await reminders(centre, "2026-04-10")).values()) == {WITHDRAWN}
    assert (
        await centre.write(lambda tx: _count(tx, Kind.REMINDER)) == 4 + 4 + 3 + 4
    )  # before, after, of 感B, of autumn


async def _count(tx: object, kind: Kind) -> int:
    return len(await tx._all(select(push.c.id).where(push.c.kind == str(kind))))  # type: ignore[attr-defined]


async def test_a_reminder_of_the_old_deadline_that_was_read_spares_none_of_the_new(centre: Database) -> None:
    await plan(centre, MORNING)
    first = at("2026-03-20 17:00")
    await turn(centre, first)
    taken = await must_take(centre, first)
    await mark(centre, taken, Outcome.DELIVERED, real=first)
    await reschedule(centre, "凝血 糖化 4月3日 17:00", first + MINUTE)
    await plan(centre, first + 2 * MINUTE)
    assert (await reminders(centre, "2026-03-27"))["7d"] is OUT
    assert await reminders(centre, "2026-04-03") == dict.fromkeys(("7d", "3d", "1d", "3h"), PLANNED)
    await reschedule(centre, "凝血 糖化 3月27日 17:00", first + 3 * MINUTE)
    await plan(centre, first + 4 * MINUTE)
    assert await reminders(centre, "2026-03-27") == {"7d": OUT, "3d": PLANNED, "1d": PLANNED, "3h": PLANNED}


async def test_one_that_waits_for_the_old_deadline_is_not_sent(centre: Database) -> None:
    await plan(centre, MORNING)
    first = at("2026-03-20 17:00")
    await turn(centre, first)
    await reschedule(centre, "凝血 糖化 4月10日 17:00", first)
    await turn(centre, first + MINUTE)
    taken = await must_take(centre, first + MINUTE)
    assert taken.push.kind is Kind.CHANGED
    assert list((await states(centre)).values()) == [State.SUPERSEDED, State.SENDING]
    assert (await words(centre))[0] == "截止时间已变更"


async def test_a_cancelled_round_withdraws_its_reminders(centre: Database) -> None:
    await plan(centre, MORNING)
    await reschedule(centre, "B02 取消")
    await plan(centre, MORNING + MINUTE)
    assert set((await reminders(centre, "2026-03-30")).values()) == {WITHDRAWN}
    assert set((await reminders(centre, "2026-03-27")).values()) == {PLANNED}


async def test_what_is_previewed_of_the_reminders_is_what_happens(centre: Database) -> None:
    await plan(centre, MORNING)
    found = await reschedule(centre, "全部 4月10日 17:00")
    assert found.lines == [
        Line("deadline", DEADLINE, at("2026-04-10 17:00"), ("凝血试验", "糖化血红蛋白")),
        Line("deadline", at("2026-03-30 17:00"), at("2026-04-10 17:00"), ("感染性疾病血清学标志物B",)),
    ]
    assert (found.reminders.withdrawn, len(found.reminders.due)) == (7, 4)
    await plan(centre, MORNING + MINUTE)
    due = select(push.c.due_at).where(push.c.kind == "deadline.reminder", push.c.state == "planned")
    rows = await centre.read(lambda tx: tx._all(due.where(push.c.due_at < at("2026-06-01 00:00"))))
    assert tuple(sorted(row.due_at for row in rows)) == found.reminders.due


async def test_change_audit_and_announcement_are_one(centre: Database) -> None:
    await reschedule(centre, "凝血 3月30日 17:00")
    old, new = "2026-03-27T09:00:00+00:00", "2026-03-30T09:00:00+00:00"
    query = select(audit_log).where(audit_log.c.action == "activities.reschedule")
    [row] = await centre.read(lambda tx: tx._all(query))
    assert (row.actor, row.subject) == ("qq:300400001", "activity:2026:1")
    assert row.detail == {"was": {"1": {"deadline": old}}, "now": {"1": {"deadline": new}}}
    assert await changes(centre) == [{"year": 2026, "n": 1, "was": {"1": {"deadline": old}}}]


# -- asked again when it is sent


async def sent(db: Database, now: datetime) -> list[Line]:
    """What the next message says."""
    found: list[Line] = []

    def keep(template: str, view: dict[str, object]) -> str:
        assert template == "pushes/round.changed"
        found.extend(view["lines"])  # type: ignore[call-overload]
        return "变更"

    await turn(db, now)
    await db.write(lambda tx: claim(tx, Ask("qq", "甲机", now, now), DECIDE, keep))  # type: ignore[arg-type]
    return found


async def test_changed_twice_before_it_was_sent_is_one_message_from_first_to_last(centre: Database) -> None:
    await reschedule(centre, "凝血 3月30日 17:00")
    await reschedule(centre, "凝血 4月3日 17:00", MORNING + MINUTE)
    line = Line("deadline", DEADLINE, at("2026-04-03 17:00"), ("凝血试验",))
    assert await sent(centre, MORNING + MINUTE) == [line]
    assert list((await states(centre)).values()) == [State.SENDING, State.SUPERSEDED]
    assert await take(centre, MORNING + MINUTE) is None


async def test_cancelled_meanwhile_says_cancelled(centre: Database) -> None:
    await reschedule(centre, "凝血 3月30日 17:00")
    await reschedule(centre, "凝血 取消", MORNING + MINUTE)
    assert await sent(centre, MORNING + MINUTE) == [Line("cancelled", at("2026-03-30 17:00"), None, ("凝血试验",))]


async def test_changed_back_before_anybody_heard_says_nothing(centre: Database) -> None:
    await reschedule(centre, "凝血 3月30日 17:00")
    await reschedule(centre, "凝血 3月27日 17:00", MORNING + MINUTE)
    assert await sent(centre, MORNING + MINUTE) == []
    assert list((await states(centre)).values()) == [State.CANCELLED, State.SUPERSEDED]


async def test_cancelled_and_restored_before_anybody_heard_says_nothing(centre: Database) -> None:
    await reschedule(centre, "凝血 取消")
    await reschedule(centre, "凝血 恢复", MORNING + MINUTE)
    assert await sent(centre, MORNING + MINUTE) == []


async def test_what_may_have_been_read_is_changed_back_in_words(centre: Database) -> None:
    """The first is in doubt and to be sent again, while the deadline is what it was."""
    await reschedule(centre, "凝血 3月30日 17:00")
    await centre.write(lambda tx: tx._run(delivery.update().values(again=True)))
    await reschedule(centre, "凝血 3月27日 17:00", MORNING + MINUTE)
    back = Line("deadline", at("2026-03-30 17:00"), DEADLINE, ("凝血试验",))
    assert await sent(centre, MORNING + MINUTE) == [back]
    assert list((await states(centre)).values()) == [State.CANCELLED, State.SENDING]


async def test_changed_back_after_it_was_read_is_said(centre: Database) -> None:
    await reschedule(centre, "凝血 3月30日 17:00")
    assert await sent(centre, MORNING) == [Line("deadline", DEADLINE, at("2026-03-30 17:00"), ("凝血试验",))]
    await reschedule(centre, "凝血 3月27日 17:00", MORNING + MINUTE)
    back = Line("deadline", at("2026-03-30 17:00"), DEADLINE, ("凝血试验",))
    assert await sent(centre, MORNING + MINUTE) == [back]


# -- the same through a workbook


def sheet(*rows: Sequence[Any], columns: str = "year n programme deadline") -> Table:
    return table("rounds", columns, *rows)


async def test_an_import_that_moves_deadlines_is_one_announcement_an_activity(centre: Database) -> None:
    rows = [2026, 1, "A01", "2026-03-30T09:00:00Z"], [2026, 1, "A02", "2026-03-30T09:00:00Z"]
    brought = await bring(centre, sheet(*rows))
    assert brought.written.changed == ((2026, 1),)
    assert await sent(centre, MORNING) == [
        Line("deadline", DEADLINE, at("2026-03-30 17:00"), ("凝血试验", "糖化血红蛋白"))
    ]
    again = await bring(centre, sheet(*rows))
    assert again.written.changed == ()
    assert len(await changes(centre)) == 1


async def test_an_import_that_changes_samples_and_days(centre: Database) -> None:
    columns = "year n programme deadline dispatch_on expected_on sample_nos"
    first = [2026, 1, "A01", "2026-03-27T09:00:00Z", "2026-03-16", "2026-03-18", "202611-202615"]
    filled = await bring(centre, sheet(first, columns=columns))
    assert filled.written.changed == ()  # what was blank before is no change
    second = [2026, 1, "A01", "2026-03-27T09:00:00Z", "2026-03-18", "2026-03-20", "202611-202612"]
    await bring(centre, sheet(second, columns=columns), now=MORNING + MINUTE)
    found = await sent(centre, MORNING + MINUTE)
    assert [(line.field, str(line.old), str(line.new)) for line in found] == [
        ("dispatch_on", "2026-03-16", "2026-03-18"),
        ("expected_on", "2026-03-18", "2026-03-20"),
        ("sample_nos", "202611-202615", "202611-202612"),
    ]


async def test_what_nobody_heard_of_and_is_far_off_is_changed_in_silence(centre: Database) -> None:
    brought = await bring(centre, sheet([2026, 2, "A01", "2026-09-25T09:00:00Z"]))
    assert brought.written.changed == ()
    assert await changes(centre) == []


async def test_but_if_samples_were_announced_it_is_said(centre: Database) -> None:
    await centre.write(lambda tx: tx._run(round_.update().values(state="dispatched", dispatched_at=MORNING)))
    brought = await bring(centre, sheet([2026, 2, "A01", "2026-09-25T09:00:00Z"]))
    assert brought.written.changed == ((2026, 2),)


async def test_or_if_a_reminder_went_out(centre: Database) -> None:
    """Rules may remind earlier than what counts as near."""
    await plan(centre, MORNING)
    values = {"state": str(OUT)}
    await centre.write(lambda tx: tx._run(push.update().where(push.c.key.contains("2026:2:")).values(**values)))
    brought = await bring(centre, sheet([2026, 2, "A01", "2026-09-25T09:00:00Z"]))
    assert brought.written.changed == ((2026, 2),)


async def test_a_deadline_moved_into_the_past_is_for_staff_not_for_groups(centre: Database) -> None:
    brought = await bring(centre, sheet([2026, 1, "A01", "2026-03-02T09:00:00Z"]))
    assert brought.written.changed == ()
    assert brought.written.slips == ("凝血试验",)
    [alarm] = await centre.read(lambda tx: tx._all(select(push).where(push.c.kind == "staff.alarm")))
    assert alarm.facts == {
        "about": "deadline_past", "names": ["凝血试验"], "more": 0, "at": "2026-03-02T09:00:00+00:00",
        "was": {"1": {"deadline": "2026-03-27T09:00:00+00:00"}},
    }  # fmt: skip


async def test_a_slip_put_right_is_no_news(centre: Database) -> None:
    """Groups were told of the 30th, never of the slip."""
    await bring(centre, sheet([2026, 1, "A01", "2026-03-30T09:00:00Z"]))
    assert len(await sent(centre, MORNING)) == 1
    slip = MORNING + MINUTE
    await bring(centre, sheet([2026, 1, "A01", "2026-03-02T09:00:00Z"]), now=slip)
    righted = await bring(centre, sheet([2026, 1, "A01", "2026-03-30T09:00:00Z"]), now=slip + MINUTE)
    assert (righted.written.changed, righted.written.slips) == ((), ())
    assert len(await changes(centre)) == 1


async def test_a_slip_put_right_to_another_day_is_said_from_what_was_told(centre: Database) -> None:
    for by_hand in (False, True):
        told = at("2026-04-03 17:00") if by_hand else DEADLINE
        new = at("2026-04-07 17:00") if by_hand else at("2026-04-03 17:00")
        now = MORNING + 10 * MINUTE * by_hand
        await bring(centre, sheet([2026, 1, "A01", "2026-03-02T09:00:00Z"]), now=now)
        await bring(centre, sheet([2026, 1, "A01", "2026-03-03T09:00:00Z"]), now=now + MINUTE)
        if by_hand:
            found = await reschedule(centre, "凝血 4月7日 17:00", now + 2 * MINUTE)
            assert found.told
        else:
            await bring(centre, sheet([2026, 1, "A01", new.isoformat()]), now=now + 2 * MINUTE)
        said = [line for line in await sent(centre, now + 3 * MINUTE) if line.field == "deadline"]
        while await take(centre, now + 3 * MINUTE):  # the alarms
            pass
        assert said == [Line("deadline", told, new, ("凝血试验",))]


async def test_the_record_of_a_past_activity_is_put_right_in_silence(centre: Database) -> None:
    summer = at("2026-07-01 09:00")
    brought = await bring(centre, sheet([2026, 1, "A01", "2026-03-30T09:00:00Z"]), now=summer)
    assert brought.written.changed == ()
    assert await centre.write(lambda tx: _count(tx, Kind.ALARM)) == 0


async def test_a_preview_that_was_overtaken_by_an_import_is_refused(centre: Database) -> None:
    judged = await preview(centre, [sheet([2026, 1, "A01", "2026-03-30T09:00:00Z"])])
    await bring(centre, sheet([2026, 1, "A01", "2026-04-03T09:00:00Z"]))
    assert (await refusal(publish(centre, OPERATOR, judged, MORNING))).key == "workbook/meanwhile"
