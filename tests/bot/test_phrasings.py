"""However it is put, the same query gets the same answer; and what was not understood is said back."""

import re
from random import Random

import pytest

from db.unit import Database
from tests.bot.desk import Desk
from tests.bot.own import A, own_desk

_RUN_TOGETHER = re.compile("[0-9A-Za-z０-９]\0[0-9A-Za-z０-９]")  # A011次: nobody can tell
YEARS = ("2026", "2026年", "26年", "２０２６年度", "今年", "二〇二六年", "2026年度", "本年度")
ROUNDS = ("第1次", "第一次", "1次", "第１次", "上半年", "第一轮", "第1次活动", "一次")
COAGULATION = ("凝血", "凝血试验", "A01")
BEFORE = ("", "请问", "老师好，", "麻烦查一下", "帮我看看", "我想查", "想问一下我们医院", "/")
AFTER = ("", "？", "。", "谢谢老师", "，谢谢！", "呢", "～")
GLUE = (" ", "　", "，", "", "的")


def phrasings(heads: tuple[str, ...], seed: int, count: int) -> list[str]:
    """`count` different ways to ask one thing, drawn from all of them."""
    random = Random(seed)
    found: set[str] = set()
    while len(found) < count:
        slots = [random.choice(YEARS), random.choice(ROUNDS), random.choice(COAGULATION)]
        random.shuffle(slots)
        glue, head = random.choice(GLUE), random.choice(heads)
        parts = [head, *slots] if random.random() < 0.5 else [*slots, head]
        if not (glue == "" and _RUN_TOGETHER.search("\0".join(parts))):
            found.add(f"{random.choice(BEFORE)}{glue.join(parts)}{random.choice(AFTER)}")
    return sorted(found)


DEADLINES = phrasings(("截止", "截止时间", "上报截止", "截止日期", "几号截止"), 1, 260)
SCORES = phrasings(("成绩", "分数", "查成绩", "成绩单", "PT成绩"), 2, 260)


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await own_desk(db)


async def test_260_ways_to_ask_for_a_deadline(desk: Desk) -> None:
    wanted = await desk.say("截止 2026 第1次 凝血")
    assert wanted.startswith("【上报截止】")
    assert [text for text in DEADLINES if await desk.say(text) != wanted] == []


async def test_260_ways_to_ask_for_a_score(desk: Desk) -> None:
    wanted = await desk.say("成绩 2026 第1次 凝血", A)
    assert wanted.startswith("【成绩】合肥演示晴川医院 2026年第1次")
    assert [text for text in SCORES if await desk.say(text, A) != wanted] == []
