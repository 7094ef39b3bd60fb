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
    """One programme of a year as one lab stands to it; UNKNOWN: the list does not name it, or is not released.
    `as_of` of the list, None while it is not released."""

    lab_id: int
    lab: str
    programme: str
    state: Certified
    number: str = field(repr=False)
    enrolled: Enrolled
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class Issue:
    """Of one programme: `issued` to how many labs, `as_of` when its list was last imported (None: never),
    `released_at` when staff made it visible."""

    programme_id: int
    programme: str
    issued: int = 0
    as_of: datetime | None = None
    released_at: datetime | None = None

    @property
    def ready(self) -> bool:
        return self.as_of is not None and self.released_at is None
