"""Dates out of cells and chat; every time without a zone is Shanghai's."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Final, NamedTuple

from core.calendar import SHANGHAI, shanghai
from core.words.fold import fold

_NEAR: Final = {"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2}
_NEAR_WORD: Final = re.compile(rf"(?<!大)({'|'.join(_NEAR)}) ?(?=(.)?)")
_YEARS: Final = range(1900, 2200)
_LONGEST: Final = 80  # characters; anything longer is prose
_DAY_END: Final = time(23, 59, 59)
_EXCEL_EPOCH: Final = date(1899, 12, 30)

_SERIAL: Final = re.compile(r"([3-7]\d{4})(\.\d+)?", re.ASCII)  # 1982 … 2119
_COMPACT: Final = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)", re.ASCII)
_AROUND: Final = re.compile(r" ?([年月日号时点分秒]) ?")
_CLOCK: Final = re.compile(r"(\d{1,2})[时点](?:(\d{1,2})分?(?:(\d{1,2})秒)?|(半)|整)?", re.ASCII)
_TO: Final = re.compile(r" ?(?:--?|[~〜–至到]|——?) ?")
_MONTH_DASH_DAY: Final = re.compile(r"\d{1,2}-\d{1,2}", re.ASCII)
_PART: Final = re.compile(
    r"""(?:(?:(?P<year>\d{4}|\d\d(?=年))[-/.年])?(?P<month>\d{1,2})[-/.月])?(?P<day>\d{1,2})[日号]?
        (?:\ ?\(?(?:周|星期|礼拜)[一二三四五六日天]\)?)?
        (?:(?:[Tt\ ]|(?<=[日号一二三四五六天)]))
           (?P<half>上午|下午|晚上)?\ ?(?P<h>\d{1,2}):(?P<m>\d\d)(?::(?P<s>\d\d)(?:\.\d+)?)?
           \ ?(?P<zone>[Zz]|[+-]\d\d:?\d\d)?)?
        (?:\ ?(?:之前|前|截止|止))?""",
    re.VERBOSE | re.ASCII,
)


class _Part(NamedTuple):
    year: int | None
    month: int | None
    day: int
    clock: time | None  # with a zone if one was written

    def on(self, year: int, month: int | None = None) -> date | None:
        try:
            day = date(self.year or year, self.month or month or 0, self.day)
        except ValueError:
            return None
        return day if day.year in _YEARS else None


def parse_when(text: str, year: int, end_of_day: bool) -> datetime | None:
    """The moment in UTC, or None where `text` is no date. `year` is used where none is written.

    A date without a time is 23:59:59 (`end_of_day`) or 00:00:00; a range is its last or its first day;
    24:00 is 23:59:59 of that day. Excel serials may come as text.
    """
    return _when(text, year, end_of_day) if len(text) <= _LONGEST else None


def with_dates(text: str, today: date) -> str:
    """明天9点 as 2026-03-21 9点, for `parse_when`; other texts as they are."""

    def dated(match: re.Match[str]) -> str:
        day = today + timedelta(days=_NEAR[match[1]])
        return f"{day.isoformat()} " if match[2] else day.isoformat()

    return _NEAR_WORD.sub(dated, text)


def parse_day(text: str, year: int, *, last: bool = False) -> date | None:
    """The day in Shanghai; of a range the first, or the `last`."""
    moment = parse_when(text, year, last)
    return shanghai(moment).date() if moment else None


@lru_cache(maxsize=16384)
def _when(text: str, year: int, end_of_day: bool) -> datetime | None:
    text = fold(text)
    if serial := _SERIAL.fullmatch(text):
        return _from_serial(serial, end_of_day)
    text = _CLOCK.sub(_digital, _AROUND.sub(r"\1", _COMPACT.sub(r"\1-\2-\3", text, count=1)))
    part = _read(text)
    if part:
        return _moment(part.on(year), part.clock, end_of_day)
    return _from_range(text, year, end_of_day)


def _digital(match: re.Match[str]) -> str:
    hour, minute, second, half = match.groups()
    minute = minute or ("30" if half else "00")
    return f"{hour}:{minute:0>2}" + (f":{second:0>2}" if second else "")


def _read(text: str) -> _Part | None:
    match = _PART.fullmatch(text)
    if not match:
        return None
    clock = _clock(match) if match["h"] else None
    if match["h"] and clock is None:
        return None
    year = int(match["year"]) if match["year"] else None
    if year is not None and len(match["year"]) == 2:
        year += 2000
    return _Part(year, int(match["month"]) if match["month"] else None, int(match["day"]), clock)


def _clock(match: re.Match[str]) -> time | None:
    hour, minute, second = int(match["h"]), int(match["m"]), int(match["s"] or 0)
    if match["half"] == "晚上" or (match["half"] == "下午" and hour < 12):
        hour += 12 if hour <= 12 else 0
    zone = _zone(match["zone"]) if match["zone"] else None
    if (hour, minute, second) == (24, 0, 0):
        return _DAY_END.replace(tzinfo=zone)
    try:
        return time(hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def _zone(text: str) -> timezone | None:
    if text in "Zz":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _moment(day: date | None, clock: time | None, end_of_day: bool) -> datetime | None:
    if day is None:
        return None
    clock = clock or (_DAY_END if end_of_day else time.min)
    return datetime.combine(day, clock, clock.tzinfo or SHANGHAI).astimezone(UTC)


def _from_serial(match: re.Match[str], end_of_day: bool) -> datetime | None:
    seconds = min(round(float(match[2] or 0) * 86400), 86399)
    clock = time(seconds // 3600, seconds // 60 % 60, seconds % 60) if seconds else None
    return _moment(_EXCEL_EPOCH + timedelta(days=int(match[1])), clock, end_of_day)


def _from_range(text: str, year: int, end_of_day: bool) -> datetime | None:
    for gap in _TO.finditer(text):
        head, tail = text[: gap.start()], text[gap.end() :]
        first, last = _read(head), _read(tail)
        if first is None or first.month is None or last is None:
            continue
        if last.month is None and _MONTH_DASH_DAY.fullmatch(head):
            continue  # 3-19-26 is an American date, not a range
        start, end = _ends(first, last, year)
        if start is None or end is None or end < start:
            return None
        return _moment(end, last.clock, True) if end_of_day else _moment(start, first.clock, False)
    return None


def _ends(first: _Part, last: _Part, year: int) -> tuple[date | None, date | None]:
    """Both days of a range; a year written once holds for both, and 12月28日-1月5日 crosses it."""
    over = last.month is not None and first.month is not None and last.month < first.month
    if first.year is None and last.year is not None:
        return first.on(last.year - over), last.on(last.year)
    year = first.year or year
    return first.on(year), last.on(year + over, first.month)
