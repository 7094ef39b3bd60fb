"""Which reminders there must be, and when: 7d, 3d, 1d, 3h before a deadline (domain §5)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.calendar import SHANGHAI, QuietHours, WorkingDays
from core.errors import DomainError
from core.pushes.models import Kind, Planned
from core.pushes.plan import Deadline, Rules, Stage, plan_reminders
from tests.cast import DEADLINE, MORNING, RULES, at

LONG_BEFORE = timedelta(days=400)


def planned(deadline: datetime, now: datetime = MORNING, rules: Rules = RULES) -> dict[str, datetime]:
    """Stage → when it is due."""
    return {p.facts["stage"]: p.due_at for p in plan_reminders([Deadline(2026, 1, deadline)], rules, now)}


def rules(stages: str, quiet: str = "21:00-08:00", **days: bool) -> Rules:
    """`d0320=False` makes 2026-03-20 a rest day."""
    overrides = {date(2026, int(name[1:3]), int(name[3:])): works for name, works in days.items()}
    return Rules(Stage.parse_all(stages), QuietHours.parse(quiet), WorkingDays(overrides))


def test_four_stages_before_a_friday_afternoon() -> None:
    assert planned(DEADLINE) == {
        "7d": at("2026-03-20 17:00"),
        "3d": at("2026-03-24 17:00"),
        "1d": at("2026-03-26 17:00"),
        "3h": at("2026-03-27 14:00"),
    }


def test_each_gives_way_to_the_next_and_the_last_to_the_deadline() -> None:
    pushes = plan_reminders([Deadline(2026, 1, DEADLINE)], RULES, MORNING)
    ends = [at("2026-03-24 17:00"), at("2026-03-26 17:00"), at("2026-03-27 14:00"), DEADLINE]
    assert [p.expires_at for p in pushes] == ends


def test_what_a_reminder_knows() -> None:
    first = plan_reminders([Deadline(2026, 1, DEADLINE)], RULES, MORNING)[0]
    assert first == Planned(
        Kind.REMINDER,
        "deadline.reminder:2026:1:20260327T090000Z:7d",
        at("2026-03-20 17:00"),
        at("2026-03-24 17:00"),
        {"year": 2026, "n": 1, "deadline": "2026-03-27T09:00:00+00:00", "stage": "7d", "groups_only": True},
    )


def personal(pushes: Sequence[Planned]) -> dict[str, tuple[bool, bool]]:
    """Stage → whether it goes to groups, to people."""
    return {str(one.facts["stage"]): (one.groups, one.spread) for one in pushes}


def test_only_some_stages_go_to_people_as_well() -> None:
    pushes = plan_reminders([Deadline(2026, 1, DEADLINE)], RULES, MORNING)
    assert personal(pushes) == {"7d": (True, False), "3d": (True, True), "1d": (True, True), "3h": (True, False)}


def test_a_stage_of_its_own_for_people_goes_to_no_group() -> None:
    rules = replace(RULES, personal=Stage.parse_all("2d,24h"))
    pushes = plan_reminders([Deadline(2026, 1, DEADLINE)], rules, MORNING)
    assert personal(pushes) == {
        **{"7d": (True, False), "3d": (True, False), "2d": (False, True)},
        **{"1d": (True, True), "3h": (True, False)},
    }


def test_merged_stages_go_to_people_if_one_of_them_does() -> None:
    """1 d and 3 h before Monday morning are both sent on Friday."""
    pushes = plan_reminders([Deadline(2026, 1, at("2026-03-30 09:00"))], RULES, MORNING)
    assert personal(pushes)["3h"] == (True, True)


def test_a_rest_day_moves_it_to_the_working_day_before() -> None:
    """3 d before Wednesday is Sunday."""
    assert planned(at("2026-04-01 17:00"))["3d"] == at("2026-03-27 17:00")


def test_a_holiday_counts_as_rest_day_and_a_make_up_day_does_not() -> None:
    table = rules("3d", d0324=False, d0323=False, d0322=True)
    assert planned(DEADLINE, rules=table) == {"3d": at("2026-03-22 17:00")}


def test_quiet_hours_move_it_to_the_evening_before() -> None:
    assert planned(at("2026-03-27 07:30"), rules=rules("1d")) == {"1d": at("2026-03-25 20:30")}


def test_a_deadline_at_the_end_of_a_day_is_reminded_before_the_quiet() -> None:
    assert planned(at("2026-03-27 23:59:59")) == {
        "7d": at("2026-03-20 20:30"),
        "3d": at("2026-03-24 20:30"),
        "1d": at("2026-03-26 20:30"),
        "3h": at("2026-03-27 20:59:59"),
    }


def test_out_of_the_quiet_and_off_the_rest_day() -> None:
    """3 h before Monday 10:00 is 7:00; the evening before is a Sunday, so it is Friday evening."""
    assert planned(at("2026-03-30 10:00"), rules=rules("3h")) == {"3h": at("2026-03-27 20:30")}


def test_stages_of_one_day_merge_into_the_later_at_the_earlier_time() -> None:
    """Monday's 1 d and 3 d both fall on Friday; 3 h before 10:00 joins the day before."""
    assert planned(at("2026-03-30 17:00")) == {
        "7d": at("2026-03-23 17:00"),
        "1d": at("2026-03-27 17:00"),
        "3h": at("2026-03-30 14:00"),
    }
    assert planned(at("2026-03-27 10:00"), rules=rules("1d,3h")) == {"3h": at("2026-03-26 10:00")}


