"""Laboratories and their first applications (domain §2, §3)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.calendar import shanghai


@dataclass(frozen=True, slots=True)
class Lab:
    """`code` is a near-credential: it never goes into a `repr`."""

    id: int
    code: str
    name: str
    city: str = ""
    county: str = ""
    stopped: bool = False

    def __repr__(self) -> str:
        return f"Lab(id={self.id}, name={self.name!r})"


class ApplicationState(StrEnum):
    SUBMITTED = "submitted"
    SUSPECTED = "duplicate_suspected"
    REJECTED = "rejected"
    ASSIGNED = "code_assigned"


PENDING = (ApplicationState.SUBMITTED, ApplicationState.SUSPECTED)


@dataclass(frozen=True, slots=True)
class Application:
    """A first application; its number in chat is its id."""

    id: int
    unit: str
    state: ApplicationState
    state_at: datetime
    city: str = ""
    county: str = ""
    submitted_on: date | None = None
    lab_id: int | None = None

    @property
    def pending(self) -> bool:
        return self.state in PENDING

    @property
    def since(self) -> date:
        """The day it was handed in, or else the day we learned of it."""
        return self.submitted_on or shanghai(self.state_at).date()
