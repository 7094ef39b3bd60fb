"""Working days and quiet hours, in Shanghai's days; moments go in and out as aware UTC."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Self
from zoneinfo import ZoneInfo

import chinese_calendar

from core.errors import DomainError

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
ONE_DAY: Final = timedelta(days=1)
_BEFORE_QUIET: Final = timedelta(minutes=30)
_LONGEST_QUIET: Final = timedelta(hours=22)
_HOURS: Final = re.compile(r"(?P<start>\d{1,2}:\d\d)\s*[-~至到–—]\s*(?P<end>\d{1,2}:\d\d)", re.ASCII)


def shanghai(moment: datetime) -> datetime:
    """`moment` on Shanghai's clock; ValueError if naive, which Python would read as the machine's own time."""
    if moment.tzinfo is None:
        raise ValueError("naive datetime")
    return moment.astimezone(SHANGHAI)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` until just before `end`, over midnight if need be; equal means none."""

    start: time
    end: time

    def __post_init__(self) -> None:
        # 22 hours at most: else no half hour before the quiet is calm, and nothing could move there
        if (_since_midnight(self.end) - _since_midnight(self.start)) % ONE_DAY > _LONGEST_QUIET:
            raise DomainError("settings/quiet_hours", value=f"{self.start:%H:%M}-{self.end:%H:%M}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """21:00-08:00, either width; empty means none. DomainError("settings/quiet_hours", value) otherwise."""
        plain = unicodedata.normalize("NFKC", text).strip()
        if not plain:
            return cls(time.min, time.min)
        match = _HOURS.fullmatch(plain)
        start, end = (_clock(match["start"]), _clock(match["end"])) if match else (None, None)
        if start is None or end is None or start == end:
            raise DomainError("settings/quiet_hours", value=text)
        return cls(start, end)

    def covers(self, moment: datetime) -> bool:
        clock = shanghai(moment).time()
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def next_calm(self, moment: datetime) -> datetime:
        """The first moment not before `moment` outside the quiet hours."""
        local = shanghai(moment)
        if not self.covers(moment):
            return local.astimezone(UTC)
        day = local.date() if local.time() < self.end else local.date() + ONE_DAY
        return datetime.combine(day, self.end, SHANGHAI).astimezone(UTC)

    def last_calm(self, moment: datetime) -> datetime:
        """`moment` itself if calm, else half an hour before its quiet stretch began."""
        local = shanghai(moment)
        if not self.covers(moment):
            return local.astimezone(UTC)
        day = local.date() if local.time() >= self.start else local.date() - ONE_DAY
        return (datetime.combine(day, self.start, SHANGHAI) - _BEFORE_QUIET).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The centre's own table first, then the State Council's, then Monday to Friday (estimated)."""

    overrides: Mapping[date, bool]

    def is_working(self, day: date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        published = _published(day)
        return day.weekday() < 5 if published is None else published

    def is_estimated(self, day: date) -> bool:
        return day not in self.overrides and _published(day) is None

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it if negative); `day` itself for 0."""
        step = ONE_DAY if n > 0 else -ONE_DAY
        for _ in range(abs(n)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def before(self, day: date) -> date:
        return self.add(day, -1)

    def last_working_moment(self, moment: datetime) -> datetime:
        """The same clock time on the same day, or on the latest working day before it."""
        local = shanghai(moment)
        day = local.date() if self.is_working(local.date()) else self.before(local.date())
        return datetime.combine(day, local.time(), SHANGHAI).astimezone(UTC)


def move_earlier(moment: datetime, quiet: QuietHours, days: WorkingDays) -> datetime:
    """`moment` off rest days and quiet hours, only ever earlier.

    One pass is enough: the second step changes the day and keeps the clock, which is calm by then.
    """
    return days.last_working_moment(quiet.last_calm(moment))


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)


def _clock(text: str) -> time | None:
    hour, minute = map(int, text.split(":"))
    try:
        return time.min if (hour, minute) == (24, 0) else time(hour, minute)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _published(day: date) -> bool | None:
    """None where the State Council's table isn't known: chinesecalendar raises there."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
