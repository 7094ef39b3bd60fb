"""How one lab stands to its rounds: one definition of 未报 for answers and reminders."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.activities.models import Programme, Reported, Round, RoundState, RoundView, Tally
from core.activities.own import NEAR, OwnRound, data_date
from core.activities.own_use import by_lab, current
from core.activities.unreported import ROOM, Unreported, unreported_names
from core.enrolment.models import Enrolled
from tests.cast import DEADLINE, MORNING, VIEWER

ROUND = Round(1, 2026, 1, Programme(1, 2026, "A01", "凝血试验"), DEADLINE)
OWN = OwnRound(1, ROUND, lab_name="合肥演示晴川医院")


def own(reported: Reported = Reported.UNKNOWN, enrolled: Enrolled = Enrolled.UNKNOWN, **more: object) -> OwnRound:
    return replace(OWN, reported=reported, enrolled=enrolled, **more)


def activity(n: int, days: float, **more: object) -> OwnRound:
    round_ = replace(ROUND, id=n, n=n, deadline=MORNING + timedelta(days=days))
    return replace(OWN, round=round_, enrolled=Enrolled.APPLIED, **more)


@pytest.mark.parametrize(
    ("reported", "enrolled", "takes_part", "left_out"),
    [
        (Reported.SUBMITTED, Enrolled.NOT_APPLIED, True, False),  # it stands on the list all the same
        (Reported.UNSUBMITTED, Enrolled.UNKNOWN, True, False),
        (Reported.UNKNOWN, Enrolled.APPLIED, True, False),
        (Reported.UNLISTED, Enrolled.APPLIED, True, False),
        (Reported.UNKNOWN, Enrolled.UNKNOWN, False, False),
        (Reported.UNLISTED, Enrolled.UNKNOWN, False, True),
        (Reported.UNKNOWN, Enrolled.NOT_APPLIED, False, True),
        (Reported.UNKNOWN, Enrolled.SUSPENDED, False, True),
    ],
)
def test_taking_part_has_three_answers(
    reported: Reported, enrolled: Enrolled, takes_part: bool, left_out: bool
) -> None:
    one = own(reported, enrolled)
    assert (one.takes_part, one.left_out) == (takes_part, left_out)


def test_what_the_lab_takes_no_part_in_is_left_out() -> None:
    known, unsure, out = own(enrolled=Enrolled.APPLIED), own(), own(enrolled=Enrolled.SUSPENDED)
    [part] = by_lab([known, unsure, out])
    assert (part.name, part.known, part.unsure) == ("合肥演示晴川医院", (known,), (unsure,))
    assert by_lab([out])[0].known == by_lab([out])[0].unsure == ()


def test_labs_stand_in_order_of_their_names() -> None:
    names = [part.name for part in by_lab([replace(OWN, lab_id=2, lab_name="乙"), replace(OWN, lab_name="丙")])]
    assert names == ["丙", "乙"]


def test_the_activity_meant_is_the_open_one_else_the_last_else_the_next() -> None:
    past, open_, later = activity(1, -9), activity(2, 9), activity(3, 180)
    assert current([past, open_, later], MORNING) == [open_]
    assert current([past, later], MORNING) == [past]
    assert current([later], MORNING) == [later]
    assert current([], MORNING) == []


def test_an_activity_that_is_not_ours_is_not_meant_while_another_is() -> None:
    out = replace(activity(1, 9), enrolled=Enrolled.NOT_APPLIED)
    ours = activity(2, 20)
    assert current([out, ours], MORNING) == [ours]
    assert current([out], MORNING) == [out]


def test_open_is_what_was_announced_has_begun_or_is_near() -> None:
    far = activity(2, 100)
    assert not far.is_open(MORNING)
    assert replace(far, round=replace(far.round, state=RoundState.DISPATCHED)).is_open(MORNING)
    assert replace(far, round=replace(far.round, opens_at=MORNING)).is_open(MORNING)
    assert far.is_open(far.deadline - NEAR)
    assert far.is_open(far.deadline)
    assert not far.is_open(far.deadline + timedelta(seconds=1))


def test_the_date_of_the_data_is_that_of_the_oldest_list() -> None:
    dates = [MORNING, None, MORNING - timedelta(days=1)]
    assert data_date(own(as_of=at) for at in dates) == MORNING - timedelta(days=1)
    assert data_date([own()]) is None


class Names:
    """A round's silent labs, and what was written into the log."""

    def __init__(self, count: int, length: int = 10) -> None:
        self.labs, self.log = [Unreported(1, i, f"{i:05d}".ljust(length, "院")) for i in range(count)], list[str]()

    async def labs_not_reported(self, _who: object, _rounds: object, most: int) -> list[Unreported]:
        return self.labs[:most]

    async def audit(self, _who: object, action: str, subject: str, _detail: object, _now: object) -> None:
        self.log.append(f"{action} {subject}")


@pytest.mark.parametrize(("count", "length"), [(1, 10), (3, 10), (40, 60), (10_000, 4), (10_000, 60)])
async def test_names_fit_into_two_messages_and_none_is_lost_count_of(count: int, length: int) -> None:
    tx = Names(count, length)
    views = [RoundView(ROUND, Tally(5, count, MORNING))]
    [named] = (await unreported_names(tx, VIEWER, views, MORNING)).values()
    assert len(named.labs) + named.more == count
    assert sum(len(one.name) + 1 for one in named.labs) <= ROOM
    assert named.labs
    assert tx.log == ["activities.unreported activity:2026:1"]


async def test_where_nobody_is_silent_nothing_is_read() -> None:
    tx = Names(3)
    assert await unreported_names(tx, VIEWER, [RoundView(ROUND, Tally(5, 0, MORNING))], MORNING) == {}
    assert tx.log == []
