"""Whether a roster entry names other people than before."""

from typing import Any

import pytest

from core.access.suspending import is_other_contact


def entry(contact: str = "", phone: str = "") -> dict[str, Any]:
    return {"contact": contact, "phone": phone}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (entry("王演示"), entry("李演示")),
        (entry("王演示", "0551-60000001"), entry("王演示", "0551-60000002")),
        (entry("王演示", "0551-60000001"), entry("李演示", "")),
        (entry("", "0551-60000001"), {"phone": "13800000001"}),
    ],
)
def test_another_name_or_another_number(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert is_other_contact(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (entry("王演示", "0551-60000001"), entry("王演示", "0551-60000001")),
        (entry("王演示", "0551-60000001"), entry("王 演示", "（0551）6000 0001")),
        (entry("王演示", "0551-60000001"), entry("王　演示", "０５５１60000001")),
        (entry("", ""), entry("李演示", "0551-60000002")),
        (entry("王演示", "0551-60000001"), entry("", "")),
        (entry("王演示", "0551-60000001"), entry("王演示", "暂无")),
        (entry("王演示", "0551-60000001"), {"name": "合肥演示晴川医院"}),
        (entry("王演示", "0551-60000001"), {"contact": None, "phone": None}),
        ({}, entry("王演示", "0551-60000001")),
    ],
)
def test_another_spelling_or_a_blank_names_nobody_else(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert not is_other_contact(old, new)
