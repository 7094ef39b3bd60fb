"""Samples are asked for 2 working days after they should have arrived, at 10 o'clock (domain §3)."""

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from core.activities.overdue import Arrival, plan_overdue
from core.calendar import shanghai
from tests.cast import DEADLINE, MORNING, RULES, at


def arrival(
    expected: str, *, deadline: datetime = DEADLINE, sent: datetime | None = MORNING, ident: int = 1
) -> Arrival:
    return Arrival(ident, 2026, 1, "凝血试验", deadline, date.fromisoformat(expected), sent)


def due(*arrivals: Arrival) -> list[str]:
    return [f"{shanghai(one.due_at):%m-%d %H:%M}" for one in plan_overdue(arrivals, RULES)]


def test_two_working_days_after_the_expected_arrival() -> None:
    assert due(arrival("2026-03-17")) == ["03-19 10:00"]


def test_rest_days_do_not_count() -> None:
    """A Thursday, a Saturday."""
    assert due(arrival("2026-03-19")) == ["03-23 10:00"]
    assert due(arrival("2026-03-21")) == ["03-24 10:00"]


def test_nothing_is_late_before_it_was_sent() -> None:
    assert due(arrival("2026-03-17", sent=at("2026-03-19 15:00"))) == ["03-23 10:00"]


def test_after_the_deadline_nobody_asks() -> None:
    assert due(arrival("2026-03-26")) == []


def test_one_message_an_activity_and_day() -> None:
    assert due(arrival("2026-03-17"), arrival("2026-03-17", ident=2), arrival("2026-03-18", ident=3)) == [
        "03-19 10:00",
        "03-20 10:00",
    ]


@given(st.dates(date(2026, 1, 1), date(2026, 12, 20)))
def test_it_is_asked_on_a_working_day_after_the_arrival_while_there_is_time(expected: date) -> None:
    late = datetime(2027, 2, 1, tzinfo=MORNING.tzinfo)
    [one] = plan_overdue([arrival(expected.isoformat(), deadline=late, sent=None)], RULES)
    day = shanghai(one.due_at).date()
    assert RULES.days.is_working(day)
    assert (day - expected).days >= 2
    assert one.due_at < one.expires_at <= late
