"""成绩 as a lab's own people ask for it: released, awaited, not found, corrected, unsuccessful."""

import pytest

from core.enrolment.models import Enrolled
from core.workbooks.tables import Table
from db.audit import audit_log
from db.unit import Database
from tests.bot.desk import GROUP, STRANGER, Desk, table
from tests.bot.own import BOTH, QINGCHUAN, YUNQI, A, B, enrol
from tests.bot.returns import bad, confirmed, good, later, released_desk, scored_desk, scores

AWAITED = (
    "【成绩】合肥演示晴川医院 2025年第2次\n"
    "未回报：凝血试验、糖化血红蛋白。一般在上报截止（2025年9月26日（周五）17:00）后半个月左右回报。\n"
    "公布后再发送「成绩」即可查看。"
)


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await released_desk(db)


async def reads(desk: Desk) -> list[tuple[str, str]]:
    query = audit_log.select().where(audit_log.c.action == "scores.read").order_by(audit_log.c.id)
    return [(row.actor, row.subject) for row in await desk.db.read(lambda tx: tx._all(query))]


async def test_released_scores(desk: Desk) -> None:
    assert await desk.say("成绩", A) == (
        "【成绩】合肥演示晴川医院 2025年第2次\n"
        "· 凝血试验：PT成绩 100，合格（及格 5/5）\n"
        "  APTT：PT成绩 100，合格（及格 5/5）\n"
        "· 糖化血红蛋白：PT成绩 60，不合格（及格 3/5）\n"
        "  以往成绩不全，是否连续不合格未知\n"
        "数据截至 3月20日 09:00。发送「趋势 凝血试验」查看历次成绩。"
    )
    assert await desk.say("查成绩 25年第2次 凝血", B) == (
        "【成绩】芜湖演示云栖医院 2025年第2次\n· 凝血试验：PT成绩 100，合格（及格 5/5）\n"
        "数据截至 3月20日 09:00。发送「趋势 凝血试验」查看历次成绩。"
    )
    assert await reads(desk) == [(f"qq:{A}", "lab:1"), (f"qq:{B}", "lab:2")]


async def test_before_the_release_the_answer_does_not_tell_whether_scores_were_imported(db: Database) -> None:
    desk = await scored_desk(db)
    assert await desk.say("成绩", A) == AWAITED
    await desk.db.write(lambda tx: tx._run(audit_log.delete()))
    assert await desk.say("成绩 2025 第2次 凝血", A) == (
        "【成绩】合肥演示晴川医院 2025年第2次\n"
        "未回报：凝血试验。一般在上报截止（2025年9月26日（周五）17:00）后半个月左右回报。\n"
        "公布后再发送「成绩」即可查看。"
    )


async def test_scores_that_are_expected_on_a_day(desk: Desk) -> None:
    await desk.bring(rounds_due("2026-04-15"))
    assert await desk.say("成绩 2026 第1次 糖化", A) == (
        "【成绩】合肥演示晴川医院 2026年第1次\n未回报：糖化血红蛋白。预计 4月15日（周三） 回报。\n"
        "公布后再发送「成绩」即可查看。"
    )
    later(desk, days=40)
    assert await desk.say("成绩 2026 第1次 糖化", A) == (
        "【成绩】合肥演示晴川医院 2026年第1次\n"
        "未回报：糖化血红蛋白。原定 4月15日（周三） 回报，请以中心通知为准。\n"
        "公布后再发送「成绩」即可查看。"
    )


