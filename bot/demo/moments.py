"""Shanghai's wall clock, written and read."""

import re
from datetime import UTC, datetime, time, timedelta

from core.calendar import SHANGHAI, shanghai
from core.words import chinese_int, fold, parse_when

_MORNING = time(9)
_LENGTH = re.compile(r"(\d{1,4}|[一二三四五六七八九十]{1,3}) ?个?(分钟|小时|天|日|周|星期)")
_UNITS = {
    "分钟": timedelta(minutes=1),
    "小时": timedelta(hours=1),
    "天": timedelta(days=1),
    "日": timedelta(days=1),
    "周": timedelta(weeks=1),
    "星期": timedelta(weeks=1),
}


def at(text: str) -> datetime:
    """2026-03-27 17:00 in Shanghai, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def clock_text(moment: datetime) -> str:
    return f"{shanghai(moment):%Y-%m-%d %H:%M}"


def target_of(text: str, now: datetime) -> datetime | None:
    """Where 3天, 5小时, or 到 2026-03-24 09:00 leads from `now`; None where it isn't understood.

    A day without a time means nine in the morning.
    """
    plain = fold(text)
    if length := _LENGTH.fullmatch(plain):
        return now + (chinese_int(length[1]) or 0) * _UNITS[length[2]]
    moment = parse_when(plain.removeprefix("到").strip(), shanghai(now).year, end_of_day=False)
    if moment is None or shanghai(moment).time() != time.min:
        return moment
    return datetime.combine(shanghai(moment).date(), _MORNING, SHANGHAI).astimezone(UTC)
