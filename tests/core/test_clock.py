"""Business time may be rehearsed; real time never is."""

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import ManualClock, RehearsalClock, SystemClock
from core.errors import DomainError
from tests.cast import at

START = at("2026-03-20 09:00")


def just_now(moment: datetime) -> bool:
    return moment.tzinfo is UTC and abs(datetime.now(UTC) - moment) < timedelta(seconds=30)


def test_the_system_clock_knows_one_time() -> None:
    assert just_now(SystemClock().now())
    assert just_now(SystemClock().real())


def test_a_rehearsal_runs_at_its_own_speed() -> None:
    stopwatch = [100.0]
    clock = RehearsalClock(START, 600, ticking=lambda: stopwatch[0])
    assert clock.now() == START
    stopwatch[0] += 6
    assert clock.now() == START + timedelta(hours=1)
    assert just_now(clock.real())


@pytest.mark.parametrize(
    ("text", "speed"),
    [
        ("2026-03-20T09:00:00+08:00x600", 600),
        ("2026-03-20T09:00:00+08:00", 1),
        ("2026-03-20T01:00:00Zx0.5", 0.5),
        ("2026-03-20T01:00+00:00x1000000", 1_000_000),
    ],
)
def test_start_and_speed_are_read(text: str, speed: float) -> None:
    clock = RehearsalClock.parse(text)
    assert (clock.start, clock.speed) == (START, speed)
    assert clock.start.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x600",
        "2026-03-20",
        "2026-03-20T09:00:00x600",
        "2026-03-20T09:00:00+08:00x0",
        "2026-03-20T09:00:00+08:00x-1",
        "2026-03-20T09:00:00+08:00xnan",
        "2026-03-20T09:00:00+08:00x1e7",
        "2026-03-20T09:00:00+08:00xx2",
        "明天",
    ],
)
def test_other_starts_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        RehearsalClock.parse(text)
    assert refused.value.key == "settings/clock"
    assert refused.value.params["value"] == text
    assert RehearsalClock.parse(str(refused.value.params["example"])).speed == 600


def test_a_clock_by_hand_stands_still_and_never_goes_back() -> None:
    clock = ManualClock(START)
    assert clock.now() == clock.now() == START
    clock.move_to(START + timedelta(days=1))
    clock.move_to(START)
    assert clock.now() == START + timedelta(days=1)
    assert just_now(clock.real())
