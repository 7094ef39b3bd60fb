"""Where a reminder was lost or stuck once: each is a short road through the state machine's world."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from core.pushes.models import Kind
from core.pushes.states import State
from tests.cast import HEFEI, WANNAN, at
from tests.faults.planner_judge import judge
from tests.faults.planner_line import Fate
from tests.faults.planner_world import World

DEADLINE, LATER = at("2026-12-23 17:00"), at("2026-12-30 17:00")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def world() -> Iterator[World]:
    world = World(judge)
    yield world
    world.close()


def go_to(world: World, moment: str, *fates: Fate) -> None:
    by = at(moment) - world.clock.now()
    world.clock.jump(by, by)
    world.line.fates = list(fates)
    world.do(world.turn())


def reminded(world: World, group: str = HEFEI.id) -> list[str]:
    """When a group was reminded, on Shanghai's clock."""
    eight = timedelta(hours=8)
    return [
        f"{s.now + eight:%m-%d %H:%M}"
        for s in world.line.shown
        if s.target.id == group and "【上报提醒】" in s.text
    ]


def states(world: World) -> list[State]:
    found = world.do(world.db.read(lambda tx: tx.recent_deliveries([], 50)))
    return [one.state for one in found if one.push.kind is Kind.REMINDER and one.target.place == "group"]


def test_moved_by_mistake_and_back_within_the_hour_nobody_misses_it(world: World) -> None:
    """The second group's turn came just while the deadline was another one."""
    world.do(world.set_group(WANNAN.id, True))
    world.do(world.set_deadline("A01", DEADLINE))
    go_to(world, "2026-12-16 17:00", Fate.OK, Fate.NOT_SENT, Fate.NOT_SENT, Fate.NOT_SENT)
    assert reminded(world, WANNAN.id) == []
    world.do(world.set_deadline("A01", LATER))
    go_to(world, "2026-12-16 17:10")
    assert State.SUPERSEDED in states(world)
    world.do(world.set_deadline("A01", DEADLINE))
    go_to(world, "2026-12-16 17:20")
    assert (reminded(world), reminded(world, WANNAN.id)) == (["12-16 17:00"], ["12-16 17:20"])


def test_a_rest_day_published_later_moves_what_is_planned(world: World) -> None:
    """3 d before is Sunday, so Friday; then that Friday becomes a holiday, too."""
    world.do(world.set_deadline("A01", DEADLINE))
    go_to(world, "2026-12-16 17:00")
    world.rest_days[date(2026, 12, 18)] = False
    world.restart()
    go_to(world, "2026-12-17 16:59")
    go_to(world, "2026-12-17 17:00")
    go_to(world, "2026-12-18 17:00")
    assert reminded(world) == ["12-16 17:00", "12-17 17:00"]


def test_a_rest_day_published_too_late_sends_it_at_once(world: World) -> None:
    world.do(world.set_deadline("A01", at("2026-12-25 17:00")))
    go_to(world, "2026-12-18 17:00")
    go_to(world, "2026-12-21 18:00")
    world.rest_days |= {date(2026, 12, 22): False, date(2026, 12, 21): True}
    world.restart()
    go_to(world, "2026-12-21 18:01")
    go_to(world, "2026-12-22 17:00")
    assert reminded(world) == ["12-18 17:00", "12-21 18:01"]


def test_what_staff_moved_no_rule_moves(world: World) -> None:
    world.do(world.set_deadline("A01", DEADLINE))
    go_to(world, "2026-12-16 17:00")
    (three_days, *_) = world.do(world.db.read(lambda tx: tx.coming(DEADLINE)))
    old, new = three_days.state, at("2026-12-21 09:00")
    assert world.do(world.db.write(lambda tx: tx.set_push(three_days.push.id, old, old, new)))
    world.rest_days[date(2026, 12, 18)] = False
    world.restart()
    for hour in ("17 17:00", "18 17:00", "21 09:00"):
        go_to(world, f"2026-12-{hour}")
    assert reminded(world) == ["12-16 17:00", "12-21 09:00"]


@pytest.mark.parametrize("fate", [Fate.KILLED_SHOWN, Fate.KILLED_LOST])
def test_the_clock_set_back_after_a_crash_hides_nothing(world: World, fate: Fate) -> None:
    """The dead instance was last seen in what is now the future."""
    world.do(world.set_deadline("A01", DEADLINE))
    go_to(world, "2026-12-16 17:00", fate)
    world.clock.jump(-5 * HOUR, -5 * HOUR)
    world.restart()
    world.do(world.turn())
    world.clock.jump(5 * MINUTE, 5 * MINUTE)
    world.do(world.turn())
    assert State.SENDING not in states(world)
    assert State.UNCERTAIN not in states(world)


def test_the_clock_set_back_makes_no_retry_wait_for_hours(world: World) -> None:
    world.do(world.set_deadline("A01", DEADLINE))
    go_to(world, "2026-12-16 17:00", Fate.NOT_SENT)
    assert reminded(world) == []
    world.clock.jump(MINUTE, -9 * HOUR)
    world.do(world.turn())
    assert reminded(world) == ["12-16 17:01"]
