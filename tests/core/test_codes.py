"""Binding codes: how they are made, said, read back as people type them, and found where people talk."""

import hmac
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access.codes import (
    ALPHABET,
    CODE_LIKE,
    LENGTH,
    code_alone,
    code_told,
    codes_in,
    digest,
    digests_in,
    fold_code,
    guess_chance,
    new_code,
    say_code,
)

CODE = "7K2MQ4X9WZ0B"
CODES = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH).filter(lambda code: not code.isdecimal())
BETWEEN = st.sampled_from(["", "-", " ", "－", "—", "\u3000", " - ", "·", "_", "\u200b"])
WIDE = {ord(c): ord(c) + 0xFEE0 for c in ALPHABET + ALPHABET.lower()}
LOOKS = str.maketrans("01", "OI"), str.maketrans("01", "ol")


@st.composite
def typed(draw: st.DrawFn) -> tuple[str, str]:
    """(code, how somebody may type it)"""
    code = draw(CODES)
    text = draw(BETWEEN).join(code[at : at + 4] for at in range(0, LENGTH, 4))
    text = draw(st.sampled_from([text, text.lower(), text.swapcase(), text.translate(LOOKS[0])]))
    return code, text.translate(WIDE) if draw(st.booleans()) else text


def test_a_new_code_is_twelve_characters_and_never_the_same() -> None:
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) and not code.isdecimal() for code in codes)
    assert set("".join(codes)) == set(ALPHABET) == set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") - set("ILOU")


def test_a_code_is_said_in_groups_of_four() -> None:
    assert say_code(CODE) == "7K2M-Q4X9-WZ0B"


@given(typed())
def test_a_code_is_read_however_it_is_typed(how: tuple[str, str]) -> None:
    code, text = how
    assert fold_code(text) == code_told(text) == code


@given(typed())
def test_a_code_is_found_in_talk(how: tuple[str, str]) -> None:
    code, text = how
    for said in (f"老师我的码是{text}对吗", f"绑定 {text}", f"码:{text}。", f"/绑定\n{text}"):
        assert re.search(CODE_LIKE, said)
        assert code in codes_in(said), said


@given(st.text())
def test_reading_any_text_ends_in_a_code_or_in_none(text: str) -> None:
    code = fold_code(text)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))
    assert all(len(one) == LENGTH and set(one) <= set(ALPHABET) for one in codes_in(text))


@given(st.text(ALPHABET, max_size=20).filter(lambda text: len(text) != LENGTH))
def test_any_other_length_is_no_code(text: str) -> None:
    assert fold_code(text) is None


def test_no_letter_stands_for_another_but_those_that_look_like_a_digit() -> None:
    assert fold_code("oO0iIlL1ABCD") == "00011111ABCD"
    assert fold_code("UUUUUUUUUUUU") is None
    assert fold_code("7K2MQ4X9WZ0院") is None


@pytest.mark.parametrize(
    "text",
    [
        "截止快到了吧", "13800000000 13900000000", "2026-03-27 17:00", "340101199001011234",
        "6222 0212 3456 7890", "202603271700", "0340101", "〔通知 26-0317-2〕", "确认 4821",
        "",
    ],
)  # fmt: skip
def test_numbers_and_talk_are_no_codes(text: str) -> None:
    assert not re.search(CODE_LIKE, text)
    assert code_told(text) is None


def test_codes_glued_to_other_words_or_oddly_divided_are_found() -> None:
    for odd in ("7K2MQ4X9-WZ0B", "7K2 MQ4 X9W Z0B", " ".join(CODE), "7k2mq4\n- x9wz0b"):
        assert codes_in(f"我的是{odd}呢") == [CODE]
    assert CODE in codes_in(f"my{CODE}ok")
    assert CODE in codes_in(f"code{say_code(CODE)}")


@given(st.lists(CODES, min_size=2, max_size=80), st.sampled_from(["\n", " ", "、", "，", "号\n"]))
def test_all_codes_of_a_list_are_found(codes: list[str], between: str) -> None:
    assert set(codes) <= set(codes_in(between.join(map(say_code, codes))))
    assert set(codes) <= set(codes_in(between.join(codes)))


def test_a_code_behind_a_page_of_others_is_found() -> None:
    assert CODE in codes_in("A1B2C3D4E5F6G7H8 " * 500 + say_code(CODE))


def test_up_to_six_marks_stand_between() -> None:
    assert codes_in("7K2M....Q4X9......WZ0B") == [CODE]
    assert codes_in("7K2M.......Q4X9WZ0B") == []


def test_a_long_text_is_read_in_no_time() -> None:
    text = "".join(f"{number:04d}ABCDEFGH" for number in range(800))
    begun = time.process_time()
    assert len(digests_in(b"k" * 32, text)) > 8000
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize("said", ["{}", "绑定码：{}", "绑定码 {}", "绑定{}", "我的绑定码是{}，谢谢", " {} 。"])
def test_a_message_that_is_nothing_but_a_code(said: str) -> None:
    assert code_alone(said.format(say_code(CODE))) == CODE
    assert code_alone(said.format(CODE.lower())) == CODE


@pytest.mark.parametrize(
    "said",
    [
        "快递单号是SF1234567890", "批号 20260101AB12 对吗", "我的微信号abcd12345678，请加我", "老师，7K2MQ4X9WZ0B",
        "没收到绑定码，快递单号SF1234567890", "绑定码丢了", "绑定码",
    ],
)  # fmt: skip
def test_twelve_characters_in_a_sentence_are_no_attempt(said: str) -> None:
    assert code_alone(said) is None


def test_a_message_tells_one_code_or_none() -> None:
    assert code_told(f"绑定码：{say_code(CODE)}，谢谢") == CODE
    assert code_told(f"我的码{CODE}。") == CODE
    assert code_told(f"{CODE}，还有ABCDEFGHJKMN") is None
    assert code_told(f"https://example.org/{CODE}/x") is None
    assert code_told("what does this code mean") is None


def test_what_is_kept_is_an_hmac_under_the_key() -> None:
    kept = digest(b"k" * 32, CODE)
    assert kept == hmac.new(b"k" * 32, CODE.encode(), "sha256").hexdigest()
    assert kept != digest(b"j" * 32, CODE)


def test_guessing_for_a_year_is_hopeless() -> None:
    """Failures an hour × 24 × 365 × open codes ÷ 32¹², with 10,000 labs that all have an open code."""
    assert guess_chance(10_000, 1000) == 1000 * 8760 * 10_000 / 32**12
    assert guess_chance(10_000, 1000) <= 1e-7