async def test_a_programme_held_only_in_another_activity_is_found_there(desk: Desk) -> None:
    assert (await desk.say("成绩 感A", A)).startswith("【成绩】合肥演示晴川医院 2026年第1次\n未回报：感染性疾病")
    await desk.bring(*(scores(2026, 1, one, good(QINGCHUAN)) for one in ("凝血", "B01")))
    await confirmed(desk, "公布成绩 2026 第1次 感A 凝血")
    assert await desk.say("成绩 2025 第1次 凝血", A) == (
        "【成绩】合肥演示晴川医院 2025年第1次\n"
        "未回报：凝血试验。一般在上报截止（2025年3月28日（周五）17:00）后半个月左右回报。\n"
        "公布后再发送「成绩」即可查看。"
    )
    late = table("programmes", "year code name rounds scored", [2026, "D01", "演示末项", 2, True])
    await desk.bring(late)
    await desk.bring(table("rounds", "year n programme deadline", [2026, 2, "D01", "2026-09-18T09:00:00Z"]))
    await desk.bring(scores(2026, 2, "D01", good(QINGCHUAN)))
    await confirmed(desk, "公布成绩 2026 第2次 D01")
    only = await desk.say("成绩 感A", A)  # not held in the second round
    assert only.startswith("【成绩】合肥演示晴川医院 2026年第1次\n· 感染性疾病血清学标志物A：PT成绩 100，合格")
    assert "凝血" not in only


async def test_what_was_released_but_holds_no_row_of_the_lab_is_not_found_instead_of_none(desk: Desk) -> None:
    assert await desk.say("成绩 糖化", B) == (
        "【成绩】芜湖演示云栖医院 2025年第2次\n"
        "未查到：糖化血红蛋白。未查到不代表没有，请到平台「室间质评—质评成绩回报」核对，或致电 0551-62283619。"
    )
    assert "未查到" not in await desk.say("成绩", B)  # nobody knows whether it takes part
    await enrol(desk.db, "A02", {YUNQI: Enrolled.APPLIED}, year=2025)
    assert "未查到：糖化血红蛋白" in await desk.say("成绩", B)


async def test_a_lab_that_does_not_take_part(desk: Desk) -> None:
    await enrol(desk.db, "A02", {QINGCHUAN: Enrolled.APPLIED}, full=True, year=2025)
    assert await desk.say("成绩 糖化", B) == (
        "【成绩】芜湖演示云栖医院 2025年第2次\n"
        "已导入的名单中，本单位没有参加该项目。如有疑问请致电 0551-62283619。"
    )


async def test_an_activity_that_nobody_knows_of(desk: Desk) -> None:
    assert await desk.say("成绩 2019 第1次", A) == (
        "没有2019年第1次活动的安排数据，成绩未知。请核对年度和次数，或致电 0551-62283619。"
    )


async def test_no_score_is_never_said_as_zero(desk: Desk) -> None:
    await desk.bring(
        scores(2026, 1, "凝血", [None, QINGCHUAN, None, None, None, "not_scored"]),
        scores(2026, 1, "糖化", [None, QINGCHUAN, None, None, None, "not_applicable"]),
    )
    await confirmed(desk, "公布成绩 2026 第1次 凝血 糖化")
    said = await desk.say("成绩 2026", A)
    assert "· 凝血试验：不计分\n· 糖化血红蛋白：不适用\n" in said
    assert "不计分：成绩回报表中未显示PT成绩的项目。" in said
    assert "PT成绩 0" not in said


async def test_a_score_of_zero_is_said(desk: Desk) -> None:
    await desk.bring(scores(2026, 1, "凝血", bad(QINGCHUAN, pt=0.0)))
    await confirmed(desk, "公布成绩 2026 第1次 凝血")
    assert "· 凝血试验：PT成绩 0，不合格（及格 0/5）" in await desk.say("成绩 2026 凝血", A)


async def test_a_corrected_score_says_so(desk: Desk) -> None:
    later(desk, days=3)
    await desk.bring(scores(2025, 2, "糖化", good(QINGCHUAN, pt=80.0)))
    assert await desk.say("成绩 糖化", A) == (
        "【成绩】合肥演示晴川医院 2025年第2次\n"
        "· 糖化血红蛋白：PT成绩 80，合格（及格 4/5）（3月23日更正）\n"
        "数据截至 3月23日 09:00。发送「趋势 糖化血红蛋白」查看历次成绩。"
    )


