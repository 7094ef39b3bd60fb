"""A lab's result in a round, per analyte and for the programme as a whole (domain §2, §5)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.activities.models import Programme


class Verdict(StrEnum):
    """NOT_SCORED is a third state: no PT score shown, never 0, never a failure (guide part 3.5)."""

    SATISFACTORY = "satisfactory"
    UNSATISFACTORY = "unsatisfactory"
    NOT_SCORED = "not_scored"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Score:
    """`analyte` is empty for the programme as a whole. `pt` 0–100 or none. `conflict`: the official verdict
    disagrees with the arithmetic; the verdict stands, staff see it. `version` grows with each correction."""

    lab_id: int
    round_id: int
    analyte: str
    verdict: Verdict
    acceptable: int | None = None
    total: int | None = None
    pt: float | None = None
    remark: str = ""
    conflict: bool = False
    version: int = 1


ENOUGH = 10  # laboratories; what fewer have scored could point at one of them


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the PT scores of all laboratories lie, of a programme (`analyte` empty) or an analyte in one round:
    quartiles and median, interpolated. Never of fewer than ENOUGH."""

    round_id: int
    analyte: str
    labs: int
    lower: float
    median: float
    upper: float
    satisfactory: int

    @property
    def percent(self) -> int:
        """Of satisfactory ones; 100 and 0 only where it is so."""
        if self.satisfactory in (0, self.labs):
            return 100 * self.satisfactory // self.labs
        return min(99, max(1, round(100 * self.satisfactory / self.labs)))


@dataclass(frozen=True, slots=True)
class Release:
    """Of one round: `as_of` when its scores were last imported, `released_at` when staff made them visible."""

    round_id: int
    as_of: datetime | None = None
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A round as one lab stands to it, scores apart. `takes_part` is None where no list tells. `released_at`
    and `as_of` are None while nothing is released, whether or not scores were imported."""

    lab_id: int
    lab: str
    round_id: int
    year: int
    n: int
    programme: Programme
    deadline: datetime
    scores_due_on: date | None
    as_of: datetime | None
    released_at: datetime | None
    takes_part: bool | None


@dataclass(frozen=True, slots=True)
class Returned:
    """A released score, newest version, with its lab and round. `current`: of the activity asked for, not of
    those before it. `at` is when this version came."""

    score: Score
    lab: str
    year: int
    n: int
    programme_id: int
    programme: str
    rounds: int
    as_of: datetime
    released_at: datetime
    current: bool
    at: datetime

    @property
    def corrected_at(self) -> datetime | None:
        """When it was corrected, if that was after the release."""
        return self.at if self.score.version > 1 and self.at > self.released_at else None


@dataclass(frozen=True, slots=True)
class Scored:
    """That a lab has a released result of an analyte (empty: of the programme as a whole); `n`: of the year's last
    round in which it has one."""

    lab_id: int
    lab: str
    programme: Programme
    analyte: str
    n: int


@dataclass(frozen=True, slots=True)
class Past:
    """A released round as one lab stands to it, for one analyte or the whole; `score` is None where nothing was
    returned. `pass_score` is the programme's own, if it has one."""

    lab_id: int
    round_id: int
    year: int
    n: int
    programme: str
    pass_score: float | None
    takes_part: bool | None
    as_of: datetime
    verdict: Verdict | None
    pt: float | None


@dataclass(frozen=True, slots=True)
class Imported:
    """What staff have of one round."""

    release: Release
    labs: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """A score whose official verdict disagrees with the arithmetic."""

    lab_id: int
    lab: str
    programme: str
    analyte: str
    verdict: Verdict
    acceptable: int | None
    total: int | None
    pt: float | None
