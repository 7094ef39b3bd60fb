"""A lab's own rows: who may ask, and that whom a reminder goes to is what `to_remind` says."""

from datetime import datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import insert

from core.access import Account, Principal, Role
from core.activities.models import Reported
from core.activities.own import PROBLEM, RECEIVED
from core.enrolment.models import Enrolled
from db.activities import programme, round_, submission, submission_list
from db.bindings import binding
from db.enrolment import enrolment, enrolment_list
from db.labs import lab
from db.receipts import own_word
from db.unit import Database, Unit
from tests.cast import DEADLINE, LABS, MORNING, PROGRAMMES, ROUNDS, bring

ONE = Principal(Account("qq", "300400101"), labs=frozenset({1}))
VIEWER = Principal(Account("qq", "300400002"), Role.VIEWER)
LATER = MORNING + timedelta(hours=1)

# list of submissions (none, partial, complete) x what it says x enrolment (and its list) x own word
CASES = [
    (listed, state, enrolled, said)
    for listed, state, enrolled, said in product(
        (None, "partial", "full"),
        (None, Reported.SUBMITTED, Reported.UNSUBMITTED, Reported.UNLISTED),
        (None, "left out", Enrolled.APPLIED, Enrolled.NOT_APPLIED, Enrolled.SUSPENDED),
        (None, MORNING - timedelta(hours=1), LATER),
    )
    if listed or not state
]


async def every_case(tx: Unit) -> None:
    """A programme, round and lab of its own for each case, and somebody bound to the lab."""
    for i, (listed, state, enrolled, said) in enumerate(CASES, 1):
        name = f"{i}号演示医院"
        await tx._run(insert(lab).values(id=i, code=f"{340000 + i}", name=name, name_key=name, updated_at=MORNING))
        await tx._run(insert(programme).values(id=i, year=2026, code=f"P{i}", name=f"项目{i}", aliases=[]))
        row = {"id": i, "year": 2026, "n": 1, "programme_id": i, "deadline": DEADLINE, "state": "planned"}
        await tx._run(insert(round_).values(**row))
        if listed:
            full = MORNING if listed == "full" else None
            await tx._run(insert(submission_list).values(round_id=i, as_of=MORNING, full_as_of=full))
        if state:
            await tx._run(insert(submission).values(round_id=i, lab_id=i, state=str(state)))
        if enrolled:
            full = MORNING if enrolled == "left out" else None
            await tx._run(insert(enrolment_list).values(programme_id=i, as_of=MORNING, full_as_of=full))
        if isinstance(enrolled, Enrolled):
            await tx._run(insert(enrolment).values(lab_id=i, programme_id=i, state=str(enrolled)))
        if said:
            await tx._run(insert(own_word).values(lab_id=i, round_id=i, said_at=said, by="qq:1"))
        await bind(tx, i, f"{i}")


async def bind(tx: Unit, lab_id: int, account: str, at: datetime = MORNING) -> None:
    row = {"platform": "qq", "account": account, "lab_id": lab_id, "bound_at": at, "how": "code"}
    await tx._run(insert(binding).values(**row))


async def test_reminded_are_just_those_of_whom_it_holds(db: Database) -> None:
    await db.write(every_case)
    who = Principal(Account("qq", "1"), labs=frozenset(range(1, len(CASES) + 1)))
    rounds = await db.read(lambda tx: tx.own_rounds(who, 2026, 1, deadline=DEADLINE))
    meant = {one.lab_id for one in rounds if one.to_remind}
    walked = await db.read(lambda tx: tx.people_not_reported(2026, 1, DEADLINE, 0, 1000))
    assert {one.lab_id for one in walked.people} == meant
    assert 0 < len(meant) < len(CASES)
    for i, (listed, state, enrolled, said) in enumerate(CASES, 1):
        if state is Reported.SUBMITTED or said == LATER or state is Reported.UNLISTED:
            assert i not in meant
        elif state is Reported.UNSUBMITTED:
            assert i in meant
        else:
            silenced = said is not None and listed is None
            assert (i in meant) == (enrolled is Enrolled.APPLIED and listed != "full" and not silenced)


async def test_labs_are_walked_a_few_at_a_time_and_none_is_missed(db: Database) -> None:
    await db.write(every_case)
    whole = await db.read(lambda tx: tx.people_not_reported(2026, 1, DEADLINE, 0, 1000))
    assert whole.last is None
    people, after = [], 0
    for _ in range(len(CASES)):
        walked = await db.read(lambda tx, a=after: tx.people_not_reported(2026, 1, DEADLINE, a, 7))
        people += walked.people
        if walked.last is None:
            break
        after = walked.last
    assert people == whole.people


async def test_told_is_who_was_bound_first(db: Database) -> None:
    await db.write(every_case)
    one = (await db.read(lambda tx: tx.people_not_reported(2026, 1, DEADLINE, 0, 1000))).people[0].lab_id

    async def more(tx: Unit) -> None:
        await bind(tx, one, "earlier", MORNING - timedelta(days=1))
        await bind(tx, one, "later", LATER)

    await db.write(more)
    walked = await db.read(lambda tx: tx.people_not_reported(2026, 1, DEADLINE, 0, 1000))
    assert [p.target.id for p in walked.people if p.lab_id == one] == ["earlier"]


async def test_nobody_reads_or_speaks_for_a_lab_that_is_not_theirs(db: Database) -> None:
    await bring(db, LABS, PROGRAMMES, ROUNDS)
    for work in (
        lambda tx: tx.own_rounds(ONE, lab_id=2),
        lambda tx: tx.labs_not_reported(ONE, [1], 9),
        lambda tx: tx.note_own_word(ONE, 2, [1], MORNING),
        lambda tx: tx.note_receipt(ONE, 2, [1], RECEIVED, MORNING),
        lambda tx: tx.note_own_word(VIEWER, 2, [1], MORNING),  # staff see it, yet it is not their word
    ):
        with pytest.raises(PermissionError):
            await db.write(work)
    assert {one.lab_id for one in await db.read(lambda tx: tx.own_rounds(ONE))} == {1}
    assert {one.lab_id for one in await db.read(lambda tx: tx.own_rounds(VIEWER, lab_id=2))} == {2}
    assert [one.name for one in await db.read(lambda tx: tx.own_labs(ONE))] == ["合肥演示晴川医院"]
    assert set(await db.read(lambda tx: tx.own_enrolments(ONE, 2026))) == {1}


async def test_the_last_word_of_a_lab_stands(db: Database) -> None:
    await bring(db, LABS, PROGRAMMES, ROUNDS)

    async def say(state: str, now: datetime) -> None:
        await db.write(lambda tx: tx.note_receipt(ONE, 1, [1, 2], state, now))
        await db.write(lambda tx: tx.note_own_word(ONE, 1, [1], now))

    await say(PROBLEM, MORNING)
    found = {one.round.id: one for one in await db.read(lambda tx: tx.own_rounds(ONE))}
    assert (found[1].receipt, found[1].received_at, found[1].said_at) == (PROBLEM, None, MORNING)
    await say(RECEIVED, LATER)
    found = {one.round.id: one for one in await db.read(lambda tx: tx.own_rounds(ONE))}
    assert (found[2].receipt, found[2].received_at, found[1].said_at) == (RECEIVED, LATER, LATER)
    assert found[3].receipt == ""
