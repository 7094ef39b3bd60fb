"""成绩 by analyte, in the words people use; doubtful verdicts; how all laboratories did."""

import pytest

from core.scores.analytes import names_of
from core.workbooks.tables import Table
from db.unit import Database
from tests.bot.desk import GROUP, STRANGER, Desk, table
from tests.bot.own import QINGCHUAN, A, B
from tests.bot.returns import bad, confirmed, good, of_others, released_desk, roster, scores

HEAD = "【成绩】合肥演示晴川医院 2026年第1次\n"
FOOT = "数据截至 3月20日 09:00。发送「趋势 %s」查看历次成绩。"
CHEMISTRY: tuple[Table, ...] = (
    table(
        "programmes",
        "year code name aliases rounds scored",
        [2026, "C01", "常规化学", ["生化"], 2, True],
        [2026, "C02", "全血细胞计数", ["血常规", "血球"], 2, True],
        [2026, "C03", "干化学", [], 2, True],
    ),
    table(
        "rounds",
        "year n programme deadline",
        *([2026, 1, code, "2026-03-13T09:00:00Z"] for code in ("C01", "C02", "C03")),
    ),
)
RESULTS = (
    scores(2026, 1, "常规化学", good(QINGCHUAN), good(QINGCHUAN, "葡萄糖"), bad(QINGCHUAN, "肌酐", 60.0)),
    scores(2026, 1, "全血细胞计数", good(QINGCHUAN), good(QINGCHUAN, "血红蛋白"), good(QINGCHUAN, "白细胞(WBC)")),
    scores(2026, 1, "干化学", good(QINGCHUAN), good(QINGCHUAN, "肌酐")),
    scores(2026, 1, "A01", good(QINGCHUAN), good(QINGCHUAN, "凝血酶原时间"), good(QINGCHUAN, "APTT")),
)


@pytest.fixture
async def desk(db: Database) -> Desk:
    desk = await released_desk(db)
    await desk.bring(*CHEMISTRY)
    await desk.bring(*RESULTS)
    await confirmed(desk, "公布成绩 2026 第1次 常规化学 全血细胞计数 干化学 凝血试验")
    return desk


GLUCOSE = (
    f"{HEAD}· 常规化学：PT成绩 100，合格（及格 5/5）\n  葡萄糖：PT成绩 100，合格（及格 5/5）\n{FOOT % '常规化学'}"
)


async def test_an_analyte_in_any_words(desk: Desk) -> None:
    """The programme, and of its analytes just this one."""
    for words in (
        "成绩 葡萄糖",
        "成绩 血糖",
        "血糖的成绩多少",
        "2026年第1次 成绩 glu",
        "成绩 生化葡萄糖",
        "查一下葡萄糖得分",
    ):
        assert await desk.say(words, A) == GLUCOSE, words
    white = await desk.say("成绩 血球 WBC", A)
    assert "  白细胞(WBC)：PT成绩 100，合格（及格 5/5）\n" in white
    assert "血红蛋白" not in white
    assert (await desk.say("成绩 生化", A)).count("\n  ") == 2  # the programme: all of them


async def test_an_analyte_of_several_programmes_is_asked_back(desk: Desk) -> None:
    assert await desk.say("成绩 肌酐", A) == (
        "「肌酐」对应多个项目，您要的是哪一个？\n1 常规化学 肌酐\n2 干化学 肌酐\n120 秒内回复序号即可。"
    )
    assert "· 干化学：PT成绩 100，合格（及格 5/5）\n  肌酐：PT成绩 100，合格" in await desk.say("2", A)
    assert "· 常规化学：PT成绩 100，合格（及格 5/5）\n  肌酐：PT成绩 60，不合格" in await desk.say(
        "成绩 生化 肌酐", A
    )


async def test_a_whole_name_goes_before_a_part(desk: Desk) -> None:
    """血红蛋白 is an analyte, though 糖化血红蛋白 is a programme; the programme's own name means it."""
    assert "· 全血细胞计数：PT成绩 100，合格（及格 5/5）\n  血红蛋白" in await desk.say("成绩 血红蛋白", A)
    assert "未回报：糖化血红蛋白。" in await desk.say("成绩 2026 糖化血红蛋白", A)


async def test_pt_is_two_things(desk: Desk) -> None:
    assert await desk.say("成绩 PT", A) == (
        "「PT」有两个意思：各项目的PT成绩，或凝血酶原时间这个细项。您要的是哪一个？\n"
        "1 全部\n2 凝血试验 凝血酶原时间\n120 秒内回复序号即可。"
    )
    assert await desk.say("2", A) == (
        f"{HEAD}· 凝血试验：PT成绩 100，合格（及格 5/5）\n  凝血酶原时间：PT成绩 100，合格（及格 5/5）\n"
        f"{FOOT % '凝血试验'}"
    )
    everything = await desk.say("成绩", A)
    assert await desk.say("成绩 pt", A) != everything
    assert await desk.say("1", A) == everything
    assert await desk.say("PT成绩", A) == everything
    assert "  凝血酶原时间：" in await desk.say("成绩 凝血 PT", A)
    assert "APTT" not in await desk.say("成绩 凝血 PT", A)


async def test_pt_is_nothing_but_the_score_where_no_such_analyte_was_returned(desk: Desk) -> None:
    assert await desk.say("成绩 2025 PT", A) == await desk.say("成绩 2025", A)
    assert await desk.say("成绩 生化 PT", A) == await desk.say("成绩 生化", A)


