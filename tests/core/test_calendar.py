"""Quiet hours, working days, and reminders that only ever move earlier."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.calendar import SHANGHAI, QuietHours, WorkingDays, move_earlier, shanghai
from core.errors import DomainError

NIGHT = QuietHours(time(21), time(8))
NOON = QuietHours(time(12), time(14))
NONE = QuietHours.parse("")
PLAIN = WorkingDays({})


def at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "text", ["21:00-08:00", " 21:00 - 8:00 ", "２１：００－０８：００", "21:00~08:00", "21:00至08:00"]
)
def test_quiet_hours_are_read(text: str) -> None:
    assert QuietHours.parse(text) == NIGHT


def test_quiet_until_midnight() -> None:
    assert QuietHours.parse("22:00-24:00") == QuietHours(time(22), time(0))


@pytest.mark.parametrize(
    "text", ["x", "21-8", "25:00-08:00", "21:60-08:00", "08:00-8:00", "21:00", "08:00-07:00", "24:30-08:00"]
)
def test_bad_quiet_hours_are_refused(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        QuietHours.parse(text)
    assert refused.value.key == "settings/quiet_hours"
    assert refused.value.params == {"value": text}
    assert str(refused.value) == "settings/quiet_hours"


@pytest.mark.parametrize(
    ("quiet", "clock", "covered"),
    [
        (NIGHT, "20:59:59", False),
        (NIGHT, "21:00:00", True),
        (NIGHT, "00:00:00", True),
        (NIGHT, "07:59:59", True),
        (NIGHT, "08:00:00", False),
        (NOON, "11:59:59", False),
        (NOON, "12:00:00", True),
        (NOON, "14:00:00", False),
        (NONE, "00:00:00", False),
        (NONE, "23:00:00", False),
    ],
)
def test_covers(quiet: QuietHours, clock: str, covered: bool) -> None:
    assert quiet.covers(at("2026-03-20", clock)) is covered
    assert quiet.covers(at("2026-03-20", clock).astimezone(UTC)) is covered


@pytest.mark.parametrize(
    ("quiet", "moment", "before", "after"),
    [
        (NIGHT, at("2026-03-20", "22:15"), at("2026-03-20", "20:30"), at("2026-03-21", "08:00")),
        (NIGHT, at("2026-03-20", "06:00"), at("2026-03-19", "20:30"), at("2026-03-20", "08:00")),
        (NIGHT, at("2026-03-20", "09:00"), at("2026-03-20", "09:00"), at("2026-03-20", "09:00")),
        (NOON, at("2026-03-20", "13:00"), at("2026-03-20", "11:30"), at("2026-03-20", "14:00")),
        (NONE, at("2026-03-20", "03:00"), at("2026-03-20", "03:00"), at("2026-03-20", "03:00")),
    ],
)
def test_the_calm_around(quiet: QuietHours, moment: datetime, before: datetime, after: datetime) -> None:
    assert quiet.last_calm(moment) == before
    assert quiet.next_calm(moment) == after


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-03-20", True),
        ("2026-03-21", False),
        ("2026-10-01", False),  # National Day, a Thursday
        ("2026-10-10", True),  # a Saturday worked for it
        ("2030-10-01", True),  # not published: Tuesday, estimated
        ("2030-10-05", False),
    ],
)
def test_working_days(day: str, working: bool) -> None:
    assert PLAIN.is_working(date.fromisoformat(day)) is working


def test_estimated_where_nothing_is_published() -> None:
    own = WorkingDays({date(2030, 10, 1): False})
    assert own.is_working(date(2030, 10, 1)) is False
    assert own.is_estimated(date(2030, 10, 1)) is False
    assert own.is_estimated(date(2030, 10, 2)) is True
    assert own.is_estimated(date(2026, 10, 2)) is False


def test_counting_working_days() -> None:
    assert PLAIN.add(date(2026, 3, 20), 2) == date(2026, 3, 24)
    assert PLAIN.add(date(2026, 3, 21), 1) == date(2026, 3, 23)
    assert PLAIN.add(date(2026, 3, 21), 0) == date(2026, 3, 21)
    assert PLAIN.add(date(2026, 3, 24), -2) == date(2026, 3, 20)
    assert PLAIN.before(date(2026, 3, 23)) == date(2026, 3, 20)
    assert WorkingDays({date(2026, 3, 22): True}).before(date(2026, 3, 23)) == date(2026, 3, 22)


def test_shanghai_days_decide() -> None:
    saturday = datetime(2026, 3, 20, 17, 30, tzinfo=UTC)  # still Friday in UTC
    assert PLAIN.last_working_moment(saturday) == saturday - timedelta(days=1)


@pytest.mark.parametrize(
    ("moment", "moved"),
    [
        (at("2026-03-20", "17:00"), at("2026-03-20", "17:00")),
        (at("2026-03-21", "10:00"), at("2026-03-20", "10:00")),
        (at("2026-03-20", "22:00"), at("2026-03-20", "20:30")),
        (at("2026-03-23", "07:00"), at("2026-03-20", "20:30")),
        (at("2026-10-07", "10:00"), at("2026-09-30", "10:00")),
    ],
)
def test_move_earlier(moment: datetime, moved: datetime) -> None:
    found = move_earlier(moment, NIGHT, PLAIN)
    assert found == moved
    assert found.tzinfo is UTC


CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


def moments(first: date, last: date) -> st.SearchStrategy[datetime]:
    clocks = st.times(timezones=st.just(UTC))
    return st.builds(datetime.combine, st.dates(first, last), clocks)


MOMENTS = moments(date(2005, 1, 1), date(2034, 12, 31)) | moments(date(2026, 1, 1), date(2026, 3, 1))
OVERRIDES = st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.booleans(), max_size=20)


@st.composite
def quiet_hours(draw: st.DrawFn) -> QuietHours:
    start, end = draw(CLOCKS), draw(CLOCKS)
    length = (end.hour * 60 + end.minute - start.hour * 60 - start.minute) % 1440
    assume(length <= 22 * 60)
    return QuietHours(start, end)


@settings(max_examples=200)
@given(MOMENTS, quiet_hours())
def test_calm_is_calm(moment: datetime, quiet: QuietHours) -> None:
    before, after = quiet.last_calm(moment), quiet.next_calm(moment)
    assert not quiet.covers(before)
    assert not quiet.covers(after)
    assert before <= moment <= after < moment + timedelta(days=1)
    assert (before == moment == after) is not quiet.covers(moment)


@settings(max_examples=200)
@given(MOMENTS, quiet_hours(), OVERRIDES)
def test_a_reminder_moves_earlier_into_a_calm_working_moment(
    moment: datetime, quiet: QuietHours, overrides: dict[date, bool]
) -> None:
    days = WorkingDays(overrides)
    moved = move_earlier(moment, quiet, days)
    assert moved <= moment
    assert not quiet.covers(moved)
    assert days.is_working(shanghai(moved).date())
    assert move_earlier(moved, quiet, days) == moved
    if not quiet.covers(moment) and days.is_working(shanghai(moment).date()):
        assert moved == moment
