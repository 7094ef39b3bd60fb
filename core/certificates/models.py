"""Certificates: issued after both rounds of the year (guide part 3.6)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.enrolment.models import Enrolled


class Certified(StrEnum):
    ISSUED = "issued"
    NOT_ISSUED = "not_issued"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """One programme of a year as one lab stands to it; UNKNOWN: the list does not name it."""

    lab_id: int
    lab: str
    programme: str
    state: Certified
    number: str = field(repr=False)
    enrolled: Enrolled


@dataclass(frozen=True, slots=True)
class Issue:
    """Of one year: `as_of` when its list was last imported, `released_at` when staff made it visible."""

    year: int
    as_of: datetime
    released_at: datetime | None = None
