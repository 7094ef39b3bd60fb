"""What the guide says in general is followed by what is known now; of a lab's own only in private."""

from datetime import date

import pytest
from sqlalchemy import select

from core.enrolment.models import Campaign, Enrolled
from db.audit import audit_log
from db.unit import Database
from tests.bot.desk import APPLICANT, APPLICATIONS, GROUP, LABS, NOW, STAFF, STRANGER, Desk, table
from tests.bot.own import BOTH, QINGCHUAN, YUNQI, A, B, dispatch_all, enrol, own_desk
from tests.bot.returns import confirmed, good, scores
from tests.cast import at

WINDOW = "质评申请什么时候开始"
DATES = (
    "2026年第1次 凝血试验、糖化血红蛋白 3月27日（周五）17:00 截止；"
    "2026年第1次 感染性疾病血清学标志物A 4月3日（周五）17:00 截止"
)


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await own_desk(db)


def now(said: str) -> str:
    """The line of what is known now, empty where there is none; the answer ends with a step and its source."""
    lines = said.splitlines()
    assert lines[-1].startswith("〔依据：")
    found = [line for line in lines if line.startswith("〔现在〕")]
    assert len(found) <= 1
    if found:
        assert lines.index(found[0]) == len(lines) - 3
    return found[0].removeprefix("〔现在〕") if found else ""


async def window(desk: Desk, new: Campaign) -> None:
    await desk.db.write(lambda tx: tx.add_campaign(new, NOW))


async def test_the_whole_answer(desk: Desk) -> None:
    assert await desk.say("数据填错了怎么改", STRANGER, GROUP, to_me=True) == (
        "请在页面左侧「已上报数据」中查看。若需重新上报，点击该上报表后的「重新上报」即可；超出时间系统将不会显示"
        "「重新上报」，请务必在截止前完成。原则上已上报的数据中心不予退回，系统故障除外。\n"
        f"〔现在〕{DATES}\n"
        "下一步：发送「截止」查看上报截止时间\n"
        "〔依据：参控指南 第三部分 第3条〕"
    )


async def test_the_window_that_is_open_to_come_or_over(desk: Desk) -> None:
    assert now(await desk.say(WINDOW)) == ""  # nothing is announced, so nothing is added
    await window(desk, Campaign(2027, date(2026, 10, 26), date(2026, 11, 25)))
    span = "2027年质评申请时间：2026年10月26日（周一）至11月25日（周三）"
    assert now(await desk.say(WINDOW)) == f"{span}，尚未开始"
    desk.clock.move_to(at("2026-11-25 09:00"))
    assert now(await desk.say("申请通知在哪看", group=GROUP, to_me=True)) == f"{span}，正在申请"
    desk.clock.move_to(at("2026-11-26 09:00"))
    assert now(await desk.say(WINDOW)) == f"{span}，已截止"


async def test_deadlines(desk: Desk) -> None:
    assert now(await desk.say("截止了还能退回吗")) == DATES
    desk.clock.move_to(at("2026-04-04 09:00"))
    assert now(await desk.say("截止了还能退回吗")) == (
        "2026年第1次 感染性疾病血清学标志物A 4月3日（周五）17:00 已截止"
    )
    desk.clock.move_to(at("2026-05-04 09:00"))
    assert now(await desk.say("截止了还能退回吗")) == "近期没有尚未截止的上报"


async def test_where_nothing_was_imported_nothing_is_added(db: Database) -> None:
    desk = await Desk(db).open(LABS)
    for asked in (WINDOW, "截止了还能退回吗", "成绩什么时候出", "证书什么时候发", "样本寄了没有", "凝血的计划书"):
        said = await desk.say(asked, group=GROUP, to_me=True)
        assert "〔现在〕" not in said, asked


async def test_scores(desk: Desk) -> None:
    asked = "成绩多久出来呀"
    assert now(await desk.say(asked)) == ""  # no activity is over
    await desk.bring(
        table(
            "rounds",
            "year n programme deadline scores_due_on",
            [2026, 1, "A01", "2026-03-27T09:00:00Z", "2026-04-11"],
            [2026, 1, "A02", "2026-03-27T09:00:00Z", "2026-04-14"],
        ),
    )
    await desk.bring(scores(2026, 1, "A01", good(QINGCHUAN)))
    desk.clock.move_to(at("2026-04-10 09:00"))
    assert now(await desk.say(asked)) == (
        "2026年第1次成绩尚未公布，其中凝血试验、糖化血红蛋白预计 4月11日（周六）至4月14日（周二）回报，"
        "其他项目日期未知"
    )
    await confirmed(desk, "公布成绩 2026 第1次 凝血")
    for user, group in ((A, ""), (STRANGER, ""), (A, GROUP)):
        assert now(await desk.say(asked, user, group, to_me=bool(group))) == (
            "2026年第1次成绩已公布：凝血试验；其余尚未公布，其中糖化血红蛋白预计 4月14日（周二）回报，"
            "其他项目日期未知"
        )
    desk.clock.move_to(at("2026-04-20 09:00"))
    assert now(await desk.say(asked)) == (
        "2026年第1次成绩已公布：凝血试验；其余尚未公布，其中糖化血红蛋白原定 4月14日（周二）回报，"
        "其他项目日期未知，以中心通知为准"
    )


