"""Folding; years and rounds as people type them."""

from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.words import Found, chinese_int, fold, round_no_of, take, year_of

TODAY = date(2026, 3, 20)
YEARS = ("2026", "2026年", "26年", "今年", "本年度", "2026年度", "２０２６年", "二〇二六年", "2026 年")
FIRSTS = ("第一次", "第1次", "1次", "第一次活动", "上半年", "第1轮", "第 1 次", "第１次", "第1次质评活动")
WORDS = (
    "糖化",
    "凝血试验",
    "D-二聚体",
    "CA19-9",
    "25-羟维生素D",
    "全部",
    "3月27日",
    "张三",
    "SAA",
    "血型(正定型)",
)


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("　糖化　　第１次\t", "糖化 第1次"),
        ("糖\u200b化\u2063\ufe0f\u202e\x07", "糖化"),
        ("糖化\r\n凝血", "糖化 凝血"),
        ("ＰＣＴ（定量）", "PCT(定量)"),
        ("e\u034f\u0301", "é"),
        ("\u2800\u3164", ""),
        ("a\ud800b", "ab"),
    ],
)
def test_fold(raw: str, folded: str) -> None:
    assert fold(raw) == folded


@settings(max_examples=200)
@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert not any(c in folded for c in "\u200b\u2063\ufeff\ufe0f\0\n\u3000")


@pytest.mark.parametrize("word", YEARS)
def test_this_year(word: str) -> None:
    assert year_of(word, TODAY) == 2026


@pytest.mark.parametrize(
    ("word", "year"),
    [
        ("去年", 2025),
        ("明年", 2027),
        ("前年", 2024),
        ("去年度", 2025),
        ("2019年", 2019),
        ("99年", 1999),
        ("27年", 2027),
    ],
)
def test_other_years(word: str, year: int) -> None:
    assert year_of(word, TODAY) == year


@pytest.mark.parametrize(
    "word", ["", "26", "6年", "20261", "226年", "年", "糖化", "2026年3月", "3126", "今年糖化", "说明年度", "第1次"]
)
def test_no_year(word: str) -> None:
    assert year_of(word, TODAY) is None


@pytest.mark.parametrize("word", FIRSTS)
def test_first_round(word: str) -> None:
    assert round_no_of(word) == 1


@pytest.mark.parametrize(
    ("word", "n"), [("第二次活动", 2), ("下半年", 2), ("二次", 2), ("第3轮", 3), ("第十二次", 12), ("第02次", 2)]
)
def test_other_rounds(word: str, n: int) -> None:
    assert round_no_of(word) == n


@pytest.mark.parametrize(
    "word", ["", "1", "次", "第次", "第0次", "一次性", "第一二次", "100次", "2026次", "再来一次"]
)
def test_no_round(word: str) -> None:
    assert round_no_of(word) is None


@pytest.mark.parametrize(
    ("word", "number"),
    [("一", 1), ("十", 10), ("二十", 20), ("九十九", 99), ("7", 7), ("", None), ("一二", None), ("两", None)],
)
def test_chinese_int(word: str, number: int | None) -> None:
    assert chinese_int(word) == number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026年第1次 糖化 ", Found(2026, 1, ("糖化",))),
        ("糖化第一次26年", Found(2026, 1, ("糖化",))),
        ("2026年，第1次，糖化", Found(2026, 1, ("糖化",))),
        ("今年上半年糖化", Found(2026, 1, ("糖化",))),
        ("去年 凝血 下半年", Found(2025, 2, ("凝血",))),
        ("PCT2026年第2次活动", Found(2026, 2, ("PCT",))),
        ("2026年1次", Found(2026, 1, ())),
        ("", Found(None, None, ())),
        # a date, a code, an amount and chatter stay whole
        ("2027 10月25日 11月25日", Found(2027, None, ("10月25日", "11月25日"))),
        ("第1次 2026年3月27日 17:00", Found(None, 1, ("2026年3月27日", "17:00"))),
        ("2026-03-27", Found(None, None, ("2026-03-27",))),
        ("AH34012026", Found(None, None, ("AH34012026",))),
        ("202611", Found(None, None, ("202611",))),
        ("2026-1次", Found(None, None, ("2026-1次",))),
        ("说明年度 样本年度", Found(None, None, ("说明年度", "样本年度"))),
        ("再来一次 一次性", Found(None, None, ("再来一次", "一次性"))),
        # said twice: once is enough, two different ones are the caller's to ask about
        ("2026 今年 糖化", Found(2026, None, ("糖化",))),
        ("2026年 糖化2025年", Found(2026, None, ("糖化", "2025年"))),
        ("第1次糖化第2次", Found(None, 1, ("糖化", "第2次"))),
    ],
)
def test_take(text: str, found: Found) -> None:
    assert take(text, TODAY) == found


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from(WORDS), max_size=4),
    st.sampled_from(YEARS),
    st.sampled_from(FIRSTS),
    st.randoms(use_true_random=False),
)
def test_slots_stand_anywhere_among_the_words(words: list[str], year: str, n: str, random: Random) -> None:
    line = [*words]
    line.insert(random.randint(0, len(line)), year)
    line.insert(random.randint(0, len(line)), n)
    assert take("  ".join(line), TODAY) == Found(2026, 1, tuple(words))


LOOSE = st.text(st.sampled_from("2026 年第1一次轮上下半今去明本度月3日糖化,、-/.:D活动性零十"), max_size=24)
SLOT_CHARACTERS = set("0123456789年度今本去上明前〇零○一二三四五六七八九十第次轮下半室间质评活动,、;-/ ")


@settings(max_examples=200)
@given(LOOSE | st.text(max_size=40))
def test_take_never_loses_a_word(text: str) -> None:
    found = take(text, TODAY)
    kept, whole = "".join(found.rest), fold(text)
    others = [c for c in whole if c not in SLOT_CHARACTERS]
    assert [c for c in kept if c not in SLOT_CHARACTERS] == others
    if found.year is None and found.n is None:
        assert kept == whole.replace(" ", "")
    again = take(" ".join(found.rest), TODAY)  # nothing half-read is left behind, unless it is a second one
    assert found.year is None or again.year != found.year
    assert found.n is None or again.n != found.n
