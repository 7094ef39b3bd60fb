"""Programmes, rounds and what is known of their submissions (domain §2, §3)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Programme:
    id: int
    year: int
    code: str
    name: str
    aliases: tuple[str, ...] = ()
    rounds: int = 2
    scored: bool = True
    plan_url: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.code, self.name, *self.aliases)


class RoundState(StrEnum):
    """What staff decided. Open and closed follow from the clock, so they are not stored."""

    PLANNED = "planned"
    DISPATCHED = "dispatched"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Round:
    """One programme within activity (year, n). `deadline` is an instant; days are Shanghai days."""

    id: int
    year: int
    n: int
    programme: Programme
    deadline: datetime
    state: RoundState = RoundState.PLANNED
    dispatch_on: date | None = None
    expected_on: date | None = None
    opens_at: datetime | None = None
    sample_nos: str = ""
    scores_due_on: date | None = None
    plan_url: str = ""


class Reported(StrEnum):
    """The one definition of 未报: the official list says so. No row, or no list, is `UNKNOWN`."""

    SUBMITTED = "submitted"
    UNSUBMITTED = "unsubmitted"
    UNLISTED = "unlisted"  # was on an earlier list, is absent from a later complete one
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one round out of its last imported list; `as_of` is None when there never was one. `unknown`:
    labs that have applied for the programme and stand on no list of the round.

    `complete`: a complete list (全量) was among them, so nobody is missing from it.
    """

    reported: int = 0
    unreported: int = 0
    as_of: datetime | None = None
    complete: bool = False
    unknown: int = 0

    @property
    def known(self) -> bool:
        return self.as_of is not None

    @property
    def finished(self) -> bool:
        """Everybody has reported, so nobody needs a reminder; a partial list can't tell (domain §2)."""
        return self.complete and self.unreported == self.unknown == 0 and self.reported > 0


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round with what is known of it."""

    round: Round
    tally: Tally

    @property
    def name(self) -> str:
        return self.round.programme.name

    @property
    def deadline(self) -> datetime:
        return self.round.deadline
