"""What a lab's own people read of their rounds, and what nobody else does."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.access import PlaceKind
from core.enrolment.models import Enrolled
from db.activities import submission
from db.audit import audit_log
from db.unit import Database
from tests.bot.desk import GROUP, LABS, PROGRAMMES, ROUNDS, STAFF, STRANGER, SUBMISSIONS, Desk, table
from tests.bot.own import BOTH, QINGCHUAN, YUNQI, A, B, bind, dispatch_all, enrol, own_desk

TO_REPORT = "没有报的请登录 http://www.clinet.com.cn ，在「室间质评—试验上报」中上报。"
APPLIED = {QINGCHUAN: Enrolled.APPLIED, YUNQI: Enrolled.APPLIED}


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await own_desk(db)


# -- 我的


async def test_mine_bears_the_code_and_what_is_open(desk: Desk) -> None:
    await enrol(desk.db, "A02", APPLIED)
    assert await desk.say("我的", A) == (
        "【我的单位】\n"
        "合肥演示晴川医院，实验室编码 0340101\n"
        "▍3月27日（周五）17:00 截止（第1次）\n"
        "未知：糖化血红蛋白\n"
        "已报：凝血试验\n"
        "▍4月3日（周五）17:00 截止（第1次）\n"
        "是否参加未知（名单中没有查到）：感染性疾病血清学标志物A\n"
        "数据截至 3月20日 09:00。编码也是平台账号，请勿外传。\n"
        "发送「上报」查看各项目情况。"
    )


async def test_mine_of_two_labs_with_samples_on_the_way(desk: Desk) -> None:
    await enrol(desk.db, "B01", {}, full=True)
    await enrol(desk.db, "A02", {}, full=True)
    await dispatch_all(desk.db)
    assert await desk.say("我的单位", BOTH) == (
        "【我的单位】\n"
        "合肥演示晴川医院，实验室编码 0340101\n"
        "▍3月27日（周五）17:00 截止（第1次）\n已报：凝血试验\n质控品待签收：凝血试验\n"
        "芜湖演示云栖医院，实验室编码 0340102\n"
        "▍3月27日（周五）17:00 截止（第1次）\n未报：凝血试验\n质控品待签收：凝血试验\n"
        "数据截至 3月20日 09:00。编码也是平台账号，请勿外传。\n"
        "发送「上报」查看各项目情况，发送「签收 全部」确认收到质控品；只看一家请发送「我的 单位名」。"
    )


async def test_mine_before_any_schedule(db: Database) -> None:
    desk = await Desk(db).open(LABS)
    await bind(db, A, QINGCHUAN)
    assert await desk.say("我的", A) == (
        "【我的单位】\n合肥演示晴川医院，实验室编码 0340101\n活动安排尚未导入，近期要上报的项目未知。\n"
        "上报名单尚未导入。编码也是平台账号，请勿外传。\n发送「上报」查看各项目情况。"
    )


# -- who may ask


@pytest.mark.parametrize("words", ["我的", "报名", "上报", "已报 全部", "签收", "签收 异常 破损"])
async def test_only_bound_people_only_in_private(desk: Desk, words: str) -> None:
    here = "涉及本单位的信息只在私聊中回答。请先加我为好友，再私聊发送「{}」。"
    name = words.split()[0]
    assert (await desk.say(words, STRANGER)).startswith("您还没有绑定单位，无法查询。")
    assert (await desk.say(words, STAFF)).startswith("您还没有绑定单位，无法查询。")
    for place in ({"place": PlaceKind.TEMPORARY}, {"group": GROUP}):
        assert await desk.say(f"/{name}", A, **place) == here.format(name)
        assert "晴川" not in await desk.say(words, A, **place)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("报名什么时候开始", "室间质评项目申请集中在前一年的10月底和11月初开始"),
        ("上报数据怎么操作", "登录检验医学信息网"),
        ("签收有问题怎么办", ""),
    ],
)
@pytest.mark.parametrize("user", [STRANGER, A])
async def test_a_question_that_begins_like_a_command_is_still_one(
    desk: Desk, words: str, answer: str, user: str
) -> None:
    said = await desk.say(words, user)
    assert said.startswith(answer)
    assert "还没有绑定" not in said
    assert "没有签收" not in said


@pytest.mark.parametrize("words", ["我的", "报名", "上报", "截止", "签收"])
async def test_one_lab_sees_nothing_of_the_other(desk: Desk, words: str) -> None:
    await enrol(desk.db, "A01", APPLIED)
    await dispatch_all(desk.db)
    for user, own, other in ((A, "晴川", "云栖"), (B, "云栖", "晴川")):
        said = await desk.say(words, user)
        assert own in said
        assert other not in said
    assert ("0340101" in await desk.say(words, A)) == (words == "我的")
    assert "034010" not in await desk.say(words, A, GROUP)


@pytest.mark.parametrize(
    ("words", "action"), [("我的", "labs.own"), ("上报", "activities.own"), ("截止", "activities.own")]
)
async def test_every_look_is_in_the_log(desk: Desk, words: str, action: str) -> None:
    await desk.say(words, BOTH)
    query = select(audit_log).where(audit_log.c.action == action).order_by(audit_log.c.id)
    rows = await desk.db.read(lambda tx: tx._all(query))
    assert [(row.actor, row.subject) for row in rows] == [(f"qq:{BOTH}", "lab:1"), (f"qq:{BOTH}", "lab:2")]


# -- 上报


async def test_status_programme_by_programme(desk: Desk) -> None:
    await enrol(desk.db, "A02", APPLIED)
    await desk.bring(
        table(
            "submissions",
            "year n programme lab_code reported reported_at",
            [2026, 1, "A01", QINGCHUAN, True, "2026-03-19T02:30:00Z"],
        )
    )
    assert await desk.say("上报", A) == (
        "【上报情况】2026年第1次\n"
        "合肥演示晴川医院\n"
        "▍3月27日（周五）17:00 截止\n"
        "· 凝血试验：已报（3月19日 10:30）\n"
        "· 糖化血红蛋白：未知（没有上报名单）\n"
        "是否参加未知（名单中没有查到）：感染性疾病血清学标志物A\n"
        "数据截至 3月20日 09:00。请到「已上报数据」核对是否完整、有无错误，"
        "3月27日（周五）17:00 前可「重新上报」。\n"
        f"{TO_REPORT}"
    )
    assert "· 凝血试验：未报\n" in await desk.say("上报状态 2026 第1次", B)


async def test_status_leaves_out_what_the_lab_takes_no_part_in(desk: Desk) -> None:
    await enrol(desk.db, "A02", {YUNQI: Enrolled.SUSPENDED})
    await enrol(desk.db, "B01", {QINGCHUAN: Enrolled.APPLIED}, full=True)
    said = await desk.say("上报", B)
    assert "凝血试验" in said
    assert "糖化" not in said
    assert "感染" not in said


async def test_a_lab_that_a_partial_list_leaves_out_is_not_called_unreported(desk: Desk) -> None:
    await enrol(desk.db, "A02", APPLIED)
    await desk.bring(
        table("submissions", "year n programme lab_code reported", [2026, 1, "A02", QINGCHUAN, False])
    )
    assert "· 糖化血红蛋白：未知（上报名单中没有查到）\n" in await desk.say("上报", B)


async def test_a_lab_absent_from_a_complete_list_is_told_so(desk: Desk) -> None:
    await enrol(desk.db, "A02", APPLIED)
    rows = [2026, 1, "A02", QINGCHUAN, False]
    await desk.bring(table("submissions", "year n programme lab_code reported", rows, scope="full"))
    assert "· 糖化血红蛋白：不在上报名单中\n" in await desk.say("上报", B)


async def test_nothing_known_is_not_called_unreported(db: Database) -> None:
    desk = await Desk(db).open(LABS, PROGRAMMES)
    await bind(db, A, QINGCHUAN)
    assert await desk.say("上报", A) == (
        "还没有活动的安排，上报情况未知（不等于未报）。"
        "请登录 http://www.clinet.com.cn ，在「室间质评—试验上报」中查看。"
    )
    await desk.bring(ROUNDS)
    assert await desk.say("上报 第1次", A) == (
        "【上报情况】2026年第1次\n"
        "合肥演示晴川医院\n"
        "是否参加未知（名单中没有查到）：凝血试验、糖化血红蛋白、感染性疾病血清学标志物A\n"
        "没有查到您单位的报名和上报名单，上报情况未知（不等于未报）。\n"
        f"上报名单尚未导入。\n{TO_REPORT}"
    )
    assert (await desk.say("上报 2025 第2次", A)).startswith("还没有2025年第2次活动的安排，上报情况未知")


async def test_the_open_activity_comes_first_else_the_last(desk: Desk) -> None:
    columns = "year n programme deadline"
    await desk.bring(table("rounds", columns, [2026, 2, "A01", "2026-09-18T09:00:00Z"]))
    assert (await desk.say("上报", A)).startswith("【上报情况】2026年第1次\n")
    desk.clock.move_to(desk.clock.now() + timedelta(days=30))
    said = await desk.say("上报", A)
    assert said.startswith("【上报情况】2026年第1次\n")
    assert said.endswith(
        "数据截至 3月20日 09:00。请到「已上报数据」核对是否完整、有无错误。\n"
        "本次已截止，不能重新上报；因系统故障要退回的，请发送「退回申请 项目 原因」。"
    )
    assert (await desk.say("上报", B)).endswith(
        "数据截至 3月20日 09:00。\n本次已截止，不能重新上报；有疑问请致电 0551-62283619。"
    )
    desk.clock.move_to(desk.clock.now() + timedelta(days=120))
    assert (await desk.say("上报", A)).startswith("【上报情况】2026年第2次\n")


# -- 截止


async def test_deadlines_with_own_state_in_private_only(desk: Desk) -> None:
    await enrol(desk.db, "A02", {QINGCHUAN: Enrolled.APPLIED, YUNQI: Enrolled.NOT_APPLIED})
    assert await desk.say("截止", A) == (
        "【上报截止】\n"
        "合肥演示晴川医院\n"
        "▍3月27日（周五）17:00 截止（第1次）\n"
        "未知：糖化血红蛋白\n"
        "已报：凝血试验\n"
        "▍4月3日（周五）17:00 截止（第1次）\n"
        "是否参加未知（名单中没有查到）：感染性疾病血清学标志物A\n"
        "数据截至 3月20日 09:00。发送「上报」查看各项目情况。"
    )
    everybody = await desk.say("截止", STRANGER, GROUP)
    assert await desk.say("截止", A, GROUP) == everybody
    assert await desk.say("截止", A, place=PlaceKind.TEMPORARY) == everybody
    assert await desk.say("截止", STRANGER) == everybody.replace("请私聊我发送", "请发送")
    assert "糖化" not in await desk.say("截止", B)
    assert await desk.say("截止 糖化", B) == await desk.say("截止 糖化", STRANGER)


# -- 已报


async def test_the_labs_own_word_changes_nothing_official(desk: Desk) -> None:
    await enrol(desk.db, "A02", APPLIED)
    assert await desk.say("已报 凝血、糖化", B) == (
        "芜湖演示云栖医院\n"
        "已记下您说的已报：凝血试验、糖化血红蛋白\n"
        "导入下一份上报名单之前，不再私聊提醒这些项目。这只是您的回复，官方上报情况不变。\n"
        "请到「已上报数据」核对是否完整、有无错误。"
    )
    assert "· 凝血试验：未报（本单位 3月20日 09:00 回复已报）\n" in await desk.say("上报", B)
    rows = await desk.db.read(lambda tx: tx._all(select(submission.c.state).where(submission.c.lab_id == 2)))
    assert [row.state for row in rows] == ["unsubmitted"]
    desk.clock.move_to(desk.clock.now() + timedelta(hours=1))
    await desk.bring(SUBMISSIONS)
    assert "· 凝血试验：未报\n" in await desk.say("上报", B)


async def test_what_the_list_says_needs_no_word(desk: Desk) -> None:
    assert await desk.say("已报 全部", A) == (
        "合肥演示晴川医院\n上报名单中已是已报：凝血试验\n请到「已上报数据」核对是否完整、有无错误。"
    )


async def test_words_that_cannot_be_taken_down(desk: Desk) -> None:
    await enrol(desk.db, "B01", {QINGCHUAN: Enrolled.APPLIED}, full=True)
    assert await desk.say("已报", B) == (
        "还缺项目，是哪一个？\n1 全部\n2 凝血试验\n3 糖化血红蛋白\n120 秒内回复序号即可。"
    )
    step = "发送「上报」查看各项目情况。"
    assert await desk.say("已报 感A", B) == f"感染性疾病血清学标志物A未参加，没有记录。{step}"
    assert await desk.say("已报 凝血 感B", B) == f"感染性疾病血清学标志物B未开放，所写的都没有记录。{step}"
    assert await desk.say("已报 凝血 香蕉", B) == (
        "没有找到项目「香蕉」，所写的都没有记录。请核对名称后重发，发送「项目」查看全部项目名称。"
    )
    assert await desk.say("已报 感染", A) == (await desk.say("已报 感A", A))  # of its own, only one is meant
    desk.clock.move_to(desk.clock.now() + timedelta(days=20))
    assert await desk.say("已报 凝血", B) == f"凝血试验已于 3月27日（周五）17:00 截止，没有记录。{step}"
    assert await desk.say("已报 全部", B) == "没有查到您单位现在可以上报的项目。发送「上报」查看各项目情况。"


async def test_of_two_labs_the_one_meant_is_named(desk: Desk) -> None:
    assert await desk.say("已报 凝血", BOTH) == (
        "您绑定了多家单位，要办理的是哪一家？\n1 合肥演示晴川医院\n2 芜湖演示云栖医院\n120 秒内回复序号即可。"
    )
    assert (await desk.say("1", BOTH)).startswith("合肥演示晴川医院\n")
    assert (await desk.say("已报 云栖医院 凝血", BOTH)).startswith(
        "芜湖演示云栖医院\n已记下您说的已报：凝血试验\n"
    )
    assert "回复已报" not in await desk.say("上报", A)
