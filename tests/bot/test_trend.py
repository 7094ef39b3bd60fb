"""趋势: PT scores of one programme through the years, as a picture and in words."""

import io

import pytest
from PIL import Image

from bot.pictures import canvas
from bot.settings import load
from core.enrolment.models import Enrolled
from core.workbooks.tables import Table
from db.audit import audit_log
from db.unit import Database
from tests.bot.desk import GROUP, STRANGER, Desk, table
from tests.bot.own import BOTH, QINGCHUAN, YUNQI, A, B, enrol, own_desk
from tests.bot.returns import bad, confirmed, good, of_others, roster, scores

HEAD = "【成绩趋势】合肥演示晴川医院 凝血试验\n"
PICTURE = "\n〔Picture(name='成绩趋势.png')〕"
OLD = (  # 凝血试验 was called 凝血四项 until 2024
    table(
        "programmes",
        "year code name aliases rounds scored pass_score",
        [2024, "N04", "凝血四项", ["凝血"], 2, True, 75.0],
        [2025, "A01", "凝血试验", ["凝血", "凝血四项"], 2, True, None],
        [2025, "A02", "糖化血红蛋白", ["糖化"], 2, True, None],
    ),
    table(
        "rounds",
        "year n programme deadline",
        *(
            [year, n, code, f"{year}-0{3 * n}-28T09:00:00Z"]
            for year, code in ((2024, "N04"), (2025, "A01"))
            for n in (1, 2)
        ),
        [2025, 2, "A02", "2025-09-26T09:00:00Z"],
    ),
)
UNSCORED = [None, QINGCHUAN, None, None, None, "not_scored"]


async def told(desk: Desk, year: int, n: int, sheet: Table) -> None:
    """Imported and released."""
    await desk.bring(sheet)
    await confirmed(desk, f"公布成绩 {year} 第{n}次 全部")


@pytest.fixture
async def desk(db: Database) -> Desk:
    """晴川 in 凝血: 80, not scored, nothing found, 60, 93.3."""
    desk = await own_desk(db)
    await desk.bring(*OLD, roster(11))
    await told(
        desk, 2024, 1, scores(2024, 1, "N04", good(QINGCHUAN, pt=80.0), *of_others([60.0] * 4 + [90.0] * 7))
    )
    await told(desk, 2024, 2, scores(2024, 2, "N04", UNSCORED, good(YUNQI)))
    await told(desk, 2025, 1, scores(2025, 1, "A01", good(YUNQI)))
    await told(desk, 2025, 2, scores(2025, 2, "A01", bad(QINGCHUAN, pt=60.0), good(YUNQI)))
    await told(desk, 2026, 1, scores(2026, 1, "A01", good(QINGCHUAN, pt=93.3), good(QINGCHUAN, "APTT")))
    return desk


async def test_the_newest_round_in_words_and_all_in_the_picture(desk: Desk) -> None:
    assert await desk.say("趋势 凝血", A) == (
        f"{HEAD}最近一次（2026年第1次）：PT成绩 93.3，合格。\n"
        f"数据截至 3月20日 09:00。发送「成绩 2026 第1次 凝血试验」查看明细。{PICTURE}"
    )
    [picture] = desk.pictures
    assert picture.text == (
        "合肥演示晴川医院 凝血试验历次成绩：\n"
        "· 2024年第1次：PT成绩 80，合格（全省中位数 90）\n"
        "· 2024年第2次：不计分\n"
        "· 2025年第1次：未查到\n"
        "· 2025年第2次：PT成绩 60，不合格\n"
        "· 2026年第1次：PT成绩 93.3，合格\n"
        "合格线 75、80。"
    )
    image = Image.open(io.BytesIO(picture.content))
    assert (image.format, image.width) == ("PNG", 720)
    assert 800 < image.height < 1200
    query = audit_log.select().where(audit_log.c.action == "scores.read", audit_log.c.actor == f"qq:{A}")
    assert [row.subject for row in await desk.db.read(lambda tx: tx._all(query))] == ["lab:1"]


async def test_who_did_not_take_part_is_told_so(desk: Desk) -> None:
    await enrol(desk.db, "A01", {YUNQI: Enrolled.APPLIED}, full=True, year=2025)
    await desk.say("趋势 凝血", A)
    assert "· 2025年第1次：未参加\n" in desk.pictures[-1].text


async def test_asked_for_in_any_words(desk: Desk) -> None:
    for words in (
        "趋势 凝血试验",
        "凝血的成绩趋势",
        "查一下凝血历次成绩",
        "成绩走势 凝血四项",
        "晴川医院 凝血 趋势图",
    ):
        assert (await desk.say(words, A)).startswith(f"{HEAD}最近一次（2026年第1次）"), words
    assert await desk.say("2024年凝血趋势", A) == (
        f"{HEAD}最近一次（2024年第2次）：不计分。\n"
        f"数据截至 3月20日 09:00。发送「成绩 2024 第2次 凝血四项」查看明细。{PICTURE}"
    )
    assert (await desk.say("成绩 2024 第2次 凝血四项", A)).startswith("【成绩】合肥演示晴川医院 2024年第2次\n")
    assert (await desk.say("趋势 APTT", A)).startswith(
        "【成绩趋势】合肥演示晴川医院 凝血试验（APTT）\n最近一次（2026年第1次）：PT成绩 100，合格。\n"
    )
    assert (await desk.say("趋势", A)).startswith(HEAD)  # there is no other one


