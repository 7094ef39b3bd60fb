"""查重, 申请状态 and 分配, on a real database of either kind."""

from dataclasses import asdict
from datetime import date

import pytest
from sqlalchemy import select

from bot.roster import UnitNames
from core.access import Account, Principal, Role
from core.calendar import WorkingDays
from core.labs.duplicate import Borne, Dates, Duplicate, Known, Near, check_duplicate
from core.labs.models import Application, ApplicationState
from core.labs.status import Status, application_status
from core.labs.use import ANNOUNCED_FOR, Assignment, assign, propose_assignment
from core.labs.waiting import Patience, Wait
from core.workbooks.cells import CODE_PATTERN
from db.audit import audit_log
from db.labs import application as application_table
from db.pushes import delivery, push
from db.unit import Database
from tests.cast import (
    APPLICANT,
    CODES,
    HEFEI,
    LABS,
    MORNING,
    OFFICE,
    OPERATOR,
    STRANGER,
    application,
    at,
    bring,
    gather_groups,
    principal,
    refusal,
    table,
)

UNIT = "宣城演示望岳医院"
CODE = "0340777"
LATER = at("2026-03-18 10:00")
PATIENCE = Patience(WorkingDays({}), 3)


async def duplicate(db: Database, unit: str) -> Duplicate:
    return await db.read(lambda tx: check_duplicate(tx, UnitNames(), unit))


async def status(db: Database, who: Principal, unit: str = UNIT, private: bool = True) -> tuple[Status, ...]:
    names = UnitNames()
    told = await db.read(lambda tx: application_status(tx, names, who, unit, private, PATIENCE, LATER))
    return told.found


async def proposal(db: Database, target: str, code: str = CODE) -> Assignment:
    return await db.read(lambda tx: propose_assignment(tx, target, code, CODE_PATTERN))


async def give(db: Database, target: str = UNIT, code: str = CODE) -> None:
    proposed = await proposal(db, target, code)
    await db.write(lambda tx: assign(tx, OPERATOR, proposed, LATER))


async def number_of(db: Database, unit: str) -> int:
    query = select(application_table.c.id).where(application_table.c.unit == unit)
    return int((await db.read(lambda tx: tx._one(query))).id)


# -- 查重


async def test_before_any_roster_nothing_is_known(db: Database) -> None:
    assert await duplicate(db, "合肥演示晴川医院") == Duplicate(
        "合肥演示晴川医院", (), (), Near(), Dates(None, None)
    )


async def test_a_unit_is_found_by_any_of_its_names(db: Database) -> None:
    await bring(db, LABS)
    for spelling, borne, called in (
        ("合肥演示晴川医院", Borne.OFFICIAL, "合肥演示晴川医院"),
        (" 合肥 演示晴川医院", Borne.OFFICIAL, "合肥演示晴川医院"),
        ("合肥演示晴川医院检验科", Borne.OFFICIAL, "合肥演示晴川医院"),
        ("晴川医院", Borne.SHORT, "晴川医院"),
        ("合肥演示晴川诊所", Borne.FORMER, "合肥演示晴川诊所"),
    ):
        known = Known("合肥演示晴川医院", "合肥市", borne, called)
        assert await duplicate(db, spelling) == Duplicate(spelling, (known,), (), Near(), Dates(MORNING, None))


async def test_of_the_names_of_one_unit_the_official_one_counts(db: Database) -> None:
    same = ["0340105", "铜陵演示观澜医院", ["铜陵演示观澜医院检验科"], ["铜陵演示观澜医院"]]
    await bring(db, table("labs", "code name aliases former_names", same))
    [known] = (await duplicate(db, "铜陵演示观澜医院")).existing
    assert (known.borne, known.place) == (Borne.OFFICIAL, "")


async def test_a_near_name_is_only_near(db: Database) -> None:
    await bring(db, LABS)
    found = await duplicate(db, "合肥演示晴传医院")
    assert (found.existing, found.near) == ((), Near(("合肥演示晴川医院",)))


async def test_a_new_unit_is_not_in_the_roster(db: Database) -> None:
    await bring(db, LABS)
    assert await duplicate(db, UNIT) == Duplicate(UNIT, (), (), Near(), Dates(MORNING, None))


async def test_a_waiting_application_is_told(db: Database) -> None:
    await bring(db, LABS, application(UNIT))
    found = await duplicate(db, UNIT)
    assert (found.pending, found.dates) == (((UNIT, date(2026, 3, 10)),), Dates(MORNING, MORNING))
    await give(db)
    found = await duplicate(db, UNIT)
    assert (found.names, found.pending) == ([UNIT], ())


async def test_without_an_import_the_last_change_is_the_date(db: Database) -> None:
    await bring(db, application(UNIT), now=LATER)
    await give(db)
    assert (await duplicate(db, UNIT)).dates == Dates(LATER, LATER)


async def test_the_answer_never_holds_a_code(db: Database) -> None:
    await bring(db, LABS)
    told = str([asdict(await duplicate(db, row[1])) for row in LABS.rows])
    assert not any(code in told for code in CODES)


