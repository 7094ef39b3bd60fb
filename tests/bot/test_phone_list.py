"""催报 and 电话单: who has not reported is reminded now; who can't be reached is telephoned."""

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import delete, select, update

from bot.channels import Sent
from core.enrolment.models import Enrolled
from core.pushes.models import Kind, PushState
from core.pushes.states import Outcome
from db.audit import audit_log
from db.bindings import binding
from db.labs import lab
from db.pushes import push
from db.unit import Database
from tests.bot.desk import GROUP, OFFICE, STAFF, STRANGER, VIEWER, table
from tests.bot.own import B, bind, enrol, own_desk
from tests.bot.test_deliverer import Line, Post
from tests.bot.test_personal_reminders import ALL_REPORTED

FORBIDDEN = "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"


@pytest.fixture
async def post(db: Database) -> Post:
    """A01 and A02 close on 27 March at 17:00; 云栖 (bound: B) and 青禾 (nobody bound) have not reported A01."""
    return Post(await own_desk(db), Line())


async def urge(post: Post, words: str = "催报 2026 第1次") -> str:
    preview = await post.desk.say(words, STAFF)
    return await post.desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF)


def rows(post: Post) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(post.desk.files[-1].content)).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


# -- 催报


async def test_the_preview_of_a_reminder_now(post: Post) -> None:
    await post.tick.once()
    assert (await post.desk.say("催报 2026 第1次 凝血", STAFF)).startswith(
        "【预览：催报】2026年第1次\n"
        "▍3月27日（周五）17:00 截止\n"
        "· 凝血试验：未上报 2家\n"
        "· 糖化血红蛋白：未知（没有上报名单）\n"
        "同一截止时间一并提醒：糖化血红蛋白\n"
        "下一次自动提醒：3月20日（周五）17:00\n"
        "将发到 2 个群，并私聊未上报单位已绑定的账号（每家一人）。\n"
        "数据截至 3月20日 09:00，如有更新的上报名单请先导入。\n"
        "确认无误请回复：确认 "
    )


async def test_nothing_goes_along_that_was_asked_for(post: Post) -> None:
    for words in ("催报 第1次", "催报 第1次 全部", "催报 第1次 凝血 糖化"):
        assert "一并提醒" not in await post.desk.say(words, STAFF)


async def test_it_goes_to_the_groups_and_to_those_bound_and_not_again_that_day(post: Post) -> None:
    await post.tick.once()
    assert await urge(post, "催报 2026 第1次 凝血") == (
        "催报即将发出。发送「投递」查看结果，「电话单 2026 第1次」查看通知不到的单位。"
    )
    await post.pass_time(seconds=5)
    assert {target for target, _ in post.line.sent} == {GROUP, OFFICE, B}
    assert post.line.sent[0][1].startswith(
        "【上报提醒】\n2026年第1次 3月27日（周五）17:00 截止：\n· 凝血试验：未上报 不足3家\n"
    )
    for _ in range(3):
        await post.pass_time(minutes=1)
    assert len(post.line.sent) == 3
    assert await post.desk.say("催报 2026 第1次 凝血", STAFF) == (
        "3月27日（周五）17:00 截止的，3月20日 09:00 已提醒过，今天不再重复。请明天再催，或用「电话单」逐家通知。"
    )
    await post.pass_time(hours=8)  # the planned one stands
    assert [target for target, _ in post.line.sent].count(GROUP) == 2
    post.clock.move_to(post.clock.now() + timedelta(days=2))
    assert (await post.desk.say("催报 2026 第1次 凝血", STAFF)).startswith("【预览：催报】")


async def test_other_deadlines_are_urged_while_one_was_today(post: Post) -> None:
    await post.tick.once()
    await urge(post, "催报 2026 第1次 凝血")
    preview = await post.desk.say("催报 2026 第1次", STAFF)
    assert "▍4月3日（周五）17:00 截止\n· 感染性疾病血清学标志物A：未知（没有上报名单）\n" in preview
    assert "3月27日（周五）17:00 截止的，3月20日 09:00 已提醒过，不再重复。\n" in preview


async def test_the_planner_leaves_it_alone(post: Post) -> None:
    await post.tick.once()
    await urge(post, "催报 2026 第1次 凝血")
    await post.tick.once()
    query = select(push.c.state, push.c.expires_at).where(push.c.key.contains(":now-"))
    [row] = await post.desk.db.read(lambda tx: tx._all(query))
    assert row.state == PushState.OUT
    assert row.expires_at == post.clock.now() + timedelta(hours=8)  # until the next stage