async def test_what_was_changed_before_the_release_is_no_correction(db: Database) -> None:
    desk = await scored_desk(db)
    later(desk, hours=1)
    await desk.bring(scores(2025, 2, "糖化", good(QINGCHUAN, pt=80.0)))
    await confirmed(desk, "公布成绩 2025 第2次 糖化")
    assert "· 糖化血红蛋白：PT成绩 80，合格（及格 4/5）\n" in await desk.say("成绩 糖化", A)


async def test_two_unsatisfactory_rounds_in_a_row(desk: Desk) -> None:
    await desk.bring(scores(2026, 1, "糖化", bad(QINGCHUAN, pt=40.0)))
    assert "不成功" not in await desk.say("成绩", A)  # not released
    await confirmed(desk, "公布成绩 2026 第1次 糖化")
    said = await desk.say("成绩", A)
    assert "· 糖化血红蛋白：PT成绩 40，不合格（及格 2/5）\n" in said
    assert "注意：糖化血红蛋白连续两次或最近三次中有两次不合格，为「不成功」，请查找原因。" in said
    assert "未回报：凝血试验。" in said


async def test_only_analytes_were_returned(desk: Desk) -> None:
    await desk.bring(scores(2026, 1, "凝血", good(QINGCHUAN, "APTT"), bad(QINGCHUAN, "PT")))
    await confirmed(desk, "公布成绩 2026 第1次 凝血")
    said = await desk.say("成绩 2026 第1次", A)
    assert "· 凝血试验：2 个细项中 1 个不合格\n  APTT：PT成绩 100，合格（及格 5/5）\n  PT：PT成绩 60" in said


async def test_many_programmes_are_one_message_without_analytes(desk: Desk) -> None:
    await desk.bring(
        *(scores(2026, 1, one, good(QINGCHUAN), good(QINGCHUAN, "甲")) for one in ("凝血", "糖化", "B01"))
    )
    await confirmed(desk, "公布成绩 2026 第1次 全部")
    said = await desk.say("成绩", A)
    assert "· 凝血试验：PT成绩 100，合格\n· 糖化血红蛋白：PT成绩 100，合格\n" in said
    assert said.endswith("发送「成绩 2026 第1次 凝血试验」查看各细项。")
    assert "甲：PT成绩 100" in await desk.say("成绩 2026 第1次 凝血试验", A)


async def test_forty_programmes_with_long_names_still_are_one_message(desk: Desk) -> None:
    codes = [f"C{i:02d}" for i in range(40)]
    names = [[2026, code, f"名称相当长的演示检验项目{code}", [], 2, True] for code in codes]
    await desk.bring(table("programmes", "year code name aliases rounds scored", *names))
    when = [f"2026-03-{10 + i % 9}T09:00:00Z" for i in range(40)]
    rounds = [[2026, 1, code, day] for code, day in zip(codes, when, strict=True)]
    await desk.bring(table("rounds", "year n programme deadline", *rounds))
    await desk.bring(*(scores(2026, 1, code, bad(QINGCHUAN)) for code in codes[:32]))
    await confirmed(desk, "公布成绩 2026 第1次 全部")
    said = await desk.say("成绩", A)
    assert "· 其余 2 个项目请写明项目名称查询\n" in said
    assert len(said) <= 1500


async def test_somebody_bound_to_two_labs_sees_both(desk: Desk) -> None:
    said = await desk.say("成绩 凝血", BOTH)
    assert said.index("【成绩】合肥演示晴川医院") < said.index("【成绩】芜湖演示云栖医院")


async def test_never_in_a_group_and_never_to_others(desk: Desk) -> None:
    private_only = "涉及本单位的信息只在私聊中回答。请先加我为好友，再私聊发送「成绩」。"
    assert await desk.say("成绩", A, GROUP) == private_only
    assert (await desk.say("成绩", STRANGER)).startswith("您还没有绑定单位，无法查询。")
    assert await reads(desk) == []


def rounds_due(day: str) -> Table:
    columns = "year n programme deadline scores_due_on"
    return table("rounds", columns, [2026, 1, "A02", "2026-03-27T09:00:00Z", day])
