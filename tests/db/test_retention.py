"""An account is forgotten on request, or after it has left; messages go when they are old."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.dispatcher import OPERATOR as LOCAL
from bot.scheduler.nightly import Nightly
from core.access import Account, Role
from core.audit.verifying import verify
from core.clock import ManualClock
from core.labs.use import assign, propose_assignment
from core.pushes.models import Kind, Planned
from core.pushes.states import Outcome, State
from core.requests.models import RequestKind
from core.requests.pushes import decided_push
from core.retention import ERASED, NOBODY
from core.retention.forget import forget, kept
from core.retention.night import Terms
from core.retention.table import KEPT, Fate
from db.agreements import agreement
from db.bindings import binding, suspended_binding
from db.labs import application, lab
from db.members import departure
from db.pushes import attempt, delivery, push
from db.receipts import own_word, receipt
from db.requests import request
from db.unit import Database, Unit
from tests.cast import DEADLINE, HEFEI, LABS, MORNING, OPERATOR, bring, gather_groups, refusal
from tests.db.kept import (
    CARD,
    DAY,
    KINDS,
    LEFT,
    OTHER,
    PERSON,
    PHONE,
    dump,
    fill,
    holding,
    later,
    logged,
    rows,
)
from tests.db.post import mark, must_take, notice, turn, write
from tests.db.stores import Stores

TERMS = Terms(180 * DAY, 30 * DAY)


async def forgotten(db: Database, account: Account = PERSON, now: datetime = MORNING) -> dict[str, int]:
    return await db.write(lambda tx: forget(tx, LOCAL, account, now, now))


async def night(db: Database, now: datetime) -> None:
    await Nightly(db, ManualClock(now), TERMS).go_on()


# -- eqabot forget


async def test_after_it_is_forgotten_an_account_occurs_nowhere(db: Database) -> None:
    await fill(db)
    before = await dump(db)
    erased = {one.column for one in KEPT if one.person is not Fate.STAYS}
    others = {"application.contact", "application.phone", "group_member.card", "group_member.nickname"}
    bears = holding(before, PERSON.id, PERSON.masked, "知夏", "清理 6 人", "已回电")
    assert erased - bears - others == {"audit_log.salt"}  # so nothing is left out below
    assert await forgotten(db) == KINDS
    assert holding(await dump(db), PERSON.id) == set()


async def test_nor_does_its_name_or_what_was_said(db: Database) -> None:
    await fill(db)
    await forgotten(db)
    after = await dump(db)
    assert holding(after, PERSON.masked, CARD, "已回电", "样品融化") == set()
    assert holding(after, "林知夏", PHONE) == {"application.contact", "application.phone"}  # it still waits
    assert await rows(db, application, application.c.state, application.c.contact, application.c.qq) == [
        ("rejected", "", ERASED),
        ("submitted", "林知夏", ERASED),
    ]


async def test_forgotten_twice_is_forgotten_once(db: Database) -> None:
    await fill(db)
    await forgotten(db)
    once = await dump(db)
    assert await forgotten(db) == {}
    assert await dump(db) == once


async def test_what_others_did_stays(db: Database) -> None:
    await fill(db)
    assert await db.read(lambda tx: kept(tx, OTHER)) == {
        "bindings": 1, "requests": 1, "words": 1, "deliveries": 1, "office": 3, "log": 2, "told": 1,
    }  # fmt: skip
    await forgotten(db)
    assert await rows(db, binding, binding.c.account) == [(OTHER.id,)]
    assert await rows(db, suspended_binding, suspended_binding.c.account) == []
    assert await rows(db, receipt, receipt.c.by, receipt.c.state) == [
        (ERASED, "received"),
        (str(OTHER), "received"),
    ]
    assert await rows(db, own_word, own_word.c.by) == [(ERASED,)]
    asked = await rows(db, request, request.c.account, request.c.text, request.c.words, request.c.state)
    assert asked == [("", "", "", "refused"), ("", "", "", "expired"), (OTHER.id, "池州", "", "approved")]
    assert await rows(db, agreement, agreement.c.account, agreement.c.state, agreement.c.decided_by) == [
        (str(OTHER), "void", NOBODY),
        (str(OTHER), "agreed", NOBODY),
        (NOBODY, "agreed", str(OTHER)),
    ]


async def test_what_was_not_sent_is_sent_no_more(db: Database) -> None:
    await fill(db)
    await forgotten(db)
    own = [
        state
        for state, place in await rows(db, delivery, delivery.c.state, delivery.c.place_id)
        if place.startswith("erased-")
    ]
    ended = {State.DELIVERED, State.OBSERVED, State.SUPERSEDED, State.EXPIRED}
    assert [State(one) for one in own] == [
        state if state in ended else State.CANCELLED for state in State if state is not State.SENDING
    ]
    targets = await rows(db, push, push.c.targets)
    assert targets[-1] == ([f"qq:private:{OTHER.id}"],)
    for now in (MORNING, DEADLINE):
        await turn(db, now)
    query = select(delivery.c.place_id).where(delivery.c.state == "ready", delivery.c.place == "private")
    assert {row.place_id for row in await db.read(lambda tx: tx._all(query))} == {OTHER.id}


async def test_who_was_told_of_it_keeps_no_trace_of_it(db: Database) -> None:
    """新的绑定 went to whoever was bound before."""
    await fill(db)
    await forgotten(db)
    query = select(push.c.facts, delivery.c.state, delivery.c.place_id).join(delivery)
    [told] = await db.read(lambda tx: tx._all(query.where(push.c.kind == str(Kind.BOUND))))
    assert (told.facts["account"], told.facts["unit"], told.state) == ("", "云栖", "cancelled")
    assert told.place_id == OTHER.id


async def test_another_account_that_looks_the_same_is_still_told_of(db: Database) -> None:
    await fill(db)
    twin = Account("qq", f"{PERSON.id[:3]}9999{PERSON.id[-2:]}")
    assert twin.masked == PERSON.masked
    [(lab_id,), *_] = await rows(db, binding, binding.c.lab_id)
    await db.write(lambda tx: tx.bind(twin, lab_id, "code", LEFT))
    await forgotten(db)
    said = [facts.get("account") for (facts,) in await rows(db, push, push.c.facts)]
    assert PERSON.masked in said


async def test_the_log_tells_that_somebody_was_forgotten_and_stays_whole(db: Database) -> None:
    await fill(db)
    await forgotten(db)
    assert await logged(db, "retention.forget") == [("cli:local", "retention", KINDS)]
    verified = await db.read(lambda tx: verify(tx, None, MORNING))
    assert (verified.fault, verified.erased) == (None, 2)


async def test_staff_are_not_forgotten(db: Database) -> None:
    await fill(db)
    await db.write(lambda tx: tx.set_staff(PERSON, Role.VIEWER, MORNING, LOCAL))
    before = await dump(db)
    refused = await refusal(forgotten(db))
    assert (refused.key, refused.params) == ("retention/staff", {"account": str(PERSON)})
    assert await dump(db) == before


async def test_a_message_under_way_is_waited_for(db: Database) -> None:
    await fill(db)
    sending = {"state": str(State.SENDING), "claimed_at": MORNING}
    first = select(delivery.c.id).where(delivery.c.place_id == PERSON.id).limit(1).scalar_subquery()
    await db.write(lambda tx: tx._run(update(delivery).where(delivery.c.id == first).values(**sending)))
    before = await dump(db)
    assert (await refusal(forgotten(db))).key == "retention/under_way"
    assert await dump(db) == before
    await forgotten(db, now=MORNING + timedelta(minutes=3))  # the program that sent it is dead
    assert holding(await dump(db), PERSON.id) == set()


async def test_of_a_stranger_nothing_is_kept_and_nothing_is_written(db: Database) -> None:
    await fill(db)
    before = await dump(db)
    assert await forgotten(db, Account("qq", PERSON.id[:-1])) == {}
    assert await forgotten(db, Account("wecom", PERSON.id)) == {}
    assert await dump(db) == before


# -- the night


async def test_who_left_is_forgotten_after_thirty_days(db: Database) -> None:
    await fill(db)
    before = await dump(db)
    await night(db, later(30) - timedelta(seconds=1))
    assert await dump(db) == before
    await night(db, later(30))
    assert holding(await dump(db), PERSON.id, PERSON.masked, CARD) == set()
    assert await rows(db, departure, departure.c.account) == []
    assert await logged(db, "retention.nightly") == [("machine:local", "retention", {"persons": 1})]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
async def test_after_a_night_that_erased_somebody_no_file_holds_the_account(db: Database) -> None:
    await fill(db)
    clock = ManualClock(later(30))
    program = Nightly(db, clock, TERMS)
    while not program.is_done:
        await program.go_on()
    file = Path(str(db.writer.url.database))
    files = (file, file.with_name(f"{file.name}-wal"))
    assert [one.name for one in files if PERSON.id.encode() in one.read_bytes()] == []


async def test_staff_and_who_came_back_are_kept(db: Database) -> None:
    await fill(db)
    await db.write(lambda tx: tx.note_departure(OPERATOR.account, LEFT, LEFT))
    await db.write(lambda tx: tx.set_staff(OPERATOR.account, Role.OPERATOR, LEFT, LOCAL))
    await db.write(lambda tx: tx._run(update(binding).values(used_at=LEFT + timedelta(seconds=1))))
    before = await dump(db)
    await night(db, later(40))
    assert await dump(db) == before


async def test_who_is_not_surely_gone_is_kept(db: Database) -> None:
    await fill(db)
    await db.write(lambda tx: tx._run(update(departure).values(left_at=None)))
    before = await dump(db)
    await night(db, later(40))
    assert await dump(db) == before


async def shown(db: Database, *, words: str = "") -> None:
    """A free notice that stands in one group."""
    await gather_groups(db, HEFEI)
    facts = {"text": "停电通知", "at_all": False}
    await write(db, Planned(Kind.NOTICE, "notice.free:1", MORNING, MORNING + DAY, facts))
    await turn(db, MORNING)
    await mark(db, await must_take(db), Outcome.DELIVERED, words, "88")
    await db.write(lambda tx: tx._run(update(delivery).values(body="【通知】停电通知")))


async def test_old_messages_lose_their_words_and_keep_their_fate(db: Database) -> None:
    await shown(db, words="1200 retcode")
    await night(db, MORNING + 181 * DAY - timedelta(seconds=1))
    assert holding(await dump(db), "停电通知") == {"delivery.body", "push.facts"}
    await night(db, MORNING + 181 * DAY)
    assert holding(await dump(db), "停电通知", "retcode") == set()
    c = delivery.c
    assert await rows(db, delivery, c.state, c.body, c.words, c.attempts, c.message_id, c.place_id) == [
        ("delivered", "", "", 1, "88", HEFEI.id)
    ]
    assert await rows(db, attempt, attempt.c.outcome, attempt.c.words) == [("delivered", "")]
    assert await rows(db, push, push.c.facts) == [({"text": "", "at_all": False},)]
    assert await logged(db, "retention.nightly") == [
        ("machine:local", "retention", {"deliveries": 1, "pushes": 1})
    ]


async def test_what_staff_wrote_to_a_person_goes(db: Database) -> None:
    """At once when the person is forgotten, else with the other old words, though nothing of it was ever sent."""
    await bring(db, LABS)

    async def decide(tx: Unit) -> None:
        for asker in (PERSON, OTHER):
            asked = await tx.add_request(RequestKind.BINDING, asker, 1, "", MORNING, None)
            await tx.write_push(decided_push(asked, False, "证件上的姓名与登记的不同", MORNING), MORNING)

    await db.write(decide)
    await forgotten(db)
    assert [facts["words"] for (facts,) in await rows(db, push, push.c.facts)] == ["", "证件上的姓名与登记的不同"]
    await turn(db, MORNING + 8 * DAY)  # nobody could be reached
    await night(db, MORNING + 187 * DAY - timedelta(seconds=1))
    assert holding(await dump(db), "证件上的姓名") == {"push.facts"}
    await night(db, MORNING + 187 * DAY)
    assert holding(await dump(db), "证件上的姓名") == set()
    assert await logged(db, "retention.nightly") == [
        ("machine:local", "retention", {"deliveries": 1, "pushes": 1})
    ]


async def test_whom_to_call_for_a_forgotten_applicant_goes_with_the_decision(db: Database) -> None:
    await fill(db)
    await forgotten(db)

    async def assigned(tx: Unit) -> None:
        found = await propose_assignment(tx, "2", "990099", r"\d{6}")
        await assign(tx, LOCAL, found, MORNING)

    await db.write(assigned)
    assert holding(await dump(db), "林知夏", PHONE) == set()
    a = application.c
    assert await rows(db, application, a.state, a.qq) == [("rejected", ERASED), ("code_assigned", ERASED)]


async def test_the_night_looks_for_applications_that_were_decided_in_another_way(db: Database) -> None:
    await fill(db)
    await forgotten(db)
    await night(db, MORNING)
    assert holding(await dump(db), "林知夏", PHONE) == {"application.contact", "application.phone"}
    await db.write(lambda tx: tx._run(update(application).values(state="rejected")))
    await night(db, MORNING + DAY)
    assert holding(await dump(db), "林知夏", PHONE) == set()
    assert await logged(db, "retention.nightly") == [("machine:local", "retention", {"applications": 1})]


async def test_what_still_lives_keeps_its_words(db: Database) -> None:
    await shown(db)
    await db.write(lambda tx: tx._run(update(delivery).values(state=str(State.UNCERTAIN))))
    await night(db, MORNING + 400 * DAY)
    assert holding(await dump(db), "停电通知") == {"delivery.body", "push.facts"}
    long = {"state": str(State.DELIVERED), "expires_at": MORNING + 400 * DAY}
    await db.write(lambda tx: tx._run(update(delivery).values(**long)))
    await night(db, MORNING + 300 * DAY)
    assert holding(await dump(db), "停电通知") == {"delivery.body", "push.facts"}


async def test_decided_requests_lose_their_words(db: Database) -> None:
    """The first waits, the second was refused, the third was never decided in its time."""
    await bring(db, LABS)

    async def ask(tx: object) -> None:
        ident = (await tx._all(select(lab.c.id).limit(1)))[0].id  # type: ignore[attr-defined]
        for days in (None, None, 3):
            until = None if days is None else MORNING + days * DAY
            await tx.add_request(RequestKind.RECEIPT_PROBLEM, PERSON, ident, "样品融化", MORNING, until)  # type: ignore[attr-defined]

    await db.write(ask)
    done = {"state": "refused", "decided_at": MORNING + DAY, "words": "已补发"}
    await db.write(lambda tx: tx._run(update(request).where(request.c.id == 2).values(**done)))
    c = request.c
    await night(db, MORNING + 180 * DAY)
    assert [text for (text,) in await rows(db, request, c.text)] == ["样品融化"] * 3
    await night(db, MORNING + 181 * DAY)
    await night(db, MORNING + 183 * DAY)
    assert await rows(db, request, c.text, c.words, c.state, c.account) == [
        ("样品融化", "", "waiting", PERSON.id),
        ("", "", "refused", PERSON.id),
        ("", "", "waiting", PERSON.id),
    ]


async def test_a_night_without_anything_due_leaves_no_row(db: Database) -> None:
    await bring(db, LABS)
    before = await dump(db)
    await night(db, MORNING)
    assert await dump(db) == before


async def test_once_a_night_and_after_a_restart_without_harm(db: Database) -> None:
    await shown(db)
    clock = ManualClock(MORNING + 181 * DAY)
    program = Nightly(db, clock, TERMS)
    await program.go_on()
    once = await dump(db)
    await db.write(lambda tx: tx._run(update(delivery).values(body="再来")))
    await program.go_on()  # done for today
    assert holding(await dump(db), "再来") == {"delivery.body"}
    await Nightly(db, clock, TERMS).go_on()  # another process, or a restart: it looks
    assert holding(await dump(db), "再来") == set()
    assert {name: text for name, text in (await dump(db)).items() if not name.startswith("audit")} == {
        name: text for name, text in once.items() if not name.startswith("audit")
    }
    clock.move_to(clock.now() + DAY)
    await db.write(lambda tx: tx._run(update(delivery).values(body="再来")))
    await program.go_on()
    assert holding(await dump(db), "再来") == set()


@pytest.mark.parametrize("rows_due", [501])
async def test_a_night_that_is_cut_short_is_gone_on_with(
    db: Database, monkeypatch: pytest.MonkeyPatch, rows_due: int
) -> None:
    monkeypatch.setattr("bot.scheduler.nightly.FOR", -1.0)
    await write(db, notice())
    base = {"push_id": 1, "channel": "qq", "place": "group", "state": "delivered", "urgency": 1, "body": "旧"}
    many = [
        {**base, "place_id": str(n), "ordinal": n, "due_at": MORNING, "expires_at": MORNING}
        for n in range(1, rows_due + 1)
    ]
    await db.write(lambda tx: tx._run(delivery.insert(), many))
    program = Nightly(db, ManualClock(MORNING + 200 * DAY), TERMS)
    left = []
    for _ in range(4):
        await program.go_on()
        left.append(len([1 for (body,) in await rows(db, delivery, delivery.c.body) if body]))
    assert left == [301, 101, 0, 0]
    assert await logged(db, "retention.nightly") == [("machine:local", "retention", {"deliveries": 501})]


# -- again and again

DOINGS = ("forget 771", "forget 882", "night")
light = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@light
@given(order=st.lists(st.tuples(st.sampled_from(DOINGS), st.sampled_from((29, 30, 200, 400))), max_size=4))
async def test_in_whatever_order_the_second_time_changes_nothing(
    stores: Stores, order: list[tuple[str, int]]
) -> None:
    async with stores.fresh("sqlite") as db:
        await fill(db)
        for doing, days in order:
            stood = None
            for _ in range(2):
                if doing == "night":
                    await night(db, later(days))
                else:
                    await forgotten(db, OTHER if doing.endswith("882") else PERSON)
                after = await dump(db)
                assert stood in (None, after)
                stood = after
            assert doing != "forget 771" or not holding(after, PERSON.id)
            assert doing != "forget 882" or not holding(after, OTHER.id)
