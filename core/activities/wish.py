"""What 改期 is asked to change, out of words in any order: `凝血 糖化 3月30日 17:00` (a deadline),
`凝血 发放 4月10日 到达 4月12日 截止 4月30日`, `凝血 样本号 202611-202612`, `凝血 取消`,
`凝血 恢复`, with a new deadline or the old one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.activities.changes import CANCELLED, RESTORED
from core.errors import DomainError
from core.words import parse_day, parse_when, with_dates

_FIELDS = {
    "deadline": "上报截止 截止 延期到 延长到 推迟到 提前到 改到 改为 延至 延期",
    "dispatch_on": "推迟发放 发放日期 发放",
    "expected_on": "预计到达 到达",
    "sample_nos": "样本号 样本",
    CANCELLED: "取消",
    RESTORED: "恢复",
}
_FIELD_OF = {word: field for field, words in _FIELDS.items() for word in words.split()}
_KEYWORD = re.compile(rf"({'|'.join(sorted(_FIELD_OF, key=len, reverse=True))})[::]?(?=\d|$)")
_LONGEST = 3  # words of one moment: 3月30日 周一 17:00


@dataclass(frozen=True, slots=True)
class Wish:
    """`values`: new values by field of a round; empty for a cancellation. `restore`: what was cancelled."""

    words: tuple[str, ...]
    values: dict[str, Any]
    cancel: bool = False
    restore: bool = False


def parse_wish(words: tuple[str, ...], year: int, n: int, today: date) -> Wish:
    """A date without a year is one of the activity's; DomainError("activities/change_form")."""
    left, names, found = [with_dates(word, today) for word in words], [], dict[str, Any]()

    def settle(field: str, value: Any) -> None:
        if value is None or field in found:
            raise DomainError("activities/change_form", year=year, n=n)
        found[field] = value

    while left:
        if match := _KEYWORD.match(left[0]):
            field = _FIELD_OF[match[1]]
            left[0:1] = [left[0][match.end() :]] if match.end() < len(left[0]) else []
            settle(field, _take(field, left, year))
        elif (moment := _take("deadline", left, year)) is not None:
            settle("deadline", moment)
        else:
            names.append(left.pop(0))
    cancel, restore = found.pop(CANCELLED, False), found.pop(RESTORED, False)
    if (bool(found) or restore) == cancel:  # nothing, or both
        raise DomainError("activities/change_form", year=year, n=n)
    return Wish(tuple(names), found, cancel, restore)


def _take(field: str, left: list[str], year: int) -> Any:
    """The value at the head of the words, which loses it; None if there is none."""
    if field in (CANCELLED, RESTORED):
        return True
    if field == "sample_nos":
        return left.pop(0) if left else None
    read: Callable[[str], datetime | date | None] = _moment(year) if field == "deadline" else _day(year)
    for size in range(min(_LONGEST, len(left)), 0, -1):
        text = " ".join(left[:size])
        if not _is_code(text) and (value := read(text)) is not None:
            del left[:size]
            return value
    return None


def _moment(year: int) -> Callable[[str], datetime | None]:
    return lambda text: parse_when(text, year, True)


def _day(year: int) -> Callable[[str], date | None]:
    return lambda text: parse_day(text, year, last=True)


def _is_code(text: str) -> bool:
    """Programmes may have codes of five digits, which a sheet would read as a date."""
    return text.isdecimal() and len(text) != len("20260330")
