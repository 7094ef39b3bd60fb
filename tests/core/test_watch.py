"""Which troubles there are at a look, and what staff are told of them: a table over time, nothing else."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.watch.seen import About, Finding, Line, Seen, findings, stuck_since
from core.watch.troubles import Stage, Trouble, step, still_open
from tests.cast import at

NOON = at("2026-03-20 12:00")


def after(**more: float) -> datetime:
    return NOON + timedelta(**more)


def seen(line: Line | None = None, rung: datetime | None = None, failing: datetime | None = None) -> Any:
    return lambda real: findings(Seen((line or Line("qq"),), rung or real, failing), real)


@pytest.mark.parametrize(
    ("what", "real", "found"),
    [
        (seen(), NOON, []),
        (seen(Line("qq", NOON, "账号已下线", told=True)), after(seconds=1), [("offline", True)]),
        (seen(Line("qq", NOON, "未连接")), after(seconds=59), [("offline", False)]),
        (seen(Line("qq", NOON, "未连接")), after(seconds=60), [("offline", True)]),
        (seen(Line("mail", NOON, "邮件服务器拒收（550）", told=True, barred=True)), NOON, [("barred", True)]),
        (seen(Line("mail", NOON, barred=True)), after(minutes=14), [("barred", False)]),  # greylisted, perhaps
        (seen(Line("mail", NOON, barred=True)), after(minutes=15), [("barred", True)]),
        (seen(Line("wecom", NOON, stuck_at=NOON, barred=True)), after(minutes=15), [("silent", True)]),
        (seen(Line("qq", stuck_at=NOON)), after(minutes=9), [("silent", False)]),
        (seen(Line("qq", stuck_at=NOON)), after(minutes=10), [("silent", True)]),
        (seen(rung=NOON), after(seconds=29), []),
        (seen(rung=NOON), after(seconds=89), [("tick", False)]),
        (seen(rung=NOON), after(seconds=90), [("tick", True)]),
        (seen(failing=NOON), after(seconds=5), [("database", False)]),
        (seen(failing=NOON), after(seconds=45), [("database", True)]),
    ],
)
def test_what_is_found_and_when_it_is_sure(what: Any, real: datetime, found: list[tuple[str, bool]]) -> None:
    assert [(str(one.about), one.ripe) for one in what(real)] == found


@pytest.mark.parametrize(
    ("before", "may_send", "waiting", "sent_at", "since"),
    [
        (None, True, False, None, None),
        (None, True, True, None, NOON),
        (after(minutes=-3), True, True, None, after(minutes=-3)),
        (after(minutes=-3), True, True, after(minutes=-1), after(minutes=-1)),  # one was sent: anew
        (after(minutes=-3), True, True, after(hours=-1), after(minutes=-3)),
        (after(minutes=-3), False, True, None, NOON),  # quiet hours, held, offline: not in vain
        (after(minutes=-3), True, False, None, None),
    ],
)
def test_since_when_messages_wait_in_vain(
    before: datetime | None, may_send: bool, waiting: bool, sent_at: datetime | None, since: datetime | None
) -> None:
    assert stuck_since(before, may_send=may_send, waiting=waiting, sent_at=sent_at, real=NOON) == since


def offline(ripe: bool = True) -> Finding:
    return Finding(About.OFFLINE, "qq", NOON, ripe)


def told(course: list[tuple[float, Finding | None]]) -> list[tuple[float, str]]:
    """(second, stage) of each alarm in a course of looks."""
    open_: dict[str, Trouble] = {}
    heard = []
    for second, finding in course:
        open_, alarms = step(open_, [finding] if finding else [], after(seconds=second))
        heard += [(second, str(alarm.stage)) for alarm in alarms]
    return heard


def test_one_alarm_one_more_after_an_hour_and_one_when_it_is_over() -> None:
    course: list[tuple[float, Finding | None]] = [(n * 5, offline()) for n in range(2 * 720)]
    course += [(7200 + n * 5, None) for n in range(20)]
    assert told(course) == [(0, "first"), (3600, "again"), (7260, "over")]


def test_what_ends_before_it_is_sure_is_never_told() -> None:
    assert told([(0, offline(False)), (5, offline(False)), (10, None), (90, None)]) == []


def test_what_comes_back_within_a_minute_is_the_same_trouble() -> None:
    flapping: list[tuple[float, Finding | None]] = [(n * 30, offline() if n % 2 else None) for n in range(20)]
    assert told(flapping) == [(30, "first")]


def test_an_unsure_finding_keeps_an_open_trouble_open() -> None:
    assert told([(0, offline()), (5, None), (60, offline(False)), (70, None), (129, None)]) == [(0, "first")]


def test_the_next_process_knows_what_is_still_open() -> None:
    trouble = Trouble(About.OFFLINE, "qq", NOON, after(seconds=30))
    first, again, over = (trouble.key(stage) for stage in Stage)
    assert first == "staff.alarm:watch:offline:qq:20260320T040000Z:first"
    other = "staff.alarm:request:7"
    assert still_open([other, first]) == {"offline:qq": Trouble(About.OFFLINE, "qq", NOON, NOON)}
    assert still_open([first, again]) == {"offline:qq": Trouble(About.OFFLINE, "qq", NOON, NOON, again=True)}
    assert still_open([over, first, again]) == {}


@given(st.lists(st.tuples(st.integers(1, 1200), st.sampled_from(["well", "unsure", "sure"])), max_size=60))
def test_each_trouble_is_told_once_and_ended_once(course: list[tuple[int, str]]) -> None:
    second, looks = 0, []
    for step_, state in course:
        second += step_
        looks.append((float(second), None if state == "well" else offline(state == "sure")))
    stages = [stage for _, stage in told(looks)]
    text = "".join({"first": "f", "again": "a", "over": "o"}[stage] for stage in stages)
    for trouble in text.split("o"):
        assert trouble in ("", "f", "fa")
    assert "oo" not in text
    assert not text.startswith("o")