async def test_certificates(desk: Desk) -> None:
    assert now(await desk.say("证书啥时候发")) == "2026年的证书尚未公布"
    await desk.bring(
        table("certificates", "year lab_code programme number state", [2026, QINGCHUAN, "A01", None, "issued"])
    )
    assert now(await desk.say("证书啥时候发")) == "2026年的证书尚未公布"
    await confirmed(desk, "公布证书 2026")
    assert now(await desk.say("证书啥时候发", group=GROUP, to_me=True)) == "2026年的证书已公布（1个项目）"
    desk.clock.move_to(at("2027-03-01 09:00"))
    assert now(await desk.say("证书啥时候发")) == "2027年的证书尚未公布，2026年的已公布"


async def test_samples(desk: Desk) -> None:
    assert now(await desk.say("样本寄了没有")) == "2026年第1次质控品尚未通知发放"
    await dispatch_all(desk.db)
    assert now(await desk.say("样本寄了没有", group=GROUP, to_me=True)) == (
        "2026年第1次质控品已通知发放：凝血试验、糖化血红蛋白等3个项目，预计 3月21日（周六）到达"
    )


async def test_a_plan_document_of_the_one_programme_that_is_named(desk: Desk) -> None:
    assert now(await desk.say("凝血的样本放几度保存")) == "凝血试验的计划书：https://example.org/a01.pdf"
    assert now(await desk.say("质控品放几度保存")) == ""
    assert now(await desk.say("糖化的样本放几度保存")) == ""  # it has no link
    assert now(await desk.say("感染的样本放几度保存")) == ""  # two are called so


async def test_what_is_a_labs_own_is_said_in_private_to_its_people_only(desk: Desk) -> None:
    own = "2026年第1次：芜湖演示云栖医院 还有1个项目未报或未知（数据截至 3月20日 09:00）"
    said = await desk.say("结果在哪上报呀", B)
    assert now(said) == own
    assert said.splitlines()[-2] == "下一步：发送「上报」查看各项目情况"
    assert now(await desk.say("怎么看哪些项目没报", BOTH)) == (
        "2026年第1次：合肥演示晴川医院 没有查到未报的项目；芜湖演示云栖医院 还有1个项目未报或未知"
        "（数据截至 3月20日 09:00）"
    )
    for user, group in ((STRANGER, ""), (B, GROUP)):
        said = await desk.say("结果在哪上报呀", user, group, to_me=bool(group))
        assert "云栖" not in said
        assert now(said) == ""
    assert "云栖" not in await desk.say("流程 结果在哪上报", B, GROUP)


async def test_the_code_is_assigned_but_no_digit_of_it_is_said(desk: Desk) -> None:
    said = await desk.say("编码下来了去哪看", A)
    assert now(said) == "合肥演示晴川医院的实验室编码已分配"
    assert said.splitlines()[-2] == "下一步：发送「我的」查看"
    assert QINGCHUAN not in said
    assert (await desk.say("编码下来了去哪看")).splitlines()[-2] == "下一步：发送「申请状态 单位名称」查询"


async def test_suspended_or_not_or_not_known(desk: Desk) -> None:
    asked = "上报率低会怎样"
    assert now(await desk.say(asked, A)) == "合肥演示晴川医院 2026年是否暂停未知（名单尚未导入）"
    await enrol(desk.db, "A01", {QINGCHUAN: Enrolled.SUSPENDED, YUNQI: Enrolled.APPLIED})
    assert now(await desk.say(asked, A)) == "合肥演示晴川医院 2026年已暂停发放（数据截至 3月20日 09:00）"
    assert now(await desk.say(asked, B)) == ("芜湖演示云栖医院 2026年没有暂停发放的记录（数据截至 3月20日 09:00）")
    assert now(await desk.say(asked, A, GROUP, to_me=True)) == ""


async def test_looking_at_ones_own_is_written_down(desk: Desk) -> None:
    await desk.say("结果在哪上报呀", B)
    rows = await desk.db.read(lambda tx: tx._all(select(audit_log.c.action)))
    assert "activities.own" in {row.action for row in rows}


async def test_an_applicant_reads_how_the_own_application_stands(desk: Desk) -> None:
    """In private only; somebody else, and the group, read the guide's words alone."""
    await desk.bring(APPLICATIONS)
    asked = "我们的编码分配了吗"
    said = await desk.say(asked, APPLICANT)
    assert now(said) == "「宣城演示望岳医院」待分配（3月18日（周三）登记）"
    assert said.splitlines()[-2] == "下一步：发送「申请状态」查看"
    for user, place in ((STRANGER, {}), (APPLICANT, {"group": GROUP, "to_me": True})):
        other = await desk.say(asked, user, **place)  # type: ignore[arg-type]
        assert now(other) == ""
        assert "望岳" not in other


@pytest.mark.parametrize("asked", ["我们编码下来没", "编码是多少", "我们编码是多少"])
async def test_an_applicant_reads_that_the_code_is_assigned(desk: Desk, asked: str) -> None:
    await desk.bring(APPLICATIONS)
    preview = await desk.say("分配 宣城演示望岳医院 0340777", STAFF)
    await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF)
    said = await desk.say(asked, APPLICANT)
    assert now(said) == "「宣城演示望岳医院」的编码已分配"
    assert said.splitlines()[-2] == "下一步：发送「申请状态」查看"
    assert "0340777" not in said
    assert "0340777" in await desk.say("申请状态", APPLICANT)
