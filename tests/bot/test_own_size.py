"""A whole year of a big lab fits on a telephone: 40 programmes, of which everything is said."""

import pytest

from core.enrolment.models import Enrolled
from db.unit import Database
from tests.bot.desk import LABS, NOW, STAFF, Desk, table
from tests.bot.own import BOTH, QINGCHUAN, YUNQI, A, bind, dispatch_all, enrol
from tests.bot.test_deliverer import Line, Post

CODES = [f"P{i:02d}" for i in range(40)]
YEAR = table(
    "programmes",
    "year code name",
    *([2026, code, f"感染性疾病血清学标志物{code}演示"] for code in CODES),
)
ONCE = table("rounds", "year n programme deadline", *([2026, 1, code, "2026-03-27T09:00:00Z"] for code in CODES))
SILENT = table(
    "submissions",
    "year n programme lab_code reported",
    *([2026, 1, code, lab, False] for code in CODES for lab in (QINGCHUAN, YUNQI)),
)


@pytest.fixture
async def desk(db: Database) -> Desk:
    desk = await Desk(db).open(LABS, YEAR, ONCE, SILENT)
    await bind(db, A, QINGCHUAN)
    await bind(db, BOTH, QINGCHUAN, YUNQI, at=NOW.replace(hour=2))
    for code in CODES:
        await enrol(db, code, {QINGCHUAN: Enrolled.APPLIED, YUNQI: Enrolled.APPLIED})
    await dispatch_all(db)
    return desk


@pytest.mark.parametrize("words", ["我的", "报名", "上报", "截止", "已报 全部", "签收", "签收 全部"])
async def test_answers_of_a_big_lab_fit_one_message(desk: Desk, words: str) -> None:
    said = await desk.say(words, A)
    assert "合肥演示晴川医院" in said
    assert len(said) <= 1500


async def test_names_of_many_programmes_fit_two_messages(desk: Desk) -> None:
    said = await desk.say("未上报 第1次", STAFF)
    assert "芜湖演示云栖医院" in said
    assert len(said) <= 3000


async def test_a_personal_reminder_of_two_big_labs_fits_one_message(desk: Desk) -> None:
    post = Post(desk, Line())
    await post.pass_time(hours=8 + 4 * 24)  # the stage of 3 days
    heard = [text for target, text in post.line.sent if target in (A, BOTH)]
    assert len(heard) == 2
    assert all(len(text) <= 1500 for text in heard)
    assert "· 等40个项目\n" in heard[0]