def test_a_stage_already_past_is_not_made_up_for() -> None:
    assert set(planned(DEADLINE, at("2026-03-24 17:01"))) == {"1d", "3h"}


def test_a_stage_of_this_very_minute_is_not_past() -> None:
    assert planned(DEADLINE, at("2026-03-24 17:00"))["3d"] == at("2026-03-24 17:00")


def test_one_moved_into_the_past_goes_at_once() -> None:
    """3 d before Wednesday is Sunday, moved to Friday 17:00; first seen on Saturday."""
    saturday = at("2026-03-28 11:11")
    assert planned(at("2026-04-01 17:00"), saturday)["3d"] == saturday


def test_one_moved_into_the_past_waits_for_the_end_of_the_quiet() -> None:
    night = at("2026-03-28 23:30")
    assert planned(at("2026-04-01 17:00"), night)["3d"] == at("2026-03-29 08:00")


def test_nothing_at_or_after_the_deadline() -> None:
    assert planned(DEADLINE, DEADLINE - timedelta(seconds=1)) == {}
    assert planned(DEADLINE, DEADLINE) == {}
    assert planned(DEADLINE, DEADLINE + timedelta(days=1)) == {}


def test_too_late_in_the_night_for_anything_before_the_deadline() -> None:
    """3 h before 9:00 was moved to the evening; first seen at 5:00, it could only go at 8:00."""
    assert planned(at("2026-03-27 09:00"), at("2026-03-27 05:00"), rules("3h")) == {"3h": at("2026-03-27 08:00")}
    assert planned(at("2026-03-27 08:00"), at("2026-03-27 04:00"), rules("3h")) == {}


def test_the_day_before_and_the_same_day_are_never_both_caught_up() -> None:
    """Found by Hypothesis: 1 d (7:30, caught up at 8:00) and 3 h (4:30, moved to 20:30) on one Tuesday."""
    assert planned(at("2026-03-25 07:30"), at("2026-03-23 22:00"), rules("1d,3h")) == {
        "3h": at("2026-03-24 20:30")
    }


def test_deadlines_of_one_minute_are_two() -> None:
    """23:59 and a day without a time (23:59:59): the texts are asked for by the exact moment."""
    two = [Deadline(2026, 1, at("2026-03-27 23:59:00")), Deadline(2026, 1, at("2026-03-27 23:59:59"))]
    keys = [p.key for p in plan_reminders(two, RULES, MORNING)]
    assert len(keys) == len(set(keys)) == 8


def test_a_moved_deadline_and_another_activity_have_keys_of_their_own() -> None:
    both = [Deadline(2026, 1, DEADLINE), Deadline(2026, 2, DEADLINE), Deadline(2026, 1, at("2026-03-31 17:00"))]
    keys = [p.key for p in plan_reminders(both, RULES, MORNING)]
    assert len(keys) == len(set(keys))


