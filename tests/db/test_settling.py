"""Applications that wait and find their code in an imported roster."""

import pytest
from sqlalchemy import select

from core.access import Account
from core.labs.models import ApplicationState
from db.labs import application as application_table
from db.pushes import push
from db.unit import Database
from tests.cast import APPLICANT, HEFEI, LABS, application, at, bring, gather_groups, principal, table
from tests.db.post import states

UNIT = "宣城演示望岳医院"
CODE = "0340777"
LATER = at("2026-03-20 10:00")
ROSTER = table("labs", "code name city county", [CODE, UNIT, "宣城市", "绩溪县"])


async def waiting(db: Database) -> list[str]:
    return [one.unit for one in await db.read(lambda tx: tx.applications_waiting())]


async def test_a_unit_in_the_roster_has_its_code(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await bring(db, application(UNIT, qq=APPLICANT.id), application("黄山演示松月医院"))
    brought = await bring(db, LABS, ROSTER, now=LATER)
    assert brought.written.assigned == (UNIT,)
    assert await waiting(db) == ["黄山演示松月医院"]
    [done] = await db.read(lambda tx: tx.applications_named(UNIT))
    assert (done.state, done.state_at) == (ApplicationState.ASSIGNED, LATER)
    applicant = await principal(db, APPLICANT)
    assert await db.read(lambda tx: tx.lab_code(applicant, done.lab_id or 0)) == CODE


async def test_one_push_names_all_units_and_no_code(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await bring(db, application(UNIT), application("池州演示听涛医院"))
    brought = await bring(db, LABS, ROSTER, now=LATER)
    [one] = await db.read(lambda tx: tx._all(select(push)))
    assert (one.kind, one.key) == (
        "application.assigned",
        f"application.assigned:batch{brought.written.batches[0]}",
    )
    assert one.facts == {"units": [UNIT, "池州演示听涛医院"]}
    assert one.due_at == LATER
    assert list(await states(db)) == ["26-0001-1"]


async def test_it_is_said_once(db: Database) -> None:
    await gather_groups(db, HEFEI)
    await bring(db, application(UNIT))
    await bring(db, ROSTER)
    assert (await bring(db, ROSTER, now=LATER)).written.assigned == ()
    assert len(await db.read(lambda tx: tx._all(select(push)))) == 1


async def test_no_roster_no_settling(db: Database) -> None:
    await bring(db, application(UNIT))
    assert (await bring(db, application("黄山演示松月医院"))).written.assigned == ()
    assert len(await waiting(db)) == 2


async def test_who_stood_in_the_roster_before_is_a_suspected_duplicate(db: Database) -> None:
    await bring(db, ROSTER)
    await bring(db, application(UNIT))
    [suspected] = await db.read(lambda tx: tx.applications_named(UNIT))
    assert suspected.state is ApplicationState.SUSPECTED
    assert (await bring(db, ROSTER)).written.assigned == ()
    assert await waiting(db) == [UNIT]


async def test_a_former_name_raises_suspicion_but_settles_nothing(db: Database) -> None:
    await bring(db, application("合肥演示晴川诊所"))
    assert (await bring(db, LABS)).written.assigned == ()
    await bring(db, application("合肥演示晴川诊所", day="2026-03-12"))
    found = await db.read(lambda tx: tx.applications_named("合肥演示晴川诊所"))
    assert [one.state for one in found] == [ApplicationState.SUBMITTED, ApplicationState.SUSPECTED]


@pytest.mark.parametrize(
    ("city", "county", "settled"),
    [
        ("宣城市", "绩溪县", True),
        ("", "", True),
        ("宣城市", "", True),
        ("", "绩溪县", True),
        ("黄山市", "绩溪县", False),
        ("宣城市", "旌德县", False),
    ],
)
async def test_a_unit_of_that_name_elsewhere_is_another(
    db: Database, city: str, county: str, settled: bool
) -> None:
    """The applicant could read the code: two counties may each have a 城关镇卫生院."""
    await bring(db, application(UNIT, city=city, county=county, qq=APPLICANT.id))
    assert (await bring(db, ROSTER)).written.assigned == ((UNIT,) if settled else ())
    assert len((await principal(db, APPLICANT)).applied) == settled


async def test_where_two_labs_may_be_meant_staff_decide(db: Database) -> None:
    twins = table(
        "labs", "code name city", ["0340201", "城关镇卫生院", "宣城市"], ["0340202", "城关镇卫生院", "六安市"]
    )
    await bring(db, application("城关镇卫生院", qq=APPLICANT.id))
    assert (await bring(db, twins)).written.assigned == ()
    assert (await principal(db, APPLICANT)).applied == frozenset()
    assert await waiting(db) == ["城关镇卫生院"]


async def test_its_number_stays_its_own(db: Database) -> None:
    await bring(db, application(UNIT))
    [before] = await db.read(lambda tx: tx._all(select(application_table.c.id)))
    await bring(db, ROSTER)
    [after] = await db.read(lambda tx: tx.applications_named(UNIT))
    assert after.id == before.id


async def test_where_two_have_applied_in_one_name_staff_decide(db: Database) -> None:
    await bring(db, application(UNIT, qq="300400901", day="2026-03-09"))
    await bring(db, application(UNIT, qq=APPLICANT.id, day="2026-03-10"))
    brought = await bring(db, LABS, ROSTER, now=LATER)
    assert brought.written.assigned == ()
    assert await waiting(db) == [UNIT, UNIT]
    assert (await principal(db, Account("qq", "300400901"))).applied == frozenset()


async def test_a_code_once_assigned_goes_to_no_other_account(db: Database) -> None:
    await bring(db, application(UNIT, qq=APPLICANT.id))
    await bring(db, LABS, ROSTER, now=LATER)
    brought = await bring(db, application(UNIT, qq="300400901"))
    assert brought.counts == [(0, 0, 0, 1)]
    assert brought.reasons == ["与分配编码时的 QQ 不同"]
    assert (await principal(db, Account("qq", "300400901"))).applied == frozenset()
