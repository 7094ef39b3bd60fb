"""Suspended, not deleted: whom it befalls, what the person and staff are told, and how a new code restores it."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.scheduler.unused import suspend_longest_unused
from bot.settings import load
from core.access import Account, PlaceKind
from core.access.suspending import suspend_left
from db.unit import Database, Unit
from tests.bot.desk import CENTRE, EVERYTHING, GROUP, NOW, OFFICE, STAFF, Desk, table
from tests.bot.test_binding import code_for, labs_of
from tests.bot.test_claims import confirmed, sent
from tests.bot.test_deliverer import Line, Post

ANNA, BERT, CARL = "300400601", "300400602", "300400603"
QINGCHUAN, YUNQI = "合肥演示晴川医院", "芜湖演示云栖医院"
PHONE = "0551-62283619"
RESTORE = f"请向中心索取新的绑定码，在私聊中发送「绑定 绑定码」即可恢复，或致电 {PHONE}。"
LEFT = f"您与「{QINGCHUAN}」的绑定已于 3月20日（周五）09:00 停用（账号已不在质评群内）。{RESTORE}"
NOT_BOUND = (
    "您还没有绑定单位，无法查询。请在私聊中发送「绑定 绑定码」；没有绑定码的，发送「绑定 单位名称」申请，"
    f"或致电 {PHONE}。"
)
TOLD = (
    "【绑定停用】您与「{}」的绑定已于 3月20日（周五）09:00 停用（{}）。\n"
    "请向中心索取新的绑定码，私聊我发送「绑定 绑定码」即可恢复，或致电 " + PHONE + "。"
)
DAYS = timedelta(days=180)


@pytest.fixture
async def post(db: Database, tmp_path: Path) -> Post:
    """Anna is of two labs, Bert of one."""
    desk = Desk(db, load(None).model_copy(update={"data_dir": tmp_path}))
    await desk.open(*EVERYTHING)

    async def work(tx: Unit) -> None:
        for account, lab in ((ANNA, 1), (ANNA, 2), (BERT, 1)):
            await tx.bind(Account("qq", account), lab, "code", NOW)

    await desk.db.write(work)
    return Post(desk, Line())


@pytest.fixture
async def desk(post: Post) -> Desk:
    return post.desk


async def left(desk: Desk, *users: str) -> None:
    """They are in no group any more."""
    gone = [Account("qq", user) for user in users]
    await desk.db.write(lambda tx: suspend_left(tx, CENTRE, gone, desk.clock.now(), PHONE))


async def suspended(desk: Desk) -> list[tuple[str, int, str]]:
    query = text("SELECT account, lab_id, why FROM suspended_binding ORDER BY account, lab_id")
    return [tuple(row) for row in await desk.db.read(lambda tx: tx._all(query))]


# -- what the person is told


@pytest.mark.parametrize("asked", ["我的", "上报", "成绩 2026", "签收", "证书"])
async def test_who_asks_in_private_learns_why_and_what_to_do(desk: Desk, asked: str) -> None:
    await left(desk, BERT)
    assert await desk.say(asked, BERT) == LEFT


@pytest.mark.parametrize(("user", "units"), [(BERT, QINGCHUAN), (ANNA, f"{QINGCHUAN}」「{YUNQI}")])
async def test_who_is_only_suspended_may_leave_for_good(desk: Desk, user: str, units: str) -> None:
    await left(desk, ANNA, BERT)
    assert await desk.say("解绑", user) == (
        f"已解除与「{units}」的绑定。\n要再次绑定，请向中心索取新的绑定码，或发送「绑定 单位名称」申请。"
    )
    assert [row for row in await suspended(desk) if row[0] == user] == []
    assert await desk.say("解绑", user) == NOT_BOUND


async def test_of_several_suspended_one_may_be_left(desk: Desk) -> None:
    await left(desk, ANNA)
    assert (await desk.say("解绑 晴川医院", ANNA)).startswith(f"已解除与「{QINGCHUAN}」的绑定。")
    assert await suspended(desk) == [(ANNA, 2, "left")]


async def test_of_several_labs_each_is_named_with_its_reason(desk: Desk) -> None:
    await left(desk, ANNA)
    assert await desk.say("成绩", ANNA) == (
        f"您与「{QINGCHUAN}」的绑定已于 3月20日（周五）09:00 停用（账号已不在质评群内），"
        f"与「{YUNQI}」的绑定已于 3月20日（周五）09:00 停用（账号已不在质评群内）。{RESTORE}"
    )


async def test_nobody_else_learns_of_it_and_no_group(desk: Desk) -> None:
    await left(desk, BERT)
    assert await desk.say("成绩", CARL) == NOT_BOUND
    for place in (GROUP, OFFICE):
        assert "停用" not in await desk.say("成绩", BERT, place, to_me=True)
    assert "停用" not in await desk.say("成绩", BERT, place=PlaceKind.TEMPORARY)


async def test_who_is_bound_to_another_lab_still_asks_for_that(desk: Desk) -> None:
    await desk.bring(table("labs", "code name phone", ["0340101", QINGCHUAN, "0551-60000001"]))
    await desk.bring(table("labs", "code name phone", ["0340101", QINGCHUAN, "0551-60000002"]))
    said = await desk.say("我的", ANNA)
    assert YUNQI in said
    assert QINGCHUAN not in said


async def test_the_person_is_told_once_of_all_labs(post: Post) -> None:
    await left(post.desk, ANNA)
    await left(post.desk, BERT)
    both = f"{QINGCHUAN}」「{YUNQI}"
    assert await sent(post, ANNA) == [TOLD.format(both, "账号已不在质评群内")]
    assert await sent(post, ANNA, BERT, GROUP, OFFICE) == []


async def test_several_who_leave_at_one_moment_are_all_told(post: Post) -> None:
    await left(post.desk, ANNA)
    await left(post.desk, BERT)
    assert len(await sent(post, ANNA, BERT)) == 2


async def test_who_is_bound_again_before_it_was_sent_is_not_told(post: Post) -> None:
    await left(post.desk, BERT)
    assert (await post.desk.say(f"绑定 {await code_for(post.desk)}", BERT)).startswith("已绑定")
    assert await sent(post, BERT) == []


# -- restored, or ended


async def test_a_new_code_restores_it(desk: Desk) -> None:
    await left(desk, BERT)
    assert await labs_of(desk, BERT) == 0
    assert (await desk.say(f"绑定 {await code_for(desk)}", BERT)).startswith(f"已绑定「{QINGCHUAN}」。")
    assert (await labs_of(desk, BERT), await suspended(desk)) == (1, [])


async def test_a_code_that_was_given_out_before_does_not(desk: Desk) -> None:
    code = await code_for(desk)
    desk.clock.move_to(NOW + timedelta(hours=1))
    await left(desk, BERT)
    assert (await desk.say(f"绑定 {code}", BERT)).startswith("绑定码不对或已失效。")
    assert await labs_of(desk, BERT) == 0
    assert (await desk.say(f"绑定 {code}", CARL)).startswith(f"已绑定「{QINGCHUAN}」。"), (
        "others of the lab may use it"
    )


async def test_another_contact_ends_the_code_of_the_lab(desk: Desk) -> None:
    await desk.bring(roster(OLD))  # type: ignore[arg-type]
    code = await code_for(desk)
    await desk.bring(roster(("0340101", QINGCHUAN, "赵演示", "0551-60000001")))  # type: ignore[arg-type]
    assert (await desk.say(f"绑定 {code}", CARL)).startswith("绑定码不对或已失效。")


async def test_a_claim_that_staff_approve_restores_it(desk: Desk) -> None:
    await left(desk, BERT)
    assert (await desk.say("绑定 晴川医院", BERT)).startswith("已收到您绑定")
    await confirmed(desk, "批准 1")
    assert (await labs_of(desk, BERT), await suspended(desk)) == (1, [])


async def test_a_suspended_account_takes_no_place_of_the_five(desk: Desk) -> None:
    await left(desk, ANNA, BERT)
    for number in range(5):
        assert (await desk.say(f"绑定 {await code_for(desk)}", f"30040070{number}")).startswith("已绑定")


async def test_staff_see_it_and_may_end_it(post: Post) -> None:
    desk = post.desk
    await left(desk, ANNA)
    assert await desk.say("解除绑定 晴川医院", STAFF) == (
        f"「{QINGCHUAN}」已绑定 1 个账号：\n"
        "1. QQ 300400602，3月20日 09:00 凭绑定码绑定\n"
        "2. QQ 300400601，3月20日 09:00 凭绑定码绑定，3月20日 09:00 已停用（账号已不在质评群内）\n"
        "要解除其中一个，请加上序号或账号重发，例如：解除绑定 单位名称 1"
    )
    preview = await desk.say(f"解除绑定 晴川医院 {ANNA}", STAFF, OFFICE)
    assert "账号：QQ 300****01，3月20日 09:00 凭绑定码绑定，3月20日 09:00 已停用" in preview
    await confirmed(desk, "解除绑定 晴川医院 2")
    assert await suspended(desk) == [(ANNA, 2, "left")]
    assert "【绑定解除】" in "".join(await sent(post, ANNA))


async def test_staff_see_that_nobody_is_bound_but_some_were(desk: Desk) -> None:
    await left(desk, ANNA)
    assert (await desk.say("解除绑定 芜湖演示云栖医院", STAFF)).splitlines()[:2] == [
        f"「{YUNQI}」目前没有绑定的账号，只有已停用的：",
        "1. QQ 300400601，3月20日 09:00 凭绑定码绑定，3月20日 09:00 已停用（账号已不在质评群内）",
    ]


async def test_the_person_may_end_it_by_name_who_is_bound_elsewhere(desk: Desk) -> None:
    await desk.bring(table("labs", "code name phone", ["0340101", QINGCHUAN, "0551-60000001"]))
    await desk.bring(table("labs", "code name phone", ["0340101", QINGCHUAN, "0551-60000002"]))
    assert (await desk.say("解绑 晴川医院", ANNA)).startswith(f"已解除与「{QINGCHUAN}」的绑定。")
    assert await suspended(desk) == [(BERT, 1, "contact")]
    assert (await desk.say("解绑 青禾卫生院", ANNA)).startswith("您没有绑定「青禾卫生院」。您绑定的是：芜湖")
    assert (await desk.say("解绑", ANNA)).startswith(f"已解除与「{YUNQI}」的绑定。")


# -- unused


async def used_at(desk: Desk, user: str) -> set[str]:
    query = text("SELECT used_at FROM binding WHERE account = :user").bindparams(user=user)
    return {str(row.used_at)[:16] for row in await desk.db.read(lambda tx: tx._all(query))}


async def tick(desk: Desk, days: timedelta = DAYS) -> None:
    await suspend_longest_unused(desk.db, desk.clock, days, PHONE)


async def test_what_was_not_used_for_180_days_is_suspended(post: Post) -> None:
    desk = post.desk
    post.clock.move_to(NOW + DAYS - timedelta(seconds=1))
    await desk.say("我的", BERT)
    await tick(desk)
    assert await suspended(desk) == []
    post.clock.move_to(NOW + DAYS)
    await tick(desk)
    assert await suspended(desk) == [(ANNA, 1, "unused"), (ANNA, 2, "unused")]
    assert (await labs_of(desk, ANNA), await labs_of(desk, BERT)) == (0, 1)
    assert (await desk.say("成绩", ANNA)).startswith(
        f"您与「{QINGCHUAN}」的绑定已于 9月16日（周三）09:00 停用（长期未使用），与「{YUNQI}」"
    )


async def test_the_tick_looks_for_it(post: Post) -> None:
    post.tick.upkeep = [partial(suspend_longest_unused, post.desk.db, post.clock, DAYS, PHONE)]
    post.clock.move_to(NOW + DAYS)
    await post.tick.once()
    assert len(await suspended(post.desk)) == 3


async def test_fifty_at_a_tick_the_longest_unused_first(desk: Desk) -> None:
    async def work(tx: Unit) -> None:
        for number in range(60):
            at = NOW - timedelta(days=number)
            await tx.bind(Account("qq", f"9000{number:02d}"), 3, "code", at)

    await desk.db.write(work)
    desk.clock.move_to(NOW + DAYS - timedelta(days=1))
    await tick(desk)
    found = await suspended(desk)
    assert len(found) == 50
    assert found[0][0] == "900010"
    await tick(desk)
    assert len(await suspended(desk)) == 59


async def test_use_is_noted_once_a_day_for_all_labs_of_the_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[object] = []
    note = Unit.note_use

    async def counted(tx: Unit, *args: object) -> None:
        noted.append(args)
        await note(tx, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Unit, "note_use", counted)
    for hours in (1, 2, 25):
        desk.clock.move_to(NOW + timedelta(hours=hours))
        for asked in ("我的", "签收", "上报", "截止"):
            await desk.say(asked, ANNA)
    assert len(noted) == 2
    assert await used_at(desk, ANNA) == {"2026-03-21 02:00"}
    assert await used_at(desk, BERT) == {"2026-03-20 01:00"}


async def test_what_is_everybody_s_and_what_is_refused_is_no_use(desk: Desk) -> None:
    desk.clock.move_to(NOW + timedelta(hours=1))
    for asked in ("帮助", "截止", "解绑 不存在的演示医院", "谢谢"):
        await desk.say(asked, ANNA)
    await desk.say("成绩", ANNA, GROUP, to_me=True)
    assert await used_at(desk, ANNA) == {"2026-03-20 01:00"}


# -- another contact in the roster


def roster(*rows: Sequence[str]) -> object:
    return table("labs", "code name contact phone", *rows)


OLD = ("0340101", QINGCHUAN, "王演示", "0551-60000001")


async def test_another_contact_in_the_roster_suspends_all_of_the_lab(post: Post) -> None:
    desk = post.desk
    await desk.bring(roster(OLD, ("0340102", YUNQI, "李演示", "0553-60000001")))  # type: ignore[arg-type]
    assert await suspended(desk) == []  # there was none
    new = ("0340101", QINGCHUAN, "赵演示", "0551-60000001")
    await desk.bring(roster(new, ("0340102", YUNQI, "李 演示", "0553 60000001")))  # type: ignore[arg-type]
    assert await suspended(desk) == [(ANNA, 1, "contact"), (BERT, 1, "contact")]
    query = text("SELECT actor, subject, account FROM audit_log WHERE action = 'access.suspend' ORDER BY id")
    assert [tuple(row) for row in await desk.db.read(lambda tx: tx._all(query))] == [
        ("cli:test", "lab:1", f"qq:{user}") for user in (ANNA, BERT)
    ]
    told = TOLD.format(QINGCHUAN, "单位登记的联系人或电话有变更").replace(f"致电 {PHONE}", "致电中心")
    assert await sent(post, ANNA, BERT) == [told, told]


async def test_a_contact_is_not_blanked_first_and_replaced_unnoticed(post: Post) -> None:
    desk = post.desk
    await desk.bring(roster(OLD))  # type: ignore[arg-type]
    await desk.bring(roster(("0340101", QINGCHUAN, "", "")))  # type: ignore[arg-type]
    assert await suspended(desk) == []
    assert "联系人：王演示；电话：0551-60000001" in await desk.say("单位 0340101", STAFF)
    await desk.bring(roster(("0340101", QINGCHUAN, "赵演示", "")))  # type: ignore[arg-type]
    assert await suspended(desk) == [(ANNA, 1, "contact"), (BERT, 1, "contact")]
    assert "联系人：赵演示；电话：0551-60000001" in await desk.say("单位 0340101", STAFF)


async def test_the_preview_says_how_many_labs_that_concerns(db: Database) -> None:
    from bot.files.importing import preview
    from tests.bot.test_import_texts import said

    desk = await Desk(db).open(roster(OLD))  # type: ignore[arg-type]
    new = roster(("0340101", QINGCHUAN, "赵演示", "0551-60000001"), ("0340109", "池州演示听涛医院", "钱演示", "1"))
    text_ = said(await preview(desk.db, [new]))  # type: ignore[list-item]
    assert "\n  其中 1 家的联系人或电话有变更，其已绑定的账号停用，凭新的绑定码恢复\n" in text_
    assert "联系人" not in said(await preview(desk.db, [roster(OLD)]))  # type: ignore[list-item]
