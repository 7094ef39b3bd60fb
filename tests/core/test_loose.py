"""Queries out of free words: in any order, with courtesies, glued together; and no word is lost on the way."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.words import fold
from core.words.loose import FILLERS, Loose, cut, read_loosely
from core.words.near import near

TODAY = date(2026, 3, 20)
HEADS = {"成绩": "成绩", "分数": "成绩", "截止": "截止", "截止日期": "截止", "上报截止": "截止", "上报": "上报"}
ALONG = {"成绩": ("多少", "怎么样"), "截止": ("几号", "什么时候", "是哪天")}
NAMES = ("凝血", "凝血试验", "糖化", "糖化血红蛋白", "血球", "全血细胞计数", "PCT", "D-二聚体/FDP", "晴川医院")


def read(text: str) -> Loose | None:
    return read_loosely(text, HEADS, ALONG, NAMES, TODAY)


@pytest.mark.parametrize(
    ("text", "head", "rest"),
    [
        ("查一下今年血球成绩", "成绩", "2026年 血球"),
        ("2026年第1次 糖化 截止", "截止", "2026年 第1次 糖化"),
        ("麻烦老师帮我看看26年上半年凝血和糖化的分数，谢谢", "成绩", "2026年 第1次 凝血 糖化"),
        ("糖化截止日期是哪天？", "截止", "糖化"),
        ("pct什么时候截止", "截止", "pct"),
        ("我们晴川医院凝血试验成绩怎么样", "成绩", "晴川医院 凝血试验"),
        ("D-二聚体/FDP 去年第二次成绩", "成绩", "2025年 第2次 D-二聚体/FDP"),
        ("上报截止", "截止", ""),
    ],
)
def test_a_query_in_free_words(text: str, head: str, rest: str) -> None:
    found = read(text)
    assert found is not None
    assert (found.head, found.rest, found.unknown, found.asked) == (head, rest, (), bool(rest))


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("成绩什么时候出来", ("什么时候出来",)),  # goes along with 截止, not with 成绩
        ("今年血球成绩呢哈喽", ("哈喽",)),
        ("PCTX成绩", ("PCTX",)),  # no name is found inside of another word
        ("凝血成绩不合格怎么办", ("不合格怎么办",)),
    ],
)
def test_what_is_not_understood_is_named(text: str, unknown: tuple[str, ...]) -> None:
    found = read(text)
    assert found is not None
    assert found.unknown == unknown


@pytest.mark.parametrize("text", ["今天天气不错", "", "成绩和上报", "成绩" + "很长的故事" * 20])
def test_what_names_no_command_or_two_is_left_to_others(text: str) -> None:
    assert read(text) is None


def test_glued_names_are_cut_apart() -> None:
    assert cut("血球和糖化的", NAMES) == ["血球", "糖化"]
    assert cut("凝血试验糖化血红蛋白", NAMES) == ["凝血试验", "糖化血红蛋白"]
    assert cut("血球呵呵", NAMES) == ["血球", "呵呵"]
    assert cut("快到了吧", NAMES) == ["快到了吧"]  # nothing of ours: said back as it was typed


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("凝雪", ["凝血"]),
        ("糖话", ["糖化"]),
        ("雪球", ["血球"]),
        ("糖化血红旦白", ["糖化"]),
        ("天气", []),
        ("x", []),
    ],
)
def test_a_misspelt_name_is_near_by_writing_or_sound(word: str, meant: list[str]) -> None:
    names = [("凝血", "凝血"), ("糖化", "糖化"), ("糖化血红蛋白", "糖化"), ("血球", "血球"), ("微生物", "微生物")]
    assert near(word, names) == meant


# -- whatever is typed

FILLING = st.sampled_from(sorted(FILLERS))
SAID = st.lists(
    st.one_of(
        FILLING, st.sampled_from(NAMES), st.text("甲乙丙龘鑫XYZ", min_size=1, max_size=4), st.text(max_size=5)
    ),
    max_size=8,
)


def _letters(text: str) -> str:
    return "".join(sorted(re.sub(r"[\W_]", "", fold(text).casefold())))


@given(SAID, st.sampled_from(sorted(HEADS)), SAID, st.sampled_from(["", " ", "，"]))
def test_reading_never_fails(before: list[str], head: str, after: list[str], between: str) -> None:
    text = between.join([*before, head, *after])
    found = read(text)
    assert found == read(text)
    assert found is None or found.head in ALONG | {"上报": ()}


@given(
    st.lists(st.one_of(FILLING, st.sampled_from(NAMES)), max_size=4),
    st.text("甲乙丙丁龘鑫淼", min_size=1, max_size=4),
    st.lists(st.one_of(FILLING, st.sampled_from(NAMES)), max_size=4),
)
def test_no_word_is_swallowed(before: list[str], odd: str, after: list[str]) -> None:
    """What is neither a slot nor a courtesy comes back whole, wherever it stands."""
    found = read(" ".join(["成绩", *before, odd, *after]))
    assert found is not None
    assert odd in found.unknown


@given(SAID)
def test_cutting_keeps_every_letter_that_is_no_courtesy(words: list[str]) -> None:
    for word in words:
        left = "".join(cut(word, NAMES))
        gone = list(_letters(word))
        for letter in _letters(left):
            gone.remove(letter)  # nothing is made up
        assert all(any(letter in filler for filler in FILLERS) for letter in gone)