async def test_where_no_stage_follows_it_is_the_last(post: Post) -> None:
    await post.desk.db.write(
        lambda tx: tx._run(update(push).where(push.c.kind == str(Kind.REMINDER)).values(state="skipped"))
    )
    await post.tick.once()
    await post.desk.db.write(
        lambda tx: tx._run(update(push).where(push.c.kind == str(Kind.REMINDER)).values(state="skipped"))
    )
    await urge(post, "催报 2026 第1次 凝血")
    await post.pass_time(seconds=5)
    query = select(push.c.expires_at).where(push.c.key.contains(":now-"))
    [row] = await post.desk.db.read(lambda tx: tx._all(query))
    assert f"{row.expires_at:%m-%d %H}" == "03-27 09"


async def test_at_night_it_waits(post: Post) -> None:
    post.clock.move_to(post.clock.now() + timedelta(hours=13))
    await post.tick.once()
    preview = await post.desk.say("催报 2026 第1次 凝血", STAFF)
    assert "将在 3月21日（周六）08:00（静默时段之后）发到 2 个群" in preview


@pytest.mark.parametrize(
    ("hours", "words", "sentence"),
    [
        (
            7.5,
            "催报 第1次 凝血",
            "3月27日（周五）17:00 截止的，3月20日 17:00 会自动提醒，不用再催。发送「预告」查看。",
        ),
        (24 * 8, "催报 第1次 凝血", "2026年第1次的这些项目都已截止。请核对年度和次数。"),
        (0, "催报 第2次", "还没有 2026年第2次活动的安排数据。请核对年度和次数，或先导入活动安排表。"),
        (0, "催报", "还缺次数。请这样写：催报 2026 第1次 凝血"),
    ],
)
async def test_what_needs_no_reminder_is_refused(post: Post, hours: float, words: str, sentence: str) -> None:
    await post.tick.once()
    post.clock.move_to(post.clock.now() + timedelta(hours=hours))
    assert await post.desk.say(words, STAFF) == sentence


async def test_nobody_is_urged_once_all_have_reported(post: Post) -> None:
    await post.desk.bring(
        table("submissions", "year n programme lab_code reported", *ALL_REPORTED.rows, scope="full")
    )
    assert await post.desk.say("催报 第1次 凝血", STAFF) == "2026年第1次的这些项目全部已上报，不用提醒。"


# -- 电话单


async def test_before_a_reminder_only_those_with_nobody_bound(post: Post) -> None:
    await post.tick.once()
    assert await post.desk.say("电话单 2026 第1次", VIEWER, OFFICE) == (
        "【电话单】2026年第1次\n"
        "▍3月27日（周五）17:00 截止：1 家\n"
        "没有账号绑定 1 家，私聊提醒没有送达 0 家\n"
        "没有上报名单、按未知计的项目：糖化血红蛋白、感染性疾病血清学标志物A\n"
        "数据截至 3月20日 09:00。名单请私聊我发送同一命令。"
    )
    assert post.desk.files == []


async def test_whom_the_reminder_did_not_reach_is_on_it(post: Post) -> None:
    post.line.outcomes = [Sent(Outcome.DELIVERED), Sent(Outcome.DELIVERED), Sent(Outcome.REFUSED, "非好友")]
    await post.pass_time(days=4, hours=8)
    said = await post.desk.say("电话单 2026 第1次 凝血", VIEWER)
    assert said.startswith(
        "【电话单】2026年第1次\n"
        "▍3月27日（周五）17:00 截止：2 家\n"
        "没有账号绑定 1 家，私聊提醒没有送达 1 家\n"
        "数据截至 3月20日 09:00。名单见文件。"
    )
    assert post.desk.files[-1].name == "电话单-2026-第1次.xlsx"
    assert rows(post) == [
        ("地市", "县区", "单位名称", "联系人", "电话", "未报或未知的项目", "截止时间", "原因"),
        (None, None, "太和演示青禾卫生院", None, None, "凝血试验", "3月27日（周五）17:00", "没有账号绑定"),
        (
            None,
            None,
            "芜湖演示云栖医院",
            None,
            None,
            "凝血试验",
            "3月27日（周五）17:00",
            "已绑定，私聊提醒没有送达",
        ),
    ]
    logged = select(audit_log).where(audit_log.c.action == "notices.phone_list")
    log = await post.desk.db.read(lambda tx: tx._all(logged))
    assert [(row.actor, row.subject, row.detail) for row in log] == [
        (f"qq:{VIEWER}", "activity:2026:1", {"labs": 2})
    ]


async def test_whom_it_reached_is_not(post: Post) -> None:
    await post.pass_time(days=4, hours=8)
    assert B in {target for target, _ in post.line.sent}
    await post.desk.say("电话单 2026 第1次 凝血", VIEWER)
    assert [row[2] for row in rows(post)[1:]] == ["太和演示青禾卫生院"]


async def test_beyond_the_days_quota_people_are_on_it(post: Post) -> None:
    post.tick.private_per_day = 0
    await post.pass_time(days=4, hours=8)
    await post.desk.say("电话单 2026 第1次 凝血", VIEWER)
    assert [row[2] for row in rows(post)[1:]] == ["太和演示青禾卫生院", "芜湖演示云栖医院"]