async def test_which_programme_is_asked_back(desk: Desk) -> None:
    await told(desk, 2025, 2, scores(2025, 2, "A02", bad(QINGCHUAN)))
    assert await desk.say("趋势", A) == (
        "要看哪个项目的成绩趋势？\n1 凝血试验\n2 糖化血红蛋白\n120 秒内回复序号即可。"
    )
    assert (await desk.say("2", A)).startswith(
        "【成绩趋势】合肥演示晴川医院 糖化血红蛋白\n最近一次（2025年第2次）"
    )
    assert desk.pictures[-1].text.count("·") == 1  # a single round is a picture as well
    assert await desk.say("趋势 凝血 糖化", A) == "一次只看一个项目的趋势。请写一个，例如：趋势 凝血试验"


async def test_which_lab_is_asked_back(desk: Desk) -> None:
    assert await desk.say("趋势 凝血", BOTH) == (
        "您绑定了多家单位，要看哪一家？\n1 合肥演示晴川医院\n2 芜湖演示云栖医院\n120 秒内回复序号即可。"
    )
    assert (await desk.say("2", BOTH)).startswith("【成绩趋势】芜湖演示云栖医院 凝血试验\n")
    assert (await desk.say("趋势 凝血 晴川医院", BOTH)).startswith(HEAD)


async def test_what_is_not_known(desk: Desk) -> None:
    assert await desk.say("趋势 糖化", B) == (
        "没有查到您单位「糖化血红蛋白」已公布的成绩，暂时没有趋势可看。发送「成绩」查看已公布的项目。"
    )
    assert await desk.say("趋势 2019", B) == (
        "没有查到您单位 2019年已公布的成绩，暂时没有趋势可看。发送「成绩」查看何时公布。"
    )
    assert await desk.say("趋势 天气预报", A) == "没有找到项目「天气预报」。发送「项目」查看全部项目名称。"
    assert (await desk.say("趋势 凝雪", A)).startswith("没有找到项目「凝雪」，相近的有：\n1 凝血试验\n")


async def test_only_analytes_were_returned(desk: Desk) -> None:
    await told(desk, 2025, 2, scores(2025, 2, "A02", bad(QINGCHUAN, "HbA1c"), good(QINGCHUAN, "HbA2")))
    assert await desk.say("趋势 糖化", A) == (
        "「糖化血红蛋白」只公布了各细项的成绩，要看哪个细项的趋势？\n"
        "1 糖化血红蛋白 HbA1c\n2 糖化血红蛋白 HbA2\n120 秒内回复序号即可。"
    )
    assert (await desk.say("1", A)).startswith(
        "【成绩趋势】合肥演示晴川医院 糖化血红蛋白（HbA1c）\n最近一次（2025年第2次）：PT成绩 60，不合格。\n"
    )


async def test_the_last_twelve_rounds(db: Database) -> None:
    desk, columns = await own_desk(db), "year n programme deadline"
    for year in range(2012, 2020):
        await desk.bring(
            table("programmes", "year code name rounds scored", [year, "A01", "凝血试验", 2, True]),
            table("rounds", columns, *([year, n, "A01", f"{year}-0{3 * n}-28T09:00:00Z"] for n in (1, 2))),
        )
        for n in (1, 2):
            await told(desk, year, n, scores(year, n, "A01", good(QINGCHUAN)))
    await desk.say("趋势 凝血", A)
    said = desk.pictures[-1].text
    assert said.startswith("合肥演示晴川医院 凝血试验历次成绩：\n· 2014年第1次：PT成绩 100，合格\n")
    assert said.endswith("· 2019年第2次：PT成绩 100，合格\n合格线 80。更早的 4 次没有列出。")


async def test_the_pass_line_of_the_settings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQABOT_PASS_SCORE", "82.5")
    again = Desk(desk.db, load(None))
    await again.say("趋势 凝血", A)
    assert again.pictures[-1].text.endswith("\n合格线 75、82.5。")


async def test_where_there_is_no_font_it_is_said_in_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canvas, "FILE", "nirgends.ttc")
    canvas.font.cache_clear()
    try:
        assert not canvas.has_font()
        said = await desk.say("趋势 凝血", A)
    finally:
        canvas.font.cache_clear()
    assert said.startswith(HEAD)
    assert "\n合肥演示晴川医院 凝血试验历次成绩：\n· 2024年第1次：PT成绩 80，合格" in said
    assert desk.pictures == []


async def test_never_in_a_group_and_never_to_others(desk: Desk) -> None:
    assert await desk.say("趋势 凝血", A, GROUP) == (
        "涉及本单位的信息只在私聊中回答。请先加我为好友，再私聊发送「趋势」。"
    )
    assert (await desk.say("趋势 凝血", STRANGER)).startswith("您还没有绑定单位，无法查询。")
    assert desk.pictures == []