# -- 申请状态


async def test_not_found_is_an_empty_answer(db: Database) -> None:
    await bring(db, LABS)
    assert await status(db, STRANGER) == ()


@pytest.mark.parametrize(
    ("day", "wait"),
    [("2026-03-10", Wait(date(2026, 3, 10), 8, 6, True)), (None, Wait(date(2026, 3, 17), 1, 1, False))],
)
async def test_a_waiting_application_has_a_state_and_a_day(db: Database, day: str | None, wait: Wait) -> None:
    """The day it was handed in, else the day we learned of it: Shanghai's, though in UTC it is the 16th."""
    await bring(db, application(UNIT, day=day), now=at("2026-03-17 07:00"))
    assert await status(db, STRANGER) == (Status(UNIT, ApplicationState.SUBMITTED, wait.since, wait),)


async def test_the_longest_waiting_comes_first(db: Database) -> None:
    for unit, day in (("甲市演示医院", None), ("乙市演示医院", "2026-03-12"), ("丙市演示医院", "2026-03-10")):
        await bring(db, application(unit, day=day), now=at("2026-03-11 09:00"))
    waiting = await db.read(lambda tx: tx.applications_waiting())
    assert [one.unit for one in waiting] == ["丙市演示医院", "甲市演示医院", "乙市演示医院"]


async def test_a_unit_of_the_roster_needs_no_application(db: Database) -> None:
    await bring(db, LABS)
    [found] = await status(db, STRANGER, "晴川医院")
    assert found == Status("合肥演示晴川医院", ApplicationState.ASSIGNED, None)


async def test_without_a_unit_it_is_the_askers_own(db: Database) -> None:
    await bring(db, application(UNIT, qq=APPLICANT.id))
    [own] = await status(db, await principal(db, APPLICANT), "")
    assert own.unit == UNIT
    assert await status(db, STRANGER, "") == ()


async def test_the_same_number_on_another_platform_is_somebody_else(db: Database) -> None:
    await bring(db, application(UNIT, qq=APPLICANT.id))
    await give(db)
    other = await principal(db, Account("wecom", APPLICANT.id))
    assert await status(db, other, "") == ()
    assert (await status(db, other))[0].code == ""


async def test_who_sees_the_code_and_where(db: Database) -> None:
    await bring(db, application(UNIT, qq=APPLICANT.id))
    await give(db)
    [given] = await status(db, OPERATOR)
    lab = given.lab_id
    assert lab is not None
    bound = Principal(Account("qq", "300400777"), labs=frozenset({lab}))
    elsewhere = Principal(Account("qq", "300400778"), labs=frozenset({lab + 1}))
    viewer = Principal(Account("qq", "300400779"), Role.VIEWER)
    applicant = await principal(db, APPLICANT)
    for who in (OPERATOR, viewer, applicant, bound):
        assert [(s.code, s.lab_id) for s in await status(db, who, private=True)] == [(CODE, lab)]
    for who in (STRANGER, elsewhere):
        assert [(s.code, s.lab_id) for s in await status(db, who, private=True)] == [("", None)]
    for who in (OPERATOR, viewer, applicant, bound, STRANGER, elsewhere):
        assert [(s.code, s.lab_id) for s in await status(db, who, private=False)] == [("", None)]


async def test_the_code_cannot_be_read_past_the_asker(db: Database) -> None:
    await bring(db, application(UNIT))
    await give(db)
    lab = (await status(db, OPERATOR))[0].lab_id or 0
    with pytest.raises(PermissionError):
        await db.read(lambda tx: tx.lab_code(STRANGER, lab))


async def test_the_code_is_in_no_repr(db: Database) -> None:
    await bring(db, application(UNIT))
    proposed = await proposal(db, UNIT)
    await give(db)
    lab = await db.read(lambda tx: tx.lab_with_code(CODE))
    assert CODE not in repr([proposed, lab, await status(db, OPERATOR)])


async def test_an_applicant_sees_no_other_units_code(db: Database) -> None:
    await bring(db, LABS, application(UNIT, qq=APPLICANT.id))
    await give(db)
    [other] = await status(db, await principal(db, APPLICANT), "晴川医院")
    assert other.code == ""


# -- 分配


async def test_a_code_of_another_form_is_refused(db: Database) -> None:
    await bring(db, application(UNIT))
    for code in ("", "123", "ABCD1234", "0340777.0", "034 0777", "123456789"):
        assert (await refusal(proposal(db, UNIT, code))).key == "labs/code_form"


async def test_a_code_of_another_unit_is_refused(db: Database) -> None:
    await bring(db, LABS, application(UNIT))
    refused = await refusal(proposal(db, UNIT, CODES[0]))
    assert (refused.key, refused.params) == ("labs/code_taken", {"unit": "合肥演示晴川医院"})


async def test_a_code_that_a_spreadsheet_could_take_for_anothers_is_refused(db: Database) -> None:
    await bring(db, LABS, application(UNIT))
    refused = await refusal(proposal(db, UNIT, CODES[0].lstrip("0")))
    assert (refused.key, refused.params) == ("labs/code_alike", {"unit": "合肥演示晴川医院"})


