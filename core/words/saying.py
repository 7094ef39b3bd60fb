"""How a day and a moment are said: absolute, in Shanghai's time, never 24:00 or 0:00."""

from datetime import date, datetime, timedelta

from core.calendar import shanghai


def say_day(day: date, *, today: date | None = None) -> str:
    """3月27日（周五）; with the year where it isn't `today`'s."""
    return f"{_plain(day, today)}（周{'一二三四五六日'[day.weekday()]}）"


def say_when(moment: datetime, *, today: date | None = None) -> str:
    """3月27日（周五）17:00; midnight is said as the end of the day before, 23:59."""
    local = _sayable(moment)
    return f"{say_day(local.date(), today=today)}{local:%H:%M}"


def say_stamp(moment: datetime, *, today: date | None = None) -> str:
    """3月24日 09:00, for 数据截至."""
    local = _sayable(moment)
    return f"{_plain(local.date(), today)} {local:%H:%M}"


def pieces(text: str, size: int) -> list[str]:
    """The text in pieces of at most `size` characters, broken at line ends where possible."""
    found: list[str] = []
    for line in text.split("\n"):
        while len(line) > size:
            found.append(line[:size])
            line = line[size:]
        if found and len(found[-1]) + 1 + len(line) <= size:
            found[-1] += "\n" + line
        else:
            found.append(line)
    return found


def _plain(day: date, today: date | None) -> str:
    year = "" if today is None or today.year == day.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def _sayable(moment: datetime) -> datetime:
    local = shanghai(moment)
    return local - timedelta(minutes=1) if (local.hour, local.minute) == (0, 0) else local
