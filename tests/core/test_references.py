"""Numbers of pushes as people copy and type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.pushes.parts import mark_of
from core.pushes.references import only_reference, parse_reference, split_reference


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("26-0317", (2026, 317, None)),
        ("2026-0317-2", (2026, 317, 2)),
        ("26—0317", (2026, 317, None)),
        ("26——0317－2", (2026, 317, 2)),
        ("26 - 0317", (2026, 317, None)),
        ("２６－０３１７", (2026, 317, None)),
        ("【通知 26-0317】", (2026, 317, None)),
        ("通知：26-0317", (2026, 317, None)),
        ("编号 26-0317-2 号", None),
        ("编号26-0317号", (2026, 317, None)),
        ("〔通知 26-0317-2 1/2〕", (2026, 317, 2)),
    ],
)
def test_a_number_is_read_as_it_stands_on_a_telephone(text: str, meant: object) -> None:
    if meant is None:
        with pytest.raises(DomainError, match="pushes/only_reference"):
            parse_reference(text)
    else:
        assert parse_reference(text) == meant


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(1, 9), st.sampled_from(["", " 全部", "名单"]))
def test_every_mark_of_ours_is_understood(number: int, ordinal: int, part: int, behind: str) -> None:
    reference = f"26-{number:04d}-{ordinal}"
    for mark in (mark_of(reference), mark_of(reference, part, 9), reference):
        assert split_reference(mark + behind) == (reference, behind.split())
    assert only_reference(f"{reference} 全部", "全部") == (reference, True)


@pytest.mark.parametrize(
    "text", ["26-0001 26-0002", "26-0001、26-0002", "〔通知 26-0001-1〕〔通知 26-0002-1〕", "26-0001到26—0003"]
)
def test_two_numbers_are_one_too_many(text: str) -> None:
    with pytest.raises(DomainError, match="pushes/one_reference"):
        split_reference(text)


@pytest.mark.parametrize("when", ["明天 9:00", "2026-03-27 9:00", "3/27 9:00", "03-27"])
def test_a_time_behind_is_no_second_number(when: str) -> None:
    assert split_reference(f"26-0001 {when}") == ("26-0001", when.split())
    assert split_reference(f"〔通知 26-0001〕{when}") == ("26-0001", when.split())