async def test_an_unknown_application_is_refused(db: Database) -> None:
    await bring(db, application(UNIT))
    for target in ("没有的医院", "申请404", "404", "申请99999999999999999999", "2147483648"):
        assert (await refusal(proposal(db, target))).key == "labs/application_unknown"


async def test_two_applications_of_one_name_are_asked_back(db: Database) -> None:
    await bring(db, application(UNIT, day="2026-03-10"))
    await bring(db, application(UNIT, day="2026-03-12"))
    refused = await refusal(proposal(db, UNIT))
    assert refused.key == "labs/application_ambiguous"
    [first, second] = refused.params["numbers"]  # type: ignore[misc]
    assert (await proposal(db, f"申请{second}")).application.id == second  # type: ignore[has-type]
    assert (await proposal(db, str(first))).application.id == first  # type: ignore[has-type]


async def test_one_given_and_one_waiting_is_no_question(db: Database) -> None:
    await bring(db, application(UNIT, day="2026-03-10"))
    await give(db)
    await bring(db, application(UNIT, day="2026-03-12"))
    proposed = await proposal(db, UNIT)
    assert proposed.application.state is ApplicationState.SUSPECTED


async def test_what_was_given_is_not_given_again(db: Database) -> None:
    await bring(db, application(UNIT))
    await give(db)
    refused = await refusal(proposal(db, UNIT, "0340778"))
    assert refused.key == "labs/application_done"
    assert refused.params == {"number": await number_of(db, UNIT), "unit": UNIT}


async def test_the_preview_warns_of_the_same_and_of_near_names(db: Database) -> None:
    await bring(db, LABS)
    await bring(db, application("合肥演示晴川医院"), application("芜湖演示云溪医院"))
    same = await proposal(db, "合肥演示晴川医院")
    assert (same.existing, same.near, same.joins) == (("合肥演示晴川医院",), (), None)
    near = await proposal(db, "芜湖演示云溪医院")
    assert (near.existing, near.near) == ((), ("芜湖演示云栖医院",))


async def test_a_repeated_application_may_join_its_own_lab(db: Database) -> None:
    await bring(db, LABS)
    await bring(db, application("合肥演示晴川医院", qq=APPLICANT.id))
    await give(db, "合肥演示晴川医院", CODES[0])
    assert (await status(db, await principal(db, APPLICANT), ""))[0].code == CODES[0]
    assert len(await db.read(lambda tx: tx.labs_named("合肥演示晴川医院"))) == 1


async def test_the_new_lab_has_what_the_application_said(db: Database) -> None:
    await bring(db, application(UNIT, city="宣城市", county="绩溪县"))
    await give(db)
    lab = await db.read(lambda tx: tx.lab_with_code(CODE))
    assert lab is not None
    assert (lab.code, lab.name, lab.city, lab.county) == (CODE, UNIT, "宣城市", "绩溪县")
    done = await db.read(lambda tx: tx.applications_named(UNIT))
    assert [(a.state, a.state_at, a.lab_id) for a in done] == [(ApplicationState.ASSIGNED, LATER, lab.id)]


async def test_the_announcement_goes_to_the_groups_without_the_code(db: Database) -> None:
    await gather_groups(db, HEFEI, OFFICE)
    await bring(db, application(UNIT))
    number = await number_of(db, UNIT)
    await give(db)
    [row] = await db.read(lambda tx: tx._all(select(push)))
    assert (row.kind, row.key) == ("application.assigned", f"application.assigned:{number}")
    assert row.facts == {"units": [UNIT]}
    assert (row.due_at, row.expires_at) == (LATER, LATER + ANNOUNCED_FOR)
    goes = await db.read(lambda tx: tx._all(select(delivery.c.place_id).order_by(delivery.c.ordinal)))
    assert [one.place_id for one in goes] == [HEFEI.id, OFFICE.id]


async def test_who_gave_it_is_written_without_the_code(db: Database) -> None:
    await bring(db, application(UNIT))
    await give(db)
    query = select(audit_log).where(audit_log.c.action == "labs.assign")
    [row] = await db.read(lambda tx: tx._all(query))
    assert (row.actor, row.at) == ("qq:300400001", LATER)
    assert row.subject == f"application:{await number_of(db, UNIT)}"
    assert CODE not in str(row)


async def test_all_of_it_or_nothing(db: Database) -> None:
    """The code was given away between preview and confirmation: no announcement, no audit row."""
    await gather_groups(db, HEFEI)
    await bring(db, application(UNIT))
    stale = await proposal(db, UNIT)
    await bring(db, application("黄山演示松月医院"))
    await give(db, "黄山演示松月医院", CODE)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await db.write(lambda tx: assign(tx, OPERATOR, stale, LATER))
    assert len(await db.read(lambda tx: tx._all(select(push)))) == 1
    [waiting] = await db.read(lambda tx: tx.applications_named(UNIT))
    assert isinstance(waiting, Application)
    assert waiting.pending
