"""A push in numbered parts, each with the mark by which it is known again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pushes.parts import PART, mark_of, marks_in, parts_of, unmarked

REFERENCE = "26-0317-2"
LINES = st.lists(st.text(st.characters(exclude_characters="\r〔〕", codec="utf-8"), max_size=400), max_size=40)


def test_what_fits_is_one_message_as_it_is() -> None:
    body = f"【上报提醒】\n〔通知 {REFERENCE}〕"
    assert parts_of(body, REFERENCE) == [body]


def test_what_does_not_fit_is_numbered_at_line_ends() -> None:
    body = "\n".join(f"· 第{n}个项目" + "：未上报 3家" * 10 for n in range(30)) + f"\n〔通知 {REFERENCE}〕"
    first, second = parts_of(body, REFERENCE)
    assert first.endswith("\n〔通知 26-0317-2 1/2〕")
    assert second.endswith("\n〔通知 26-0317-2 2/2〕")
    assert first.count("〔") == second.count("〔") == 1
    assert second.startswith("· 第")


@given(LINES)
def test_nothing_is_lost_and_nothing_too_long(lines: list[str]) -> None:
    text = "\n".join(lines).strip("\n")
    parts = parts_of(f"{text}\n{mark_of(REFERENCE)}", REFERENCE)
    assert max(map(len, parts)) <= PART
    assert "".join(unmarked(part) for part in parts).replace("\n", "") == text.replace("\n", "")
    assert [marks_in(part) for part in parts] == [[(REFERENCE, n)] for n in range(1, len(parts) + 1)]
    assert [part.splitlines()[-1] for part in parts] == [
        mark_of(REFERENCE, n, len(parts)) for n in range(1, len(parts) + 1)
    ]


def test_one_mark_is_never_found_in_another() -> None:
    marks = [
        mark_of("26-0317-2"),
        mark_of("26-0317-2", 1, 12),
        mark_of("26-0317-21"),
        mark_of("26-0317-2", 11, 12),
    ]
    assert not [(a, b) for a in marks for b in marks if a is not b and a in b]


@pytest.mark.parametrize(
    "text", ["通知 26-0317-2", "〔通知 26-0317〕", "〔通知〕", "26-0317-2", "〔通知 26-0317-2 1〕"]
)
def test_a_bare_reference_is_no_mark(text: str) -> None:
    assert marks_in(text) == []


def test_a_quoted_body_bears_no_mark() -> None:
    assert unmarked("【编码分配】\n· 某医院\n〔通知 26-0317-2〕") == "【编码分配】\n· 某医院"
