"""Dates as they stand in cells and chat, and how they are said."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar import SHANGHAI
from core.words import parse_day, parse_when, say_day, say_stamp, say_when, with_dates


def at(month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-19",
        "2026/3/19",
        "2026.3.19",
        "2026年3月19日",
        "3月19日",
        "3.19",
        "3/19",
        "03-19",
        "46100",
        "46100.0",
        "20260319",
        "26年3月19日",
        "３月１９日",
        "3 月 19 日",
        "3月19号",
        "2026年3月19日（星期四）",
        "3月19日 截止",
        "\u30002026-03-19\t",
    ],
)
def test_a_day(text: str) -> None:
    assert parse_when(text, 2026, end_of_day=True) == at(3, 19, 23, 59, 59)
    assert parse_when(text, 2026, end_of_day=False) == at(3, 19)
    assert parse_day(text, 2026) == date(2026, 3, 19)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-19 17:00", at(3, 19, 17)),
        ("3月19日17点", at(3, 19, 17)),
        ("3月19日 17时30分", at(3, 19, 17, 30)),
        ("3月19日 17时30分20秒", at(3, 19, 17, 30, 20)),
        ("3.19 17:00:05", at(3, 19, 17, 0, 5)),
        ("3月19日（周四）17:00前", at(3, 19, 17)),
        ("3月19日下午5点半", at(3, 19, 17, 30)),
        ("3月19日 上午 9点整", at(3, 19, 9)),
        ("3月19日晚上12点", at(3, 19, 23, 59, 59)),
        ("3月19日24:00", at(3, 19, 23, 59, 59)),
        ("46100.5", at(3, 19, 12)),
        ("46100.999999", at(3, 19, 23, 59, 59)),
        ("2026-03-19T17:00:00Z", datetime(2026, 3, 19, 17, tzinfo=UTC)),
        ("2026-03-19T17:00:00.123+08:00", at(3, 19, 17)),
        ("2026-03-19T17:00:00-0500", at(3, 20, 6)),
    ],
)
@pytest.mark.parametrize("end_of_day", [True, False])
def test_a_moment(text: str, moment: datetime, end_of_day: bool) -> None:
    found = parse_when(text, 2026, end_of_day)
    assert found == moment
    assert found is not None
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("5月23日-25日", at(5, 23), at(5, 25, 23, 59, 59)),
        ("5月23日-5月25日", at(5, 23), at(5, 25, 23, 59, 59)),
        ("5月23-25日", at(5, 23), at(5, 25, 23, 59, 59)),
        ("5.23～5.25", at(5, 23), at(5, 25, 23, 59, 59)),
        ("2026-05-23至2026-05-25", at(5, 23), at(5, 25, 23, 59, 59)),
        ("2026-05-23-2026-05-25", at(5, 23), at(5, 25, 23, 59, 59)),
        ("5月23日 9:00 — 25日 17:00", at(5, 23, 9), at(5, 25, 17)),
        ("12月28日-1月5日", at(12, 28), at(1, 5, 23, 59, 59, year=2027)),
        ("12月28日至2026年1月5日", at(12, 28, year=2025), at(1, 5, 23, 59, 59)),
    ],
)
def test_a_range(text: str, first: datetime, last: datetime) -> None:
    assert parse_when(text, 2026, end_of_day=False) == first
    assert parse_when(text, 2026, end_of_day=True) == last
    assert parse_day(text, 2026) == first.date()
    assert parse_day(text, 2026, last=True) == last.date()


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "abc",
            "3月32日",
            "2月30日",
            "2026",
            "2026-3",
            "19日",
            "17:00",
            "3月19日 25:00",
            "3月19日 17:60",
            "3月19日 24:01",
            "5月25日-23日",
            "5-23-25",
            "5月23日-32日",
            "第1次",
            "99999",
            "12345",
            "3月19日 17",
            "0001-01-01",
            "糖化 3月19日",
        ],
        "1" * 500,
    ],
)
def test_no_date(text: str) -> None:
    assert parse_when(text, 2026, end_of_day=True) is None
    assert parse_day(text, 2026) is None


def test_29_february_is_a_day_of_leap_years_only() -> None:
    assert parse_day("2月29日", 2026) is None
    assert parse_day("2月29日", 2028) == date(2028, 2, 29)


@settings(max_examples=200)
@given(
    st.text(st.sampled_from("0123456789年月日时点分.-/: TZ至~周五（）前半"), max_size=24) | st.text(max_size=30),
    st.booleans(),
)
def test_parsing_never_raises_and_gives_utc(text: str, end_of_day: bool) -> None:
    found = parse_when(text, 2026, end_of_day)
    assert found is None or found.tzinfo is UTC


MOMENTS = st.builds(
    datetime.combine, st.dates(date(2000, 1, 2), date(2099, 12, 31)), st.times(timezones=st.just(UTC))
)


@settings(max_examples=200)
@given(MOMENTS, st.booleans())
def test_what_is_said_is_understood(moment: datetime, end_of_day: bool) -> None:
    minute = moment.astimezone(SHANGHAI).replace(second=0, microsecond=0)
    if (minute.hour, minute.minute) == (0, 0):
        minute -= timedelta(minutes=1)
    said = say_when(moment)
    assert "24:00" not in said
    assert "00:00" not in said
    assert parse_when(said, minute.year, end_of_day) == minute
    assert parse_when(say_when(moment, today=date(1999, 1, 1)), 1999, end_of_day) == minute
    assert parse_when(say_stamp(moment), minute.year, end_of_day) == minute
    assert parse_day(say_day(minute.date()), minute.year) == minute.date()


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at(3, 27, 17), "3月27日（周五）17:00"),
        (at(3, 27, 9, 5), "3月27日（周五）09:05"),
        (at(3, 27, 23, 59, 59), "3月27日（周五）23:59"),
        (at(3, 27), "3月26日（周四）23:59"),
        (at(1, 1), "12月31日（周三）23:59"),
        (datetime(2026, 3, 27, 16, 30, tzinfo=UTC), "3月28日（周六）00:30"),
    ],
)
def test_say_when(moment: datetime, said: str) -> None:
    assert say_when(moment) == said


def test_another_year_is_said() -> None:
    today = date(2026, 12, 30)
    assert say_day(date(2027, 1, 3), today=today) == "2027年1月3日（周日）"
    assert say_day(date(2026, 12, 31), today=today) == "12月31日（周四）"
    assert say_when(at(1, 3, 17, year=2027), today=today) == "2027年1月3日（周日）17:00"
    assert say_when(at(1, 1, year=2027), today=today) == "12月31日（周四）23:59"
    assert say_stamp(at(1, 3, 9, year=2027), today=today) == "2027年1月3日 09:00"


def test_near_days_as_dates() -> None:
    today = date(2026, 12, 31)
    assert with_dates("明天9点", today) == "2027-01-01 9点"
    assert with_dates("延期到后天", today) == "延期到2027-01-02"
    assert with_dates("今天 17:00", today) == "2026-12-31 17:00"
    assert with_dates("大后天", today) == "大后天"


def test_say_stamp() -> None:
    assert say_stamp(at(3, 24, 9)) == "3月24日 09:00"


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        say_when(datetime(2026, 3, 27, 17))  # noqa: DTZ001 - the fault under test
