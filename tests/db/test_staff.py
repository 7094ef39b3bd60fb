"""投递, 补发 and 放弃: what staff see and decide of a push."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.pushes.models import Delivery
from core.pushes.references import parse_reference
from core.pushes.states import Outcome, State
from core.pushes.use import deliveries, give_up, send_again
from db.audit import audit_log
from db.unit import Database
from tests.cast import HEFEI, MORNING, OPERATOR, WANNAN, gather_groups, refusal
from tests.db.post import mark, must_take, notice, states, take, turn, words, write

LATER = MORNING + timedelta(hours=1)


async def fallen(db: Database, *outcomes: Outcome) -> None:
    """One push to as many groups as there are outcomes; the unknown ones were handed to staff."""
    await gather_groups(db, *[HEFEI, WANNAN][: len(outcomes)])
    await write(db, notice())
    await turn(db, MORNING)
    for outcome in outcomes:
        taken = await must_take(db)
        await mark(db, taken, outcome)
        if outcome is Outcome.UNKNOWN:
            doubtful = (replace(taken, state=State.UNCERTAIN), State.NEEDS_STAFF, "无法核对", MORNING)
            await db.write(lambda tx, doubtful=doubtful: tx.decide_delivery(*doubtful))  # type: ignore[misc]


async def again(db: Database, reference: str) -> Delivery:
    return await db.write(lambda tx: send_again(tx, OPERATOR, reference, LATER))


async def drop(db: Database, reference: str) -> Delivery:
    return await db.write(lambda tx: give_up(tx, OPERATOR, reference, LATER))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("26-0317-2", (2026, 317, 2)),
        ("26-0317", (2026, 317, None)),
        ("26-317", (2026, 317, None)),
        ("〔通知 26-0317-2〕", (2026, 317, 2)),
        ("通知26-0317-2", (2026, 317, 2)),
        ("26-10000-1", (2026, 10000, 1)),
    ],
)
def test_a_reference_is_read_as_people_copy_it(text: str, meant: Sequence[int | None]) -> None:
    assert parse_reference(text) == tuple(meant)


@pytest.mark.parametrize("text", ["", "26", "26-", "26-0317-2-1", "26-三", "26-0317-x", "-0317-2", "26-03.17"])
async def test_anything_else_is_refused(text: str) -> None:
    async def parse() -> None:
        parse_reference(text)

    refused = await refusal(parse())
    assert (refused.key, refused.params) == ("pushes/reference_form", {"text": text})


async def test_numbers_no_database_holds_are_refused_too(db: Database) -> None:
    for text in ("26-99999999999999999999", "26-0001-99999999999999999999"):
        assert (await refusal(db.read(lambda tx, text=text: deliveries(tx, text)))).key == "pushes/reference_form"  # type: ignore[misc]
    assert (await refusal(db.read(lambda tx: deliveries(tx, "26-999999999")))).key == "pushes/reference_unknown"


async def test_all_of_a_push_or_one(db: Database) -> None:
    await fallen(db, Outcome.DELIVERED, Outcome.REFUSED)
    both = await db.read(lambda tx: deliveries(tx, "26-0001"))
    assert [(d.reference, d.state) for d in both] == [
        ("26-0001-1", State.DELIVERED),
        ("26-0001-2", State.FAILED),
    ]
    [one] = await db.read(lambda tx: deliveries(tx, "26-0001-2"))
    assert one.target.id == WANNAN.id
    refused = await refusal(db.read(lambda tx: deliveries(tx, "26-0002")))
    assert (refused.key, refused.params) == ("pushes/reference_unknown", {"reference": "26-0002"})


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNKNOWN])
async def test_sent_again(db: Database, outcome: Outcome) -> None:
    await fallen(db, outcome)
    assert (await again(db, "26-0001-1")).reference == "26-0001-1"
    assert await states(db) == {"26-0001-1": State.READY}
    assert await words(db) == ["工作人员补发"]
    taken = await must_take(db, LATER)
    assert (taken.fence, taken.reference) == (2, "26-0001-1")
    assert await mark(db, taken, Outcome.DELIVERED)


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNKNOWN])
async def test_given_up(db: Database, outcome: Outcome) -> None:
    await fallen(db, outcome)
    await drop(db, "26-0001")
    assert await states(db) == {"26-0001-1": State.CANCELLED}
    assert await words(db) == ["工作人员放弃"]
    assert await take(db, LATER) is None


async def test_who_decided_is_written(db: Database) -> None:
    await fallen(db, Outcome.REFUSED, Outcome.REFUSED)
    await again(db, "26-0001-1")
    await drop(db, "26-0001-2")
    query = select(audit_log).where(audit_log.c.action.startswith("pushes.")).order_by(audit_log.c.id)
    rows = await db.read(lambda tx: tx._all(query))
    assert [(r.actor, r.action, r.subject, r.at) for r in rows] == [
        ("qq:300400001", "pushes.resend", "delivery:26-0001-1", LATER),
        ("qq:300400001", "pushes.give_up", "delivery:26-0001-2", LATER),
    ]


async def test_several_that_wait_are_asked_back(db: Database) -> None:
    await fallen(db, Outcome.REFUSED, Outcome.UNKNOWN)
    refused = await refusal(again(db, "26-0001"))
    assert refused.key == "pushes/reference_several"
    assert refused.params == {"references": ["26-0001-1", "26-0001-2"]}


async def test_the_one_that_waits_among_several_is_meant(db: Database) -> None:
    await fallen(db, Outcome.DELIVERED, Outcome.REFUSED)
    assert (await again(db, "26-0001")).reference == "26-0001-2"
    assert list((await states(db)).values()) == [State.DELIVERED, State.READY]


@pytest.mark.parametrize("decide", [again, drop])
async def test_nothing_to_decide(db: Database, decide) -> None:  # type: ignore[no-untyped-def]
    await fallen(db, Outcome.DELIVERED)
    refused = await refusal(decide(db, "26-0001"))
    assert (refused.key, refused.params) == ("pushes/nothing_to_decide", {"reference": "26-0001-1"})
    assert (await refusal(decide(db, "26-0002"))).key == "pushes/reference_unknown"


async def test_decided_twice_is_once(db: Database) -> None:
    await fallen(db, Outcome.REFUSED)
    await drop(db, "26-0001")
    assert (await refusal(again(db, "26-0001"))).key == "pushes/nothing_to_decide"


async def test_too_late_to_send_again_but_not_to_give_up(db: Database) -> None:
    await fallen(db, Outcome.REFUSED)
    ended = MORNING + timedelta(days=3)
    late = await refusal(db.write(lambda tx: send_again(tx, OPERATOR, "26-0001-1", ended)))
    assert (late.key, late.params) == ("pushes/too_late", {"reference": "26-0001-1"})
    await db.write(lambda tx: give_up(tx, OPERATOR, "26-0001-1", ended))
    assert await states(db) == {"26-0001-1": State.CANCELLED}


async def test_the_expired_are_only_shown(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await write(db, notice())
    await turn(db, MORNING + timedelta(days=3))
    assert await states(db) == {"26-0001-1": State.EXPIRED}
    assert (await refusal(again(db, "26-0001"))).key == "pushes/nothing_to_decide"
    [shown] = await db.read(lambda tx: tx.recent_deliveries([State.EXPIRED], 5))
    assert shown.reference == "26-0001-1"


async def test_the_list_of_what_waits_for_staff(db: Database) -> None:
    await fallen(db, Outcome.REFUSED, Outcome.UNKNOWN)
    waiting = await db.read(lambda tx: tx.for_staff())
    assert {(d.reference, d.state) for d in waiting} == {
        ("26-0001-1", State.FAILED),
        ("26-0001-2", State.NEEDS_STAFF),
    }
