"""The yearly application and what came of it (domain §2, §3)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.activities.models import Programme


class Enrolled(StrEnum):
    """未申请 differs from 未知: only a list that was imported says no."""

    APPLIED = "applied"
    NOT_APPLIED = "not_applied"  # the list says so, or a complete list leaves the lab out
    SUSPENDED = "suspended"  # no samples this year because of last year's rate (guide part 2)
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Campaign:
    """The application window of a year: Shanghai days, both included."""

    year: int
    opens_on: date
    closes_on: date


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of a year a lab reported: of what complete lists of submissions name it in; `as_of` the oldest."""

    reported: int
    expected: int
    as_of: datetime

    @property
    def percent(self) -> int:
        return round(100 * self.reported / self.expected)


@dataclass(frozen=True, slots=True)
class EnrolmentView:
    """One programme of a year as one lab stands to it; `as_of` is the date of the list, if any."""

    programme: Programme
    state: Enrolled
    as_of: datetime | None
