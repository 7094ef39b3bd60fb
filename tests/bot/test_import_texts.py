"""What staff read of an import, before it is done and after."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update

from bot.files.importing import preview
from bot.texts import say
from core.workbooks.judged import Judged
from core.workbooks.kinds import KINDS
from db.certificates import certificate_release
from db.scores import score_release
from db.unit import Database
from tests.cast import LABS, MORNING, PROGRAMMES, ROUNDS, bring, reports, table

ONE, TWO = "0340101", "0340102"
SCORES = "year n programme analyte lab_code acceptable total pt verdict"


def said(judged: Sequence[Judged], **more: Any) -> str:
    return say("workbooks/imported", {"judged": judged, "written": None, "blocked": False, "kinds": KINDS} | more)


async def test_scores_that_disagree_and_correct_what_is_released(db: Database) -> None:
    sheet = table("scores", SCORES, [2026, 1, "凝血", "APTT", ONE, 4, 5, 80.0, "satisfactory"])
    await bring(db, LABS, PROGRAMMES, ROUNDS, sheet)
    await db.write(lambda tx: tx._run(update(score_release).values(released_at=MORNING)))
    changed = table(
        "scores",
        SCORES,
        [2026, 1, "凝血", "APTT", ONE, 3, 5, 100.0, "satisfactory"],
        [2026, 1, "凝血", "PT", ONE, None, None, 100.0, "unsatisfactory"],
        [2026, 1, "凝血", "INR", ONE, 2, 3, None, "satisfactory"],
        [2026, 1, "凝血", "PT", TWO, 6, 5, None, None],
    )
    assert said(await preview(db, [changed]), blocked=True) == (
        "scores.xlsx（质评成绩表）：新增 2，变更 1，未变 0，拒绝 1\n"
        "  其中 3 项属于已公布的项目，导入后立即可见（更正 1 项）\n"
        "  评价与成绩不一致 3 行，以评价为准导入，请核对：\n"
        "  第 2 行：评价 合格，PT成绩 100，及格数÷总数 60.0%\n"
        "  第 3 行：评价 不合格，PT成绩 100\n"
        "  第 4 行：评价 合格，及格数÷总数 66.7%\n"
        "  第 5 行「及格数」“6”：大于总数 5，应写 0 到总数之间的数\n"
        "有被拒绝的行，没有导入任何数据。请改正后重新导入，或加 --skip-refused 跳过这些行。"
    )


async def test_certificates_of_released_programmes(db: Database) -> None:
    columns = "year lab_code programme number state"
    released, waiting = [2026, ONE, "A01", "0012", "issued"], [2026, ONE, "A02", "0013", "issued"]
    await bring(db, LABS, PROGRAMMES, table("certificates", columns, released))
    await db.write(lambda tx: tx._run(update(certificate_release).values(released_at=MORNING)))
    new = [2026, TWO, "A01", "0014", "issued"]
    assert said(await preview(db, [table("certificates", columns, released, new, waiting)])) == (
        "certificates.xlsx（质评证书表）：新增 2，变更 0，未变 1，拒绝 0\n"
        "  其中 1 项属于已公布证书的项目，导入后立即可见\n"
        "仅预览，没有导入。"
    )
    changed = table("certificates", columns, [*released[:3], "0015", "issued"], new, waiting)
    assert "\n  其中 2 项属于已公布证书的项目，导入后立即可见（更正 1 项）\n" in said(await preview(db, [changed]))


async def test_a_whole_that_says_nothing_beside_scored_analytes(db: Database) -> None:
    await bring(db, LABS, PROGRAMMES, ROUNDS)
    whole, analyte = [2026, 1, "凝血", None, ONE, *[None] * 4], [2026, 1, "凝血", "APTT", ONE, 5, 5, 100.0, None]
    sheet = table("scores", SCORES, whole, analyte)
    assert said(await preview(db, [sheet])) == (
        "scores.xlsx（质评成绩表）：新增 2，变更 0，未变 0，拒绝 0\n"
        "  评价与成绩不一致 1 行，以评价为准导入，请核对：\n"
        "  第 2 行：评价 不计分（整个项目没有成绩和评价，而细项有成绩）\n"
        "仅预览，没有导入。"
    )
    await bring(db, sheet)
    assert "新增 0，变更 0，未变 1，拒绝 0" in said(await preview(db, [table("scores", SCORES, whole)]))


async def test_a_code_that_lost_its_zeros(db: Database) -> None:
    marked = table("labs", "code name", ["AB0006", "亳州演示望岳医院"])
    await bring(db, LABS, marked, PROGRAMMES, ROUNDS)
    text = said(await preview(db, [reports("340101 ab0006 0349999")]), blocked=True)
    assert text.split("\n")[1:4] == [
        "  第 2 行「实验室编码」“340101”：不在单位名录中；名录中有 0340101，可能丢了开头的 0，"
        "请把该列设为文本格式后重填",
        "  第 3 行「实验室编码」“ab0006”：不在单位名录中；名录中有 AB0006，只是大小写不同，请按名录中的编码重填",
        "  第 4 行「实验室编码」“0349999”：不在单位名录中，应为名录中已有的编码",
    ]


async def test_only_the_first_of_many_are_shown(db: Database) -> None:
    await bring(db, LABS, PROGRAMMES, ROUNDS)
    rows = ([2026, 1, "凝血", f"第{i}项", ONE, 0, 5, None, "satisfactory"] for i in range(12))
    text = said(await preview(db, [table("scores", SCORES, *rows)]))
    assert text.count("及格数÷总数 0.0%") == 10
    assert text.endswith("\n  另有 2 行不一致\n仅预览，没有导入。")


async def test_complete_lists_say_what_becomes_of_the_absent(db: Database) -> None:
    await bring(db, LABS, PROGRAMMES, ROUNDS, reports(ONE, TWO))
    applied = table(
        "enrolments", "year lab_code programme state", *([2026, c, "A01", "applied"] for c in (ONE, TWO))
    )
    await bring(db, applied)
    one = table("enrolments", "year lab_code programme state", [2026, ONE, "A01", "applied"])
    assert said(await preview(db, [one, reports(ONE)], "full")) == (
        "enrolments.xlsx（质评申请表，全量）：新增 0，变更 1，未变 1，拒绝 0\n"
        "  其中 1 项不在本次全量名单中，记为未申请\n"
        "submissions.xlsx（上报情况表，全量）：新增 0，变更 1，未变 1，拒绝 0\n"
        "  其中 1 家不在本次全量名单中，不再计入\n"
        "仅预览，没有导入。"
    )


async def test_members_who_are_not_in_the_sheet(db: Database) -> None:
    await bring(db, table("members", "group account card", *(["700100200", f"1000{i}", ""] for i in range(3))))
    judged = await preview(
        db, [table("members", "group account card", ["700100200", "10001", "合肥演示医院 张三"])]
    )
    assert said(judged) == (
        "members.xlsx（群成员表）：新增 0，变更 1，未变 0，拒绝 0\n"
        "  另有 2 人不在表中，视为已退群\n"
        "仅预览，没有导入。"
    )


async def test_a_deadline_moved_into_the_past_is_not_announced(db: Database) -> None:
    await bring(db, LABS, PROGRAMMES, ROUNDS)
    past = [2026, 1, "A01", "2026-03-02T09:00:00Z"]
    brought = await bring(db, table("rounds", "year n programme deadline", past))
    assert said(brought.judged, written=brought.written).endswith(
        "\n已导入。\n"
        "凝血试验的上报截止改到了过去，没有在群内公告，请核对；写错的请改正后重新导入，或发送「改期」改正。"
    )
