"""Where one deadline is over, or another year, another's programme or an unknown one is named."""

import pytest

from core.enrolment.models import Enrolled
from db.unit import Database
from tests.bot.desk import LABS, STRANGER, Desk, table
from tests.bot.own import QINGCHUAN, YUNQI, A, B, bind, dispatch_all, enrol, own_desk
from tests.cast import at

CALL = "如有疑问请致电 0551-62283619。"
NOT_HERE = "报名名单（数据截至 3月20日 09:00）显示您单位没有参加：糖化血红蛋白\n"
REPORTED = "【上报情况】2026年第1次\n合肥演示晴川医院\n▍3月27日（周五）17:00 截止\n· 凝血试验：已报\n"
REDO = "数据截至 3月20日 09:00。请到「已上报数据」核对是否完整、有无错误，3月27日（周五）17:00 前可「重新上报」。"
NO_YEAR = "还没有{}活动的安排，截止时间未知。请看网站通知：http://www.ahccl.cn ，或致电 0551-62283619"
OVER = (
    "截止后不能再上报，也不能重新上报；已报的因系统故障要退回，请发送「退回申请 项目 原因」，或致电 0551-62283619"
)


@pytest.fixture
async def desk(db: Database) -> Desk:
    """晴川 takes part in A01, which it has reported, and B01; not in A02."""
    desk = await own_desk(db)
    await enrol(db, "A02", {YUNQI: Enrolled.APPLIED}, full=True)
    await enrol(db, "B01", {QINGCHUAN: Enrolled.APPLIED}, full=True)
    return desk


def now(said: str) -> str:
    return next(line for line in said.splitlines() if line.startswith("〔现在〕"))


# -- 上报


async def test_of_two_deadlines_one_is_over(desk: Desk) -> None:
    desk.clock.move_to(at("2026-03-30 09:00"))
    await desk.bring(
        table("submissions", "year n programme lab_code reported", [2026, 1, "B01", QINGCHUAN, True]),
    )
    assert await desk.say("上报", A) == (
        "【上报情况】2026年第1次\n合肥演示晴川医院\n"
        "▍3月27日（周五）17:00 已截止\n· 凝血试验：已报\n"
        "▍4月3日（周五）17:00 截止\n· 感染性疾病血清学标志物A：已报\n"
        "数据截至 3月20日 09:00。请到「已上报数据」核对是否完整、有无错误，"
        "未截止的 4月3日（周五）17:00 前可「重新上报」。\n"
        "标明「已截止」的不能再上报，也不能重新上报。"
    )


async def test_every_programme_named_is_answered(desk: Desk) -> None:
    assert await desk.say("上报 糖化", A) == f"【上报情况】2026年第1次\n合肥演示晴川医院\n{NOT_HERE}{CALL}"
    assert await desk.say("上报 糖化 凝血", A) == f"{REPORTED}{NOT_HERE}{REDO}"
    unplanned = "2026年第1次的安排中没有查到：感染性疾病血清学标志物B（截止时间未知）\n"
    assert await desk.say("上报 凝血 感B", A) == f"{REPORTED}{unplanned}{REDO}"
    assert await desk.say("截止 凝血 糖化 感B", A) == (
        "【上报截止】\n合肥演示晴川医院\n▍3月27日（周五）17:00 截止（第1次）\n已报：凝血试验\n"
        f"{NOT_HERE}近期的安排中没有查到：感染性疾病血清学标志物B（截止时间未知）\n"
        "数据截至 3月20日 09:00。发送「上报」查看各项目情况。"
    )
    assert await desk.say("成绩 凝血 糖化", A) == (
        "【成绩】合肥演示晴川医院 2026年第1次\n"
        "未回报：凝血试验。一般在上报截止（3月27日（周五）17:00）后半个月左右回报。\n"
        "2026年第1次的名单中没有查到您单位参加：糖化血红蛋白\n公布后再发送「成绩」即可查看。"
    )


async def test_what_is_in_the_catalogue_is_no_misspelling(desk: Desk) -> None:
    """感染…B is nearly 感染…A, which is theirs."""
    said = await desk.say("已报 感染性疾病血清学标志物B", A)
    assert said.startswith("感染性疾病血清学标志物B")
    assert "没有找到" not in said