async def test_an_analyte_that_was_returned_in_an_earlier_activity_only(desk: Desk) -> None:
    await desk.bring(scores(2025, 1, "凝血", good(QINGCHUAN), good(QINGCHUAN, "纤维蛋白原")))
    assert await desk.say("成绩 纤维蛋白原", A) == (  # imported, not released: nobody can tell
        "没有查到已公布的「纤维蛋白原」成绩（未回报或未知，不等于没有）。发送「成绩」查看各项目何时回报。"
    )
    await confirmed(desk, "公布成绩 2025 第1次 凝血")
    said = await desk.say("成绩 FIB", A)
    assert said.startswith("【成绩】合肥演示晴川医院 2025年第1次\n· 凝血试验：PT成绩 100")
    assert "  纤维蛋白原：PT成绩 100，合格（及格 5/5）\n" in said


async def test_words_that_name_nothing_are_named(desk: Desk) -> None:
    assert await desk.say("成绩 生化 天气 预报", A) == (
        "没有找到项目「天气、预报」。发送「项目」查看全部项目名称。"
    )
    assert await desk.say("成绩 葡萄塘", A) == (
        "没有找到项目「葡萄塘」，相近的有：\n1 常规化学 葡萄糖\n120 秒内回复序号即可。"
    )
    assert await desk.say("1", A) == GLUCOSE


async def test_what_another_lab_was_returned_is_no_word_of_mine(desk: Desk) -> None:
    assert await desk.say("成绩 葡萄糖", B) == (
        "没有查到已公布的「葡萄糖」成绩（未回报或未知，不等于没有）。发送「成绩」查看各项目何时回报。"
    )


async def test_whether_they_are_out_is_asked_of_the_guide(desk: Desk) -> None:
    for words in ("成绩出来了吗", "成绩什么时候出", "凝血成绩什么时候出来", "成绩在哪里看"):
        assert "〔依据：参控指南" in await desk.say(words, A), words
    for words in ("成绩情况", "分数多少", "成绩怎么样", "成绩合格吗"):
        assert (await desk.say(words, A)).startswith(HEAD), words


async def test_a_verdict_that_the_figures_do_not_bear_out(desk: Desk) -> None:
    await desk.bring(
        scores(2026, 1, "A02", [None, QINGCHUAN, 2, 5, 40.0, "satisfactory"], good(QINGCHUAN, "HbA1c"))
    )
    await confirmed(desk, "公布成绩 2026 第1次 A02")
    doubted = "PT成绩 40，合格（及格 2/5）（得分与评价不一致，以官方为准）"
    assert await desk.say("成绩 2026 糖化", A) == (
        f"{HEAD}· 糖化血红蛋白：{doubted}\n  HbA1c：PT成绩 100，合格（及格 5/5）\n{FOOT % '糖化血红蛋白'}"
    )
    assert f"· 糖化血红蛋白：{doubted.replace('（及格 2/5）', '')}\n" in await desk.say("成绩", A)


async def test_a_whole_that_says_nothing_beside_scored_analytes(desk: Desk) -> None:
    await desk.bring(scores(2026, 1, "A02", [None, QINGCHUAN], good(QINGCHUAN, "HbA1c")))
    await confirmed(desk, "公布成绩 2026 第1次 A02")
    assert "· 糖化血红蛋白：不计分（细项有成绩，以官方为准）\n" in await desk.say("成绩 2026 糖化", A)


async def test_how_all_laboratories_did(desk: Desk) -> None:
    """From ten laboratories on; of an analyte where it is asked for; never in the overview."""
    await desk.bring(roster(11))
    marks = [100, 93.3, 86.7, 80, 100, 60, 73.3, 100, 93.3]
    await desk.bring(scores(2026, 1, "生化", *of_others(marks[:8]), *of_others(marks[:9], "葡萄糖")))
    assert await desk.say("成绩 葡萄糖", A) == (
        f"{HEAD}· 常规化学：PT成绩 100，合格（及格 5/5）\n  葡萄糖：PT成绩 100，合格（及格 5/5）\n"
        f"  全省 10 家：中位数 93.3，四分位 81.7–100，合格率 80%\n{FOOT % '常规化学'}"
    )  # nine of the programme as a whole, ten of 葡萄糖
    await desk.bring(scores(2026, 1, "生化", *of_others(marks)))
    whole = await desk.say("成绩 生化", A)
    assert whole.startswith(
        f"{HEAD}· 常规化学：PT成绩 100，合格（及格 5/5）\n  全省 10 家：中位数 93.3，四分位 81.7–100，合格率 80%\n"
    )
    assert whole.count("全省") == 1
    assert "全省" not in await desk.say("成绩", A)


async def test_never_in_a_group_and_never_to_others(desk: Desk) -> None:
    assert await desk.say("成绩 葡萄糖", A, GROUP) == (
        "涉及本单位的信息只在私聊中回答。请先加我为好友，再私聊发送「成绩」。"
    )
    assert (await desk.say("成绩 葡萄糖", STRANGER)).startswith("您还没有绑定单位，无法查询。")


def test_names_of_analytes() -> None:
    assert names_of("凝血酶原时间(PT)") == ["凝血酶原时间(PT)", "凝血酶原时间", "PT"]
    assert "血糖" in names_of("葡萄糖")
    assert names_of("演示物") == ["演示物"]
