"""改期: what staff may type, in any order."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.activities.wish import Wish, parse_wish
from core.errors import DomainError
from core.words import take
from tests.cast import at

TODAY = date(2026, 3, 16)
MONDAY = at("2026-03-30 17:00")


def read(text: str) -> Wish:
    found = take(text, TODAY)
    return parse_wish(found.rest, found.year or 2026, found.n or 1, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "2026 第1次 凝血 3月30日 17:00",
        "2026 第1次 凝血 2026-03-30 17:00",
        "凝血 3月30日17:00 2026年 第一次",
        "3月30日 下午5点 凝血",
        "凝血 截止 3月30日 17:00",
        "凝血 截止：3月30日 17:00",
        "凝血 延期到3月30日 17:00",
        "凝血 改到 3.30 17:00",
    ],
)
def test_a_deadline_as_people_write_it(text: str) -> None:
    assert read(text) == Wish(("凝血",), {"deadline": MONDAY})


@pytest.mark.parametrize(
    ("text", "words", "values"),
    [
        ("凝血 糖化 3月30日", ("凝血", "糖化"), {"deadline": at("2026-03-30 23:59").replace(second=59)}),
        ("全部 推迟发放 4月10日", ("全部",), {"dispatch_on": date(2026, 4, 10)}),
        (
            "凝血 发放 4月10日 预计到达 4月12日 截止 4月30日 17:00",
            ("凝血",),
            {
                "dispatch_on": date(2026, 4, 10),
                "expected_on": date(2026, 4, 12),
                "deadline": at("2026-04-30 17:00"),
            },
        ),
        ("凝血 样本号 202611-202612", ("凝血",), {"sample_nos": "202611-202612"}),
        ("30101 3月30日 17:00", ("30101",), {"deadline": MONDAY}),
    ],
)
def test_what_can_be_changed(text: str, words: tuple[str, ...], values: dict[str, Any]) -> None:
    assert read(text) == Wish(words, values)


def test_a_cancellation() -> None:
    assert read("凝血 取消") == read("取消 凝血") == Wish(("凝血",), {}, cancel=True)


def test_a_restoration() -> None:
    assert read("凝血 恢复") == Wish(("凝血",), {}, restore=True)
    assert read("凝血 恢复 3月30日 17:00") == Wish(("凝血",), {"deadline": MONDAY}, restore=True)


@pytest.mark.parametrize(
    "text",
    [
        "凝血",
        "",
        "凝血 取消 3月30日",
        "凝血 取消 恢复",
        "凝血 3月30日 4月1日",
        "凝血 发放",
        "凝血 发放 尽快",
        "凝血 样本号",
        "凝血 截止 2月30日",
    ],
)
def test_what_is_not_understood_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        read(text)
    assert (refused.value.key, refused.value.params) == ("activities/change_form", {"year": 2026, "n": 1})


_DAY = st.integers(0, 200).map(lambda days: date(2026, 1, 1) + timedelta(days=days))
_NAMES = st.lists(st.sampled_from(["凝血", "糖化", "A01", "感染性疾病血清学标志物A"]), min_size=1, unique=True)


@given(_DAY, _DAY, _NAMES, st.permutations([0, 1, 2]))
def test_the_order_of_what_is_said_does_not_matter(
    sent: date, last: date, names: Sequence[str], order: Sequence[int]
) -> None:
    said = [" ".join(names), f"发放 {sent.month}月{sent.day}日", f"截止 {last.month}月{last.day}日 17:00"]
    wish = read(" ".join(said[place] for place in order))
    assert wish == Wish(tuple(names), {"dispatch_on": sent, "deadline": at(f"{last.isoformat()} 17:00")})


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    wish = None
    with suppress(DomainError):
        wish = read(text)
    assert wish is None or (bool(wish.values) or wish.restore) is not wish.cancel