def test_a_deadline_is_the_same_in_any_zone() -> None:
    assert Deadline(2026, 1, DEADLINE.astimezone(SHANGHAI)).key == Deadline(2026, 1, DEADLINE).key


@pytest.mark.parametrize("text", ["7", "7d,,x", "0d", "7w", "-1d", "7d 3d", "1000d"])
def test_bad_offsets_are_refused(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        Stage.parse_all(text)
    assert refused.value.key == "settings/offsets"


def test_offsets_in_any_order() -> None:
    assert [stage.name for stage in Stage.parse_all("3h, 7d ,1d")] == ["7d", "1d", "3h"]
    assert Stage.parse_all("") == ()


@pytest.mark.parametrize("text", ["7d,7d", "24h,1d"])
def test_the_same_offset_twice_is_one_reminder(text: str) -> None:
    assert len(planned(DEADLINE, rules=rules(text))) == 1


moments = st.integers(0, 400 * 86_400).map(lambda seconds: at("2025-11-01 00:00") + timedelta(seconds=seconds))
clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


@st.composite
def quiet_hours(draw: st.DrawFn) -> QuietHours:
    start, length = draw(clocks), draw(st.integers(0, 22 * 60))
    end = (datetime.combine(date(2026, 1, 1), start, UTC) + timedelta(minutes=length)).time()
    return QuietHours(start, end)


@st.composite
def rule_sets(draw: st.DrawFn) -> Rules:
    offsets = st.one_of(st.integers(1, 20).map("{}d".format), st.integers(1, 80).map("{}h".format))
    stages = draw(st.one_of(st.just("7d,3d,1d,3h"), st.lists(offsets, max_size=5).map(",".join)))
    quiet = draw(st.one_of(st.just(RULES.quiet), quiet_hours()))
    return Rules(Stage.parse_all(stages), quiet, RULES.days)


@settings(max_examples=200, deadline=None)
@given(
    closing=moments,
    seen=st.lists(st.floats(-15, 1), min_size=1, max_size=6),
    rules=rule_sets(),
)
@example(at("2026-03-25 07:30"), [-1.4], RULES)
def test_whatever_the_deadline_and_the_ticks(closing: datetime, seen: Sequence[float], rules: Rules) -> None:
    """Ticks at `seen` days after the deadline; a key once planned is written and not planned anew."""
    deadline = Deadline(2026, 1, closing)
    possible = {p.key for p in plan_reminders([deadline], rules, closing - LONG_BEFORE)}
    written: dict[str, Planned] = {}
    for tick in sorted(closing + timedelta(days=days) for days in seen):
        tick = tick.replace(microsecond=0)
        now = plan_reminders([deadline], rules, tick)
        assert now == plan_reminders([deadline], rules, tick)
        assert {p.key for p in now} <= possible
        assert all(p.due_at >= tick for p in now)
        written = {p.key: p for p in now} | written
    assert all(p.due_at < p.expires_at <= closing for p in written.values())
    assert not any(rules.quiet.covers(p.due_at) for p in written.values())
    days = [p.due_at.astimezone(SHANGHAI).date() for p in written.values()]
    assert len(days) == len(set(days))


@settings(max_examples=100, deadline=None)
@given(closing=moments, rules=rule_sets())
def test_planned_in_time_it_is_on_a_working_day_and_not_late(closing: datetime, rules: Rules) -> None:
    before = {stage.name: stage.before for stage in rules.stages}
    for p in plan_reminders([Deadline(2026, 1, closing)], rules, closing - LONG_BEFORE):
        assert p.due_at <= closing - before[p.facts["stage"]]
        assert rules.days.is_working(p.due_at.astimezone(SHANGHAI).date())


def test_noon_break_and_night_alike() -> None:
    """Quiet at noon: 13:00 moves to 11:30 of the same day."""
    assert planned(at("2026-03-26 13:00"), rules=rules("1d", "12:00-14:00")) == {"1d": at("2026-03-25 11:30")}
    assert QuietHours.parse("12:00-14:00") == QuietHours(time(12), time(14))
