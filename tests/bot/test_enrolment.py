"""报名, and the yearly window that staff open and the groups hear of."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from core.enrolment.models import Enrolled
from db.audit import audit_log
from db.pushes import push
from db.unit import Database
from tests.bot.desk import GROUP, LABS, OFFICE, STAFF, VIEWER, Desk, table
from tests.bot.own import BOTH, QINGCHUAN, YUNQI, A, enrol, own_desk
from tests.bot.test_deliverer import Line, Post

OCTOBER = datetime(2026, 10, 23, 2, 0, tzinfo=UTC)  # a Friday
DATES = "开放申请 2027 10月25日 11月25日"
WINDOW = "2026年10月25日（周日）至11月25日（周三）"
BODY = (
    f"时间：{WINDOW}\n"
    "对象：安徽省内医疗机构，免费\n"
    "办法：登录检验医学信息网 http://www.clinet.com.cn （账号为实验室编码，初次登录密码同账号，"
    "登录后请按提示修改；请用最新的IE浏览器或谷歌浏览器），左侧「质评活动—室间质评申请」，"
    "选择「安徽省临床检验中心」，核对申报年份，按需申请。\n"
    "项目：临床开展且中心开展的都应申请，具体以当年列出的项目为准；大部分一年两次，只需申请一次。\n"
    "注意：前一年上报率低的单位，将暂停发放下一年的质控品。\n"
    "有疑问请在群内留言或致电 0551-62283619。\n"
)


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await own_desk(db)


async def opened(desk: Desk) -> None:
    desk.clock.move_to(OCTOBER)
    preview = await desk.say(DATES, STAFF)
    assert (await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF)).startswith("已记录 2027年")


# -- 报名


async def test_enrolments_have_three_answers_and_a_date(desk: Desk) -> None:
    await enrol(desk.db, "A01", {QINGCHUAN: Enrolled.APPLIED, YUNQI: Enrolled.APPLIED})
    await enrol(desk.db, "A02", {QINGCHUAN: Enrolled.APPLIED, YUNQI: Enrolled.SUSPENDED})
    await enrol(desk.db, "B01", {}, full=True)
    await enrol(desk.db, "B02", {})
    assert await desk.say("报名", A) == (
        "【质评申请】2026年\n"
        "合肥演示晴川医院\n"
        "已申请 2个：凝血试验、糖化血红蛋白\n"
        "未申请 1个：感染性疾病血清学标志物A\n"
        "未知 1个：感染性疾病血清学标志物B\n"
        "数据截至 3月20日 09:00\n"
        "「未知」为申请名单尚未导入，不等于未申请。\n"
        "临床开展且中心开展的项目都应申请，请核对「未申请」中有没有临床已开展的。\n"
        "以平台「质评活动—室间质评申请」为准。"
    )
    both = await desk.say("质评申请 2026", BOTH)
    assert "芜湖演示云栖医院\n已申请 1个：凝血试验\n暂停发放 1个：糖化血红蛋白\n" in both
    assert "2025年上报率未知（没有完整的上报名单）\n" in both
    assert (
        "暂停发放：前一年上报率低的单位，中心暂停发放下一年的质控品。"
        "有异议请致电 0551-62283619，或发送「留言 对暂停发放有异议」并写明理由。\n"
    ) in both


async def test_without_a_list_nobody_is_said_not_to_have_applied(desk: Desk) -> None:
    said = await desk.say("报名", A)
    assert "合肥演示晴川医院\n申请名单尚未导入，申请情况未知（不等于未申请）。\n" in said
    assert await desk.say("报名 2025", A) == (
        "【质评申请】2025年\n2025年的项目表尚未导入，您单位的申请情况未知（不等于未申请）。"
        "请登录 http://www.clinet.com.cn ，在「质评活动—室间质评申请」中查看。"
    )


async def test_while_a_window_is_open_its_year_is_meant(desk: Desk) -> None:
    await opened(desk)
    assert (await desk.say("报名", A)).startswith("【质评申请】2026年\n合肥")
    desk.clock.move_to(OCTOBER + timedelta(days=3))
    assert (await desk.say("报名", A)).startswith(
        f"【质评申请】2027年\n申请时间：{WINDOW}（正在申请）\n2027年的项目表尚未导入"
    )
    desk.clock.move_to(OCTOBER + timedelta(days=60))
    assert (await desk.say("报名", A)).startswith("【质评申请】2026年\n合肥")


async def test_a_suspended_lab_reads_how_much_it_reported(desk: Desk) -> None:
    await enrol(desk.db, "A01", {QINGCHUAN: Enrolled.SUSPENDED, YUNQI: Enrolled.APPLIED}, full=True)
    await desk.bring(
        table(
            "programmes", "year code name rounds scored", *([2025, f"Z{n}", f"演示{n}", 2, True] for n in range(4))
        ),
        table(
            "rounds", "year n programme deadline", *([2025, 1, f"Z{n}", "2025-03-27T09:00:00Z"] for n in range(4))
        ),
    )
    lists = [[2025, 1, f"Z{n}", QINGCHUAN, n == 0] for n in range(3)]
    others = [[2025, 1, f"Z{n}", YUNQI, True] for n in range(3)]
    await desk.bring(table("submissions", "year n programme lab_code reported", *lists, *others, scope="full"))
    partial = [[2025, 1, "Z3", QINGCHUAN, True], [2025, 1, "Z3", YUNQI, True]]
    await desk.bring(table("submissions", "year n programme lab_code reported", *partial))
    rate = "2025年上报率 33%（应报 3 项次，已报 1 项次，上报名单截至 3月20日 09:00）\n"
    said = await desk.say("报名 2026", A)
    assert "合肥演示晴川医院\n暂停发放 1个：凝血试验\n未知 3个：" in said
    assert rate in said
    both = await desk.say("报名 2026", BOTH)
    assert both.count("上报率 ") == 1
    assert rate in both.split("芜湖演示云栖医院")[0]
    assert "上报率" not in (await desk.say("报名 2026 芜湖演示云栖医院", BOTH))


async def test_what_was_not_applied_for_can_be_while_the_window_is_open(desk: Desk) -> None:
    await opened(desk)
    await desk.bring(table("programmes", "year code name rounds scored", [2027, "A01", "凝血试验", 2, True]))
    await enrol(desk.db, "A01", {}, full=True, year=2027)
    answer = (
        "【质评申请】2027年\n申请时间：2026年10月25日（周日）至11月25日（周三）{}\n"
        "合肥演示晴川医院\n未申请 1个：凝血试验\n数据截至 3月20日 09:00\n"
        "临床开展且中心开展的项目都应申请，请核对「未申请」中有没有临床已开展的。\n{}"
    )
    after = "以平台「质评活动—室间质评申请」为准。"
    assert await desk.say("报名 2027", A) == answer.format("（尚未开始）", after)
    desk.clock.move_to(OCTOBER + timedelta(days=3))
    assert await desk.say("报名", A) == answer.format(
        "（正在申请）",
        "要补报的请在 11月25日（周三）前申请。请登录检验医学信息网 http://www.clinet.com.cn ，"
        "在「质评活动—室间质评申请」选择「安徽省临床检验中心」，核对申报年份 2027，按需申请。",
    )
    desk.clock.move_to(OCTOBER + timedelta(days=60))
    closed = "2027年的申请已截止，需要参加的请致电 0551-62283619，下一年请及时申请。\n"
    assert await desk.say("报名 2027", A) == answer.format("（已截止）", closed + after)


async def test_a_window_to_come_is_not_known_yet(desk: Desk) -> None:
    assert await desk.say("报名 2027", A) == (
        "【质评申请】2027年\n申请时间：尚未公告，一般在 2026年10月底至11月初开始，持续一个月左右，以通知为准\n"
        "2027年的项目表尚未导入，您单位的申请情况未知（不等于未申请）。"
        "请登录 http://www.clinet.com.cn ，在「质评活动—室间质评申请」中查看。"
    )


@pytest.mark.parametrize(
    "words",
    [
        "报名情况",
        "我们申请了哪些项目",
        "请问我们今年报了哪些质评项目",
        "老师，帮我查一下申请情况",
        "2026年我们单位申请了什么项目",
        "哪些项目没申请",
        "我们有没有被暂停",
        "合肥演示晴川医院报了哪些项目",
        "申请了哪些项目 晴川医院 26年",
    ],
)
async def test_enrolments_in_free_words(desk: Desk, words: str) -> None:
    assert await desk.say(words, A) == await desk.say("报名", A)


@pytest.mark.parametrize(
    "words",
    [
        "我们的编码是多少",
        "实验室编码忘了",
        "晴川医院的编码",
        "查一下我们的质控编码",
        "我绑定了哪些单位",
        "我的 晴川医院",
    ],
)
async def test_the_own_code_in_free_words(desk: Desk, words: str) -> None:
    assert await desk.say(words, A) == await desk.say("我的", A)
    assert "0340101" not in await desk.say(f"/{words}", A, GROUP)


async def test_questions_with_the_same_words_are_the_guides(desk: Desk) -> None:
    for words in ("编码在哪里看", "申请时间是什么时候", "报名什么时候开始", "怎么申请", "应该申请哪些项目"):
        assert "〔依据：参控指南 " in await desk.say(words, A), words


# -- 开放申请


async def test_the_window_is_previewed_and_announced_once(desk: Desk) -> None:
    desk.clock.move_to(OCTOBER)
    preview = await desk.say(DATES, STAFF)
    assert preview.startswith(f"【预览：开放申请】2027年室间质评\n{BODY}将发到 2 个群。\n确认无误请回复：确认 ")
    assert await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF) == (
        f"已记录 2027年质评申请时间：{WINDOW}。公告将发到 2 个群。发送「投递」查看结果。"
    )
    again = (
        "2027年的申请时间已公告：2026年10月25日（周日）至 2026年11月25日（周三），没有更改。"
        "需要延长的请发送：延期申请 2027 新的截止日期"
    )
    for dates in ("10月25日 11月25日", "10月25日 12月5日"):
        assert await desk.say(f"开放申请 2027 {dates}", STAFF) == again
    [said] = await desk.db.read(lambda tx: tx._all(select(push)))
    assert (said.kind, said.key) == ("campaign.opened", "campaign.opened:2027")
    [row] = await desk.db.read(lambda tx: tx._all(select(audit_log).where(audit_log.c.action == "enrolment.open")))
    assert (row.actor, row.subject, row.detail) == (
        f"qq:{STAFF}",
        "campaign:2027",
        {"opens_on": "2026-10-25", "closes_on": "2026-11-25"},
    )


@pytest.mark.parametrize("dates", ["10月25日-11月25日", "10.25 11.25", "2026-10-25 2026-11-25", "10/25至11/25"])
async def test_dates_as_people_write_them(desk: Desk, dates: str) -> None:
    desk.clock.move_to(OCTOBER)
    assert f"时间：{WINDOW}\n" in await desk.say(f"开放申请 2027年 {dates}", STAFF)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("10月25日 11月25日", "还缺年度。请这样写：开放申请 2027 10月25日 11月25日"),
        ("2027", "没有看懂申请的起止日期。请这样写：开放申请 2027 2026-10-25 2026-11-25"),
        ("2027 十月底", "没有看懂申请的起止日期。请这样写：开放申请 2027 2026-10-25 2026-11-25"),
        (
            "2027 11.25 10.25",
            "2027年的申请从 2026年11月25日（周三）到 2026年10月25日（周日），起止日期不对："
            "应在前一年或当年开始，且止不早于起。请核对后重发。",
        ),
        ("2026 10.25 11.25", "截止日期 2025年11月25日（周二）已过，没有公告。请核对年份后重发。"),
    ],
)
async def test_dates_that_cannot_be(desk: Desk, words: str, sentence: str) -> None:
    assert await desk.say(f"开放申请 {words}", STAFF) == sentence


async def test_only_operators_open_a_window(desk: Desk) -> None:
    assert await desk.say(DATES, VIEWER) == "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
    assert (await desk.say(DATES, STAFF, OFFICE)).startswith("【预览：开放申请】")


async def test_the_groups_read_it_until_the_window_closes(db: Database) -> None:
    desk = await Desk(db).open(LABS)
    await opened(desk)
    post = Post(desk, Line())
    await post.pass_time(minutes=1)
    groups = [group for group, _ in post.line.sent]
    assert len(groups) == 2
    assert post.line.sent[0][1] == f"【质评申请】2027年室间质评申请\n{BODY}〔通知 26-0001-1〕"
    assert len(post.line.sent[0][1]) <= 1500
