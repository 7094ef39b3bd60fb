"""How long an application waits: by working days, the longest first."""

from datetime import UTC, date, datetime

import pytest

from core.calendar import WorkingDays
from core.labs.models import Application, ApplicationState
from core.labs.waiting import COUNTED_UP_TO, Patience, Wait, by_wait

PATIENCE = Patience(WorkingDays({date(2026, 3, 19): False}), 3)  # the centre is closed on a Thursday
WEDNESDAY = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("today", "days", "working", "long"),
    [
        (date(2026, 3, 17), 0, 0, False),  # handed in tomorrow, says the list
        (WEDNESDAY, 0, 0, False),
        (date(2026, 3, 19), 1, 0, False),
        (date(2026, 3, 20), 2, 1, False),
        (date(2026, 3, 22), 4, 1, False),  # a weekend
        (date(2026, 3, 23), 5, 2, False),
        (date(2026, 3, 24), 6, 3, True),
    ],
)
def test_only_working_days_count(today: date, days: int, working: int, long: bool) -> None:
    assert PATIENCE.wait(WEDNESDAY, today) == Wait(WEDNESDAY, days, working, long)


def test_what_has_waited_for_years_is_counted_no_further() -> None:
    wait = PATIENCE.wait(date(1970, 1, 1), WEDNESDAY)
    assert (wait.days, wait.working, wait.long) == (20530, COUNTED_UP_TO, True)


def test_the_longest_waiting_comes_first() -> None:
    def one(number: int, day: date) -> Application:
        at = datetime(2026, 3, 20, tzinfo=UTC)
        return Application(number, "演示医院", ApplicationState.SUBMITTED, at, submitted_on=day)

    some = [
        one(1, date(2026, 3, 23)),
        one(2, date(2026, 3, 2)),
        one(3, date(2026, 3, 9)),
        one(4, date(2026, 3, 2)),
    ]
    found = by_wait(some, PATIENCE, date(2026, 3, 24))
    assert [(waiting.application.id, waiting.wait.long) for waiting in found] == [
        (2, True),
        (4, True),
        (3, True),
        (1, False),
    ]
