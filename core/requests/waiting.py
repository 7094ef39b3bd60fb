"""How long requests have waited: what is overdue comes first in 待办."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.activities.problems import what_of
from core.calendar import WorkingDays, shanghai
from core.requests.models import Request, RequestKind

SOON_ENOUGH = 2  # working days


@dataclass(frozen=True, slots=True)
class Waiting:
    """`days` as the calendar counts them. `what`: of a problem with samples, which."""

    request: Request
    days: int
    late: bool
    what: str = ""


def aged(requests: Sequence[Request], calendar: WorkingDays, now: datetime) -> list[Waiting]:
    """The late ones first, each lot in the order in which they were asked."""
    return sorted((age(one, calendar, now) for one in requests), key=lambda one: (not one.late, one.request.id))


def age(request: Request, calendar: WorkingDays, now: datetime) -> Waiting:
    today, asked = shanghai(now).date(), shanghai(request.asked_at).date()
    what = what_of(request.text) if request.kind is RequestKind.RECEIPT_PROBLEM else ""
    return Waiting(request, (today - asked).days, today > calendar.add(asked, SOON_ENOUGH), what)


def by_kind(requests: Sequence[Request]) -> dict[RequestKind, Request]:
    """The first of each kind, in the order of the list: what 待办 takes for its examples."""
    found: dict[RequestKind, Request] = {}
    for one in requests:
        found.setdefault(one.kind, one)
    return found