@pytest.mark.parametrize(("scope", "why"), [(None, "现有名单上没有未上报的"), ("full", "全部已上报")])
async def test_who_reported_is_not_called_up(post: Post, scope: str | None, why: str) -> None:
    await post.desk.bring(
        table("submissions", "year n programme lab_code reported", *ALL_REPORTED.rows, scope=scope)
    )
    assert await post.desk.say("电话单 2026 第1次 凝血", VIEWER) == (
        f"【电话单】2026年第1次\n没有需要打电话的单位：{why}。\n数据截至 3月20日 09:00。"
    )


async def test_what_is_unknown_is_called_so_and_comes_last(post: Post) -> None:
    """青禾 has not reported A01, 晴川 has; both have applied for A02, which has no list; nobody is bound."""
    states = {"0340101": Enrolled.APPLIED, "0340103": Enrolled.APPLIED}
    await enrol(post.desk.db, "A02", states)
    await post.desk.db.write(lambda tx: tx._run(delete(binding)))
    assert (
        "▍3月27日（周五）17:00 截止：3 家（其中是否上报未知的 1 家）\n没有账号绑定 3 家，私聊提醒没有送达 0 家\n"
    ) in await post.desk.say("电话单 2026 第1次", VIEWER)
    assert [(row[2], row[5]) for row in rows(post)[1:]] == [
        ("太和演示青禾卫生院", "凝血试验、糖化血红蛋白（未知）"),
        ("芜湖演示云栖医院", "凝血试验"),
        ("合肥演示晴川医院", "糖化血红蛋白（未知）"),
    ]


async def test_nobody_to_call_up_though_nothing_was_due_yet(post: Post) -> None:
    await bind(post.desk.db, "300400103", "0340103")
    assert await post.desk.say("电话单 2026 第1次 凝血", VIEWER) == (
        "【电话单】2026年第1次\n"
        "没有需要打电话的单位：未上报的都有绑定的账号，私聊提醒还没到时间。\n"
        "数据截至 3月20日 09:00。"
    )
    await post.pass_time(hours=8)  # a week before it is for groups only
    assert "私聊提醒还没到时间" in await post.desk.say("电话单 2026 第1次 凝血", VIEWER)
    await post.pass_time(days=4)
    assert await post.desk.say("电话单 2026 第1次 凝血", VIEWER) == (
        "【电话单】2026年第1次\n"
        "没有需要打电话的单位：未上报的都有绑定的账号，应发的私聊提醒都已送达。\n"
        "数据截至 3月20日 09:00。"
    )


async def test_without_any_list_nobody_is_said_to_be_reached(post: Post) -> None:
    await enrol(post.desk.db, "A02", {"0340101": Enrolled.APPLIED})
    assert await post.desk.say("电话单 2026 第1次 糖化", VIEWER) == (
        "【电话单】2026年第1次\n"
        "没有查到需要打电话的单位：已知参加的都有绑定的账号，私聊提醒还没到时间。\n"
        "没有上报名单、按未知计的项目：糖化血红蛋白\n"
        "还没有上报名单，请先导入。"
    )


async def test_what_looks_like_a_formula_stays_text(post: Post) -> None:
    values = {"name": "=1+1演示医院", "contact": "@张", "phone": "+8613800001111"}
    await post.desk.db.write(lambda tx: tx._run(update(lab).where(lab.c.code == "0340103").values(**values)))
    await post.desk.say("电话单 2026 第1次 凝血", VIEWER)
    book = openpyxl.load_workbook(io.BytesIO(post.desk.files[-1].content))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row if cell.value} == {"s"}


async def test_others_get_none(post: Post) -> None:
    for words in ("电话单 2026 第1次", "催报 2026 第1次"):
        assert await post.desk.say(words, STRANGER) == FORBIDDEN
        assert await post.desk.say(words, STRANGER, GROUP) == ""
    assert await post.desk.say("催报 2026 第1次", VIEWER) == FORBIDDEN


# -- 待办


async def test_the_last_day_says_how_many_must_be_called_up(post: Post) -> None:
    assert "打电话" not in await post.desk.say("待办", VIEWER)
    post.clock.move_to(post.clock.now() + timedelta(days=7))
    assert (
        "▍今天要打电话提醒\n· 2026年第1次 3月27日（周五）17:00 截止：1 家\n名单：电话单 2026 第1次\n"
    ) in await post.desk.say("待办", VIEWER)


async def test_what_never_went_out_is_said(post: Post) -> None:
    await post.tick.once()
    post.line.online = False
    await post.pass_time(hours=8)
    await post.pass_time(days=4)
    assert "▍未送达：近两天有 2 条群推送过期未发\n请看「投递 失败」，需要时人工通知\n" in (
        await post.desk.say("待办", VIEWER)
    )
