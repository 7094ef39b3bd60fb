"""Reminders before the yearly window closes: 7, 3 and 1 days before its last day, at 9, on working days."""

from datetime import date, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from core.calendar import shanghai
from core.enrolment.closing import end_of, plan_closing
from core.enrolment.models import Campaign
from tests.cast import RULES, at

WINDOW = Campaign(2027, date(2026, 10, 26), date(2026, 11, 25))  # a Monday to a Wednesday
LONG_BEFORE = at("2026-10-23 09:00")


def due(campaign: Campaign, now: datetime = LONG_BEFORE) -> dict[str, str]:
    """Stage → when, in Shanghai."""
    found = plan_closing([campaign], RULES, now)
    return {one.facts["stage"]: f"{shanghai(one.due_at):%m-%d %H:%M}" for one in found}


def test_three_reminders_none_on_a_rest_day() -> None:
    """3 days before the last is a Sunday."""
    assert due(WINDOW) == {"7d": "11-18 09:00", "3d": "11-20 09:00", "1d": "11-24 09:00"}


def test_each_gives_way_to_the_next_and_the_last_to_the_end() -> None:
    ends = [one.expires_at for one in plan_closing([WINDOW], RULES, LONG_BEFORE)]
    assert ends == [at("2026-11-20 09:00"), at("2026-11-24 09:00"), end_of(WINDOW)]


def test_a_stage_that_is_past_is_not_made_up_for() -> None:
    assert due(WINDOW, at("2026-11-19 10:00")) == {"3d": "11-20 09:00", "1d": "11-24 09:00"}
    assert due(WINDOW, at("2026-11-25 08:00")) == {}


def test_a_short_window_is_not_said_to_close_on_the_day_it_opens() -> None:
    assert due(Campaign(2027, date(2026, 11, 20), date(2026, 11, 25))) == {"1d": "11-24 09:00"}


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 24 * 80))
@example(0, 51, 1197)  # a Saturday morning, its reminder moved to the Friday before
def test_whatever_the_window_reminders_lie_inside_it_and_keys_are_stable(
    opens: int, lasts: int, hours: int
) -> None:
    first = date(2026, 10, 1) + timedelta(days=opens)
    campaign = Campaign(2027, first, first + timedelta(days=lasts))
    now = at("2026-09-25 00:00") + timedelta(hours=hours)
    in_time = {one.key: one.due_at for one in plan_closing([campaign], RULES, at("2026-09-01 09:00"))}
    assert all(RULES.days.is_working(shanghai(due).date()) for due in in_time.values())
    for one in plan_closing([campaign], RULES, now):
        assert now <= one.due_at < one.expires_at <= end_of(campaign)
        assert shanghai(one.due_at).date() > first
        # moved off a rest day into the past: at the next civil minute, be it of that rest day
        assert one.due_at in (in_time[one.key], RULES.quiet.next_calm(now))
