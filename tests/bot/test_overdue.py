"""签收提醒: groups read counts, a person of its own labs only; what is not known is not "not received"."""

from datetime import UTC, datetime, timedelta

import pytest

from core.enrolment.models import Enrolled
from core.pushes.states import State
from core.workbooks.tables import Table
from db.unit import Database
from tests.bot.desk import GROUP, STAFF, Desk, table
from tests.bot.own import BASE, QINGCHUAN, YUNQI, A, B, bind, enrol, own_desk
from tests.bot.test_deliverer import Line, Post

TUESDAY = datetime(2026, 3, 24, 2, 1, tzinfo=UTC)  # 10:01; expected on Saturday the 21st
QINGHE, OTHER = "0340103", "300400103"
COLUMNS = "year n programme lab_code received_at"
LAST = "未收到、有破损或缺支的，请联系中心；已绑定单位的可私聊我发送「签收 异常 说明」。\n"


def signed(*codes: str, programme: str = "A02") -> Table:
    return table("receipts", COLUMNS, *([2026, 1, programme, code, "2026-03-21T02:00:00Z"] for code in codes))


@pytest.fixture
async def post(db: Database) -> Post:
    """Samples of 凝血 and 糖化 were sent on Friday; 晴川 has reported 凝血, 云栖 and 青禾 have not; 糖化 was
    applied for by all three."""
    desk = await own_desk(db)
    await bind(db, OTHER, QINGHE)
    await enrol(db, "A02", dict.fromkeys((QINGCHUAN, YUNQI, QINGHE), Enrolled.APPLIED))
    preview = await desk.say("发放 第1次 凝血 糖化", STAFF)
    await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF)
    post = Post(desk, Line())
    await post.pass_time(minutes=1)
    post.line.sent.clear()
    return post


async def overdue(post: Post, at: datetime = TUESDAY) -> dict[str, str]:
    """Who reads what of receipts then."""
    before = len(post.line.sent)
    await post.pass_time(seconds=int((at - post.clock.now()).total_seconds()))
    return {target: text for target, text in post.line.sent[before:] if text.startswith("【签收提醒】")}


async def test_without_a_list_groups_read_that_nothing_is_known_and_nobody_is_written_to(post: Post) -> None:
    heard = await overdue(post)
    assert heard[GROUP] == (
        "【签收提醒】2026年第1次室间质评质控品预计 3月21日（周六）到达\n"
        "签收情况未知：凝血试验、糖化血红蛋白\n"
        f"已签收请忽略。\n{LAST}〔通知 26-0010-1〕"
    )
    assert not {A, B, OTHER} & set(heard)


async def test_with_a_list_groups_read_counts_and_persons_what_is_their_own(post: Post) -> None:
    await post.desk.bring(signed(QINGCHUAN))
    heard = await overdue(post)
    assert heard[GROUP] == (
        "【签收提醒】2026年第1次室间质评质控品预计 3月21日（周六）到达\n"
        "· 糖化血红蛋白：不足3家还没有签收记录\n"
        "签收情况未知：凝血试验\n"
        f"签收名单数据截至 3月20日 09:01，已签收请忽略。\n{LAST}〔通知 26-0010-1〕"
    )
    assert {A, B, OTHER} & set(heard) == {B, OTHER}
    assert heard[B].startswith(
        "【签收提醒】2026年第1次室间质评质控品预计 3月21日（周六）到达\n"
        "签收名单中还没有您单位的记录：\n"
        "芜湖演示云栖医院：糖化血红蛋白\n"
        "签收名单数据截至 3月20日 09:01，已签收请忽略。\n"
        "收到的请回复「签收 项目」或「签收 全部」；未收到、有破损或缺支的，请回复「签收 异常 说明」。\n"
        "〔通知 26-"
    )
    assert all("医院" not in text and "卫生院" not in text for target, text in heard.items() if target == GROUP)


async def test_who_signed_by_its_own_word_or_has_reported_is_not_asked(post: Post) -> None:
    await post.desk.bring(signed(QINGCHUAN), signed("0340101", programme="A01"))
    await post.desk.say("签收 全部", B)
    reported = table(
        "submissions", "year n programme lab_code reported", *([2026, 1, p, QINGHE, True] for p in ("A01", "A02"))
    )
    await post.desk.bring(reported)
    heard = await overdue(post)
    assert heard == {}
    assert State.CANCELLED in set((await post.states()).values())


async def test_who_signs_between_planning_and_sending_is_not_asked(post: Post) -> None:
    await post.desk.bring(signed(QINGCHUAN))
    post.line.online = False
    await overdue(post)
    await post.desk.say("签收 全部", B)
    post.line.online = True
    heard = await overdue(post, TUESDAY + timedelta(minutes=1))
    assert {B, OTHER} & set(heard) == {OTHER}


async def test_a_later_arrival_is_asked_for_later_and_once(post: Post) -> None:
    await post.desk.bring(signed(QINGCHUAN))
    rows = ([2026, 1, p, "2026-03-27T09:00:00Z", "2026-03-24"] for p in ("A01", "A02"))
    await post.desk.bring(table("rounds", "year n programme deadline expected_on", *rows))
    assert await overdue(post) == {}
    heard = await overdue(post, datetime(2026, 3, 26, 2, 1, tzinfo=UTC))
    assert "质控品预计 3月24日（周二）到达" in heard[GROUP]
    assert await overdue(post, datetime(2026, 3, 26, 8, 0, tzinfo=UTC)) == {}


async def test_a_cancelled_round_is_not_asked_for(post: Post) -> None:
    await post.desk.bring(signed(QINGCHUAN))
    preview = await post.desk.say("改期 第1次 全部 取消", STAFF)
    await post.desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF)
    assert await overdue(post) == {}


async def test_samples_that_were_not_announced_or_have_no_day_are_never_late(db: Database) -> None:
    desk = await Desk(db).open(*BASE)
    post = Post(desk, Line())
    assert await overdue(post) == {}
    preview = await desk.say("发放 第1次 感A", STAFF)  # no expected day
    await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF)
    assert await overdue(post, datetime(2026, 4, 2, 2, 1, tzinfo=UTC)) == {}


async def test_who_switched_reminders_off_is_not_asked(post: Post) -> None:
    """Of 青禾 nobody else is bound."""
    await post.desk.bring(signed(QINGCHUAN))
    await post.desk.say("提醒 关", OTHER)
    assert {A, B, OTHER} & set(await overdue(post)) == {B}


async def test_switched_off_after_it_was_planned_it_is_not_sent(post: Post) -> None:
    await post.desk.bring(signed(QINGCHUAN))
    post.line.online = False
    await overdue(post)
    await post.desk.say("提醒 关", OTHER)
    post.line.online = True
    assert {A, B, OTHER} & set(await overdue(post, TUESDAY + timedelta(minutes=1))) == {B}
    [cancelled] = await post.desk.db.read(lambda tx: tx.recent_deliveries([State.CANCELLED], 9))
    assert (cancelled.target.id, cancelled.words) == (OTHER, "已关闭私聊提醒")
