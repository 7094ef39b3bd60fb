"""项目, 计划书, 截止, 上报, 已报 and 提醒 in the words that people use, with what is not so."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.enrolment.models import Enrolled
from db.audit import audit_log
from db.receipts import own_word, reminder_off
from db.unit import Database
from tests.bot.desk import GROUP, LABS, NOW, PROGRAMMES, ROUNDS, STAFF, STRANGER, Desk, table
from tests.bot.own import BOTH, QINGCHUAN, YUNQI, A, B, bind, enrol, own_desk

SITE = "http://www.ahccl.cn"
ADVICE = "保存、稀释和项目设置都在计划书中，请先看计划书再检测。"
NOT_BOUND = "您还没有绑定单位，无法查询。"
NOT_HERE = "涉及本单位的信息只在私聊中回答。请先加我为好友，再私聊发送「{}」。"


@pytest.fixture
async def desk(db: Database) -> Desk:
    """晴川 has reported A01; A02 is enrolled by both and has no list."""
    desk = await own_desk(db)
    await enrol(db, "A02", {QINGCHUAN: Enrolled.APPLIED, YUNQI: Enrolled.APPLIED})
    return desk


# -- 项目


async def test_programmes_of_one_activity(desk: Desk) -> None:
    assert await desk.say("项目 第1次") == (
        "【2026年第1次质评项目】共3个：\n凝血试验、糖化血红蛋白、感染性疾病血清学标志物A\n"
        "具体以当年通知为准。发送「项目 名称」查看详情"
    )
    assert await desk.say("项目 2026年第2次") == (
        f"2026年第2次活动的安排尚未导入，有哪些项目未知（不等于没有）。请关注网站通知：{SITE}"
    )
    assert await desk.say("项目 感B") == (
        "【2026年】感染性疾病血清学标志物B（感染、感B）\n每年2次，不计分\n活动安排尚未导入，截止时间未知\n"
        f"计划书：还没有链接，请到网站查找 {SITE}\n发送「截止 感染性疾病血清学标志物B」查看近期的截止时间"
    )
    assert "\n第1次活动安排中没有该项目\n" in await desk.say("项目 第1次 感B")


async def test_a_programme_that_is_none_and_one_that_nearly_is(desk: Desk) -> None:
    assert await desk.say("项目 凝雪") == ("没有找到项目「凝雪」，相近的有：\n1 凝血试验\n120 秒内回复序号即可。")
    assert (await desk.say("1")).startswith("【2026年】凝血试验（凝血）\n")


# -- 计划书


async def test_where_a_plan_is(desk: Desk) -> None:
    found = (
        f"【计划书】\n2026年第1次 凝血试验：\nhttps://example.org/a01.pdf\n{ADVICE}"
        "发送「截止 凝血试验」查看上报截止时间"
    )
    for words in (
        "计划书 凝血",
        "凝血的计划书",
        "凝血计划书链接",
        "发一份凝血试验的计划书",
        "计划书 2026 第1次 A01",
    ):
        assert await desk.say(words) == found
    assert await desk.say("计划书 凝血", group=GROUP) == found
    assert await desk.say("计划书 糖化") == (
        f"【计划书】\n2026年第1次 糖化血红蛋白：\n还没有链接，请到网站查找 {SITE}\n{ADVICE}"
        "发送「截止 糖化血红蛋白」查看上报截止时间"
    )


async def test_the_plan_of_a_round_goes_before_that_of_its_programme(desk: Desk) -> None:
    columns = "year n programme deadline plan_url"
    second = [2026, 2, "A01", "2026-09-18T09:00:00Z", "https://example.org/a01-2.pdf"]
    await desk.bring(table("rounds", columns, second))
    assert "2026年第1次 凝血试验：\nhttps://example.org/a01.pdf\n" in await desk.say("计划书 凝血")
    assert "2026年第2次 凝血试验：\nhttps://example.org/a01-2.pdf\n" in await desk.say("计划书 第2次 凝血")
    desk.clock.move_to(NOW + timedelta(days=30))
    assert "2026年第2次 凝血试验：\nhttps://example.org/a01-2.pdf\n" in await desk.say("计划书 凝血")


async def test_plans_without_a_programme(desk: Desk) -> None:
    assert await desk.say("计划书") == (
        f"【计划书】2026年有链接的：\n凝血试验\n其余请到网站查找：{SITE}\n"
        f"{ADVICE}发送「计划书 项目」取得链接，例如：计划书 凝血试验"
    )
    assert await desk.say("计划书", group=GROUP) == ""  # people say it to each other
    assert await desk.say("计划书 感染") == (
        "「感染」对应多个项目，您要的是哪一个？\n1 感染性疾病血清学标志物A\n2 感染性疾病血清学标志物B\n"
        "120 秒内回复序号即可。"
    )
    assert await desk.say("计划书 2019 凝血") == f"2019年的项目表尚未导入，计划书链接未知。请到网站查找：{SITE}"


async def test_plans_before_any_link_is_known(db: Database) -> None:
    desk = await Desk(db).open()
    assert await desk.say("计划书 凝血") == f"2026年的项目表尚未导入，计划书链接未知。请到网站查找：{SITE}"
    await desk.bring(table("programmes", "year code name aliases", [2026, "A01", "凝血试验", []]))
    assert await desk.say("计划书") == f"2026年各项目的计划书还没有链接，请到网站查找：{SITE}\n{ADVICE}"


# -- 截止

IN_MANY_WORDS = (
    *(
        "糖化截止日期是哪天",
        "糖化什么时候截止",
        "2026年第1次 糖化 截止",
        "糖化上报到什么时候截止",
        "糖化几号截止啊",
    ),
    *(
        "请问糖化上报时间是到几号",
        "糖化血红蛋白还有几天截止",
        "老师，糖化最晚什么时候上报？",
        "截止时间 糖化 是多少",
    ),
    *("糖化的上报截止时间", "结果上报截止 糖化 几号", "糖化 截止 到几号"),
)


async def test_deadlines_in_many_words(desk: Desk) -> None:
    wanted = await desk.say("截止 糖化")
    assert wanted == (
        "【上报截止】\n▍3月27日（周五）17:00 截止\n第1次：糖化血红蛋白\n已绑定的单位请发送「上报」，查看是否已报。"
    )
    assert [words for words in IN_MANY_WORDS if await desk.say(words) != wanted] == []
    everything = await desk.say("截止")
    for words in ("截止日期是哪天", "截止时间", "上报时间", "什么时候截止？", "截止 全部", "上报什么时候截止"):
        assert await desk.say(words) == everything
    assert await desk.say("截止时间", group=GROUP) == ""
    assert "第1次：糖化血红蛋白\n" in await desk.say("糖化截止日期是哪天", group=GROUP, to_me=True)


@pytest.mark.parametrize("words", ["质评申请什么时候截止", "截止了还能上报吗", "没上报截止了怎么办", "怎么上报"])
async def test_other_questions_stay_the_guides(desk: Desk, words: str) -> None:
    for user in (STRANGER, A):
        said = await desk.say(words, user)
        assert said
        assert not said.startswith(("【上报截止】", "【上报情况】", "芜湖", "合肥"))


async def test_a_closed_one_says_what_is_left(desk: Desk) -> None:
    desk.clock.move_to(NOW + timedelta(days=8))
    assert await desk.say("截止 糖化", group=GROUP) == (
        "该项目目前没有待上报的活动。最近截止的：\n▍3月27日（周五）17:00 已截止\n第1次：糖化血红蛋白\n"
        "截止后不能再上报，也不能重新上报；已报的因系统故障要退回，请私聊我发送「退回申请 项目 原因」，"
        "或致电 0551-62283619"
    )
    assert "截止后不能再上报，也不能重新上报；" in await desk.say("糖化截止时间", A)
    assert await desk.say("截止 凝雪") == ("没有找到项目「凝雪」，相近的有：\n1 凝血试验\n120 秒内回复序号即可。")


# -- 上报


async def test_status_of_one_programme(desk: Desk) -> None:
    reported = (
        "【上报情况】2026年第1次\n合肥演示晴川医院\n▍3月27日（周五）17:00 截止\n· 凝血试验：已报\n"
        "数据截至 3月20日 09:00。请到「已上报数据」核对是否完整、有无错误，3月27日（周五）17:00 前可「重新上报」。"
    )
    for words in ("上报 凝血", "凝血报了没", "凝血已经上报了吗", "我们凝血有没有上报", "上报 2026 第1次 凝血"):
        assert await desk.say(words, A) == reported
    unknown = await desk.say("糖化报了吗", A)
    assert "· 糖化血红蛋白：未知（没有上报名单）\n上报名单尚未导入。\n没有报的请登录" in unknown
    assert "重新上报" not in unknown
    assert "已上报数据" not in unknown
    assert (await desk.say("上报 凝血", BOTH)).count("· 凝血试验：") == 2
    assert (await desk.say("上报 云栖医院 凝血", BOTH)).count("· 凝血试验：未报") == 1


async def test_status_of_what_is_no_programme_or_not_the_labs(desk: Desk) -> None:
    assert (await desk.say("上报 凝雪", A)).startswith("没有找到项目「凝雪」，相近的有：\n1 凝血试验\n")
    assert (await desk.say("上报 感染", A)).startswith("「感染」对应多个项目，您要的是哪一个？\n")
    await enrol(desk.db, "B01", {}, full=True)
    assert await desk.say("上报 感A", A) == (
        "【上报情况】2026年第1次\n合肥演示晴川医院\n"
        "报名名单（数据截至 3月20日 09:00）显示您单位没有参加：感染性疾病血清学标志物A\n"
        "如有疑问请致电 0551-62283619。"
    )
    assert (await desk.say("上报 感B", A)).startswith(
        "还没有该项目活动的安排，上报情况未知（不等于未报）。请登录 http://www.clinet.com.cn ，"
    )


@pytest.mark.parametrize("words", ["未上报", "有哪些没报", "报了没", "还没报的有哪些", "上报情况"])
async def test_status_in_many_words(desk: Desk, words: str) -> None:
    assert await desk.say(words, A) == await desk.say("上报", A)
    assert "晴川" not in await desk.say(words, STRANGER)
    assert await desk.say(words, A, GROUP) == ""


async def test_a_staff_word_stays_the_staffs(desk: Desk) -> None:
    assert await desk.say("未上报", STAFF) == "还缺次数。请这样写：未上报 2026 第1次"
    assert (await desk.say("未上报 2026 第1次", STAFF)).startswith("【未上报】2026年第1次\n")
    refused = "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
    for user in (A, STRANGER):
        assert await desk.say("未上报 2026 第1次", user) == refused
    assert (await desk.say("未上报的是哪些", A)).startswith("【上报情况】2026年第1次\n合肥演示晴川医院\n")


async def test_nothing_can_be_reported_anew_once_all_is_closed(desk: Desk) -> None:
    desk.clock.move_to(NOW + timedelta(days=8))
    said = await desk.say("上报 凝血", A)
    assert said.endswith("本次已截止，不能重新上报；因系统故障要退回的，请发送「退回申请 项目 原因」。")
    assert "前可「重新上报」" not in said


# -- 已报


async def test_what_people_say_they_have_reported(desk: Desk) -> None:
    assert (await desk.say("糖化已上报", A)).startswith("合肥演示晴川医院\n已记下您说的已报：糖化血红蛋白\n")
    assert (await desk.say("全部已报", B)).startswith(
        "芜湖演示云栖医院\n已记下您说的已报：凝血试验、糖化血红蛋白\n"
    )
    assert (await desk.say("已报", A)).startswith("还缺项目，是哪一个？\n1 全部\n2 糖化血红蛋白\n")
    assert (await desk.say("2", A)).startswith("合肥演示晴川医院\n已记下您说的已报：糖化血红蛋白\n")
    assert await desk.say("已报 糖化", A, GROUP) == NOT_HERE.format("已报")


async def test_a_question_takes_nothing_down(desk: Desk) -> None:
    for words in ("糖化已报了吗", "糖化已报没？", "已报 糖化了吗", "已报 糖化？", "糖化是不是已报了呢"):
        assert "已记下" not in await desk.say(words, A)
    assert await desk.db.read(lambda tx: tx._all(select(own_word))) == []


# -- 提醒

ON = (
    "私聊提醒{}。\n您单位有项目未报时，截止前3天、1天会私聊提醒您；质控品逾期没有签收记录时也会提醒。"
    "已上报、回复过「已报」的不提醒。\n不想收到请发送「提醒 关」。"
)
OFF = (
    "私聊提醒{}，不再私聊提醒您上报和签收；群里的提醒、成绩和证书公布的通知不受影响。\n"
    "请自己留意截止时间。要重新打开请发送「提醒 开」。"
)


async def test_reminders_stand_as_they_were_set_last(desk: Desk) -> None:
    assert await desk.say("提醒", A) == ON.format("目前是开着的")
    assert await desk.say("提醒 关", A) == OFF.format("已关闭")
    assert await desk.say("提醒 关闭", A) == OFF.format("已关闭")
    assert await desk.say("提醒", A) == OFF.format("目前是关着的")
    assert await desk.say("提醒", B) == ON.format("目前是开着的")
    assert await desk.say("提醒 开", A) == ON.format("已打开")
    assert await desk.say("提醒", A) == ON.format("目前是开着的")
    rows = await desk.db.read(
        lambda tx: tx._all(select(audit_log).where(audit_log.c.action == "activities.reminders"))
    )
    assert [(row.subject, row.detail) for row in rows] == [("lab:1", {"on": on}) for on in (False, False, True)]


@pytest.mark.parametrize(
    "words", ["关闭提醒", "取消私聊提醒", "别再提醒我了", "不要提醒", "提醒关", "请关闭提醒，谢谢"]
)
async def test_switched_off_in_many_words(desk: Desk, words: str) -> None:
    assert await desk.say(words, A) == OFF.format("已关闭")
    assert len(await desk.db.read(lambda tx: tx._all(select(reminder_off)))) == 1


async def test_reminders_are_the_bounds_and_private(desk: Desk) -> None:
    assert (await desk.say("提醒 关")).startswith(NOT_BOUND)
    assert await desk.say("/提醒 关", A, GROUP) == NOT_HERE.format("提醒")
    assert await desk.say("提醒", A, GROUP) == ""
    assert await desk.say("提醒 大家明天开会", A, GROUP) == ""
    assert await desk.say("提醒 明天", A) == "「明天」没有明白。请发送「提醒 开」或「提醒 关」。"
    assert await desk.say("提醒 开 关", A) == "「开、关」没有明白。请发送「提醒 开」或「提醒 关」。"


async def test_where_nothing_is_known(db: Database) -> None:
    desk = await Desk(db).open(LABS, PROGRAMMES, ROUNDS)
    await bind(db, A, QINGCHUAN)
    assert await desk.say("已报 全部", A) != ""
    said = await desk.say("上报 凝血", A)
    assert "是否参加未知（名单中没有查到）：凝血试验\n" in said
    assert "未报" not in said.replace("不等于未报", "")