async def test_an_analyte_is_known_before_it_is_returned(desk: Desk) -> None:
    for word in ("aptt", "白细胞", "葡萄糖"):
        assert await desk.say(f"成绩 {word}", A) == (
            f"没有查到已公布的「{word}」成绩（未回报或未知，不等于没有）。发送「成绩」查看各项目何时回报。"
        )
    assert await desk.say("成绩 香蕉 aptt", A) == "没有找到项目「香蕉」。发送「项目」查看全部项目名称。"


async def test_without_a_table_of_programmes_nothing_is_called_none(db: Database) -> None:
    desk = await Desk(db).open(LABS)
    await bind(db, A, QINGCHUAN)
    for words in ("已报 凝血", "上报 凝血", "签收 凝血"):
        assert await desk.say(words, A) == (
            "项目表尚未导入，暂时查不到「凝血」（不等于没有）。发送「上报」查看已有的安排。"
        )


# -- 截止


async def test_another_year_or_activity(desk: Desk) -> None:
    for words, what in (("去年", "2025年"), ("2027", "2027年"), ("2025 凝血", "2025年"), ("第2次", "2026年第2次")):
        for user in (A, STRANGER):
            assert await desk.say(f"截止 {words}", user) == NO_YEAR.format(what)
    desk.clock.move_to(at("2026-04-16 09:00"))
    for user in (A, STRANGER):
        assert await desk.say("截止时间 凝血 第1次", user) == (
            f"该项目目前没有待上报的活动。最近截止的：\n▍3月27日（周五）17:00 已截止\n第1次：凝血试验\n{OVER}"
        )


async def test_a_misspelling_of_the_word_itself(desk: Desk) -> None:
    wanted = await desk.say("截止 糖化", B)
    for words in ("糖化还有几天截至", "糖化啥时候截止", "截至 糖化", "糖化截至时间"):
        assert await desk.say(words, B) == wanted


async def test_samples_of_an_activity_that_is_not_announced(desk: Desk) -> None:
    await dispatch_all(desk.db)
    await desk.bring(table("rounds", "year n programme deadline", [2026, 2, "A01", "2026-09-18T09:00:00Z"]))
    for words in ("签收 凝血 第2次", "签收 第2次"):
        assert await desk.say(words, A) == (
            "第2次的质控品还没有公告发放，没有签收。待签收的是 2026年第1次，发送「签收」查看。"
        )


# -- 〔现在〕


async def test_facts_are_of_the_programme_named(desk: Desk) -> None:
    assert now(await desk.say("糖化还能报吗")) == "〔现在〕2026年第1次 糖化血红蛋白 3月27日（周五）17:00 截止"
    desk.clock.move_to(at("2026-04-16 09:00"))
    assert now(await desk.say("糖化还能报吗")) == "〔现在〕2026年第1次 糖化血红蛋白 3月27日（周五）17:00 已截止"


async def test_days_of_scores_are_those_of_what_waits(desk: Desk) -> None:
    await desk.bring(
        table(
            "rounds",
            "year n programme deadline scores_due_on",
            [2026, 1, "A01", "2026-03-27T09:00:00Z", "2026-04-11"],
            [2026, 1, "B02", "2026-03-27T09:00:00Z", "2026-04-14"],
        )
    )
    desk.clock.move_to(at("2026-04-01 09:00"))
    first = "〔现在〕2026年第1次凝血试验成绩尚未公布，"
    assert now(await desk.say("凝血成绩什么时候出")) == f"{first}预计 4月11日（周六）回报"
    assert now(await desk.say("糖化成绩什么时候出")) == "〔现在〕2026年第1次糖化血红蛋白成绩尚未公布"
    assert now(await desk.say("成绩什么时候出")) == (
        "〔现在〕2026年第1次成绩尚未公布，其中凝血试验、感染性疾病血清学标志物B"
        "预计 4月11日（周六）至4月14日（周二）回报，其他项目日期未知"
    )
    desk.clock.move_to(at("2026-04-12 09:00"))
    assert now(await desk.say("凝血成绩什么时候出")) == f"{first}原定 4月11日（周六）回报，以中心通知为准"


# -- 计划书


async def test_a_long_list_of_plans_says_what_it_leaves_out(db: Database) -> None:
    many = [[2026, f"Z{i:02}", f"演示项目{i:02}号", []] for i in range(22)]
    desk = await Desk(db).open(table("programmes", "year code name aliases", *many))
    said = await desk.say("计划书 全部")
    assert said.count("2026年 演示项目") == 10
    assert "\n其余 12 个请写项目名称查询\n" in said
