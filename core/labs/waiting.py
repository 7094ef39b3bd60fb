"""How long an application has waited: the days that count are the centre's working days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.calendar import WorkingDays
from core.labs.models import Application

COUNTED_UP_TO = 60  # working days; more is as bad


@dataclass(frozen=True, slots=True)
class Patience:
    """After `most` working days without a code an applicant is told to write, and staff see it first."""

    days: WorkingDays
    most: int

    def wait(self, since: date, today: date) -> "Wait":
        """From the day after it was handed in; today counts."""
        calendar = max((today - since).days, 0)
        near = since + timedelta(days=max(calendar - 3 * COUNTED_UP_TO, 0))
        working = sum(self.days.is_working(near + timedelta(days=n)) for n in range(1, (today - near).days + 1))
        return Wait(since, calendar, min(working, COUNTED_UP_TO), working >= self.most)


@dataclass(frozen=True, slots=True)
class Wait:
    """`days` of the calendar, `working` of them; `long`: too many."""

    since: date
    days: int
    working: int
    long: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """An application that waits for its code, with how long."""

    application: Application
    wait: Wait


def by_wait(applications: Iterable[Application], patience: Patience, today: date) -> Sequence[Waiting]:
    """Those that have waited too long first, the longest of all at the top."""
    found = [Waiting(one, patience.wait(one.since, today)) for one in applications]
    return sorted(found, key=lambda one: (not one.wait.long, one.wait.since, one.application.id))
