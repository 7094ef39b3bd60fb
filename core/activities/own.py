"""What a lab's own people ask and are reminded of: one definition of 未报 for answers and reminders."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.activities.models import Reported, Round, RoundState
from core.enrolment.models import Enrolled

NEAR = timedelta(days=45)  # unless asked for, the next half-year's activity is no news

RECEIVED, PROBLEM = "received", "problem"  # of a receipt


@dataclass(frozen=True, slots=True)
class OwnRound:
    """One round as one lab stands to it. `as_of` dates the list of submissions, `enrolled_as_of` that of
    enrolments. `said_at`: the lab's own word that it has reported. `received_at` with `receipt` received;
    `receipt` is empty while nobody said anything, `receipts_as_of` dates the list of receipts. `not_tested`: what
    has become of its 不能检测, empty where there is none or staff have refused it."""

    lab_id: int
    round: Round
    reported: Reported = Reported.UNKNOWN
    reported_at: datetime | None = None
    as_of: datetime | None = None
    enrolled: Enrolled = Enrolled.UNKNOWN
    enrolled_as_of: datetime | None = None
    said_at: datetime | None = None
    receipt: str = ""
    received_at: datetime | None = None
    receipts_as_of: datetime | None = None
    lab_name: str = ""
    not_tested: str = ""

    @property
    def name(self) -> str:
        return self.round.programme.name

    @property
    def deadline(self) -> datetime:
        return self.round.deadline

    @property
    def activity(self) -> tuple[int, int]:
        return self.round.year, self.round.n

    @property
    def silenced(self) -> bool:
        """已报 holds until the next list."""
        return self.said_at is not None and (self.as_of is None or self.said_at >= self.as_of)

    @property
    def excused(self) -> str:
        """Neither reported nor silent (domain §2): waiting or approved. That it was reported outweighs it."""
        return "" if self.reported is Reported.SUBMITTED else self.not_tested

    @property
    def takes_part(self) -> bool:
        """As far as we know: it stands on a list of the round, or has enrolled."""
        listed = self.reported in (Reported.SUBMITTED, Reported.UNSUBMITTED)
        return listed or self.enrolled is Enrolled.APPLIED

    @property
    def left_out(self) -> bool:
        """Known not to take part; neither this nor `takes_part` while nothing is known."""
        out = self.enrolled in (Enrolled.NOT_APPLIED, Enrolled.SUSPENDED)
        return not self.takes_part and (out or self.reported is Reported.UNLISTED)

    @property
    def by_enrolment(self) -> bool:
        """Whether the list of enrolments says that it is left out, else that of submissions."""
        return self.enrolled in (Enrolled.NOT_APPLIED, Enrolled.SUSPENDED)

    @property
    def out_as_of(self) -> datetime | None:
        return self.enrolled_as_of if self.by_enrolment else self.as_of

    @property
    def to_remind(self) -> bool:
        """Unknown counts as "remind", but only those who take part as far as we know."""
        if self.silenced or self.excused or not self.takes_part or self.reported is Reported.UNLISTED:
            return False
        return self.reported in (Reported.UNSUBMITTED, Reported.UNKNOWN)

    def is_open(self, now: datetime) -> bool:
        """Can be reported now, or soon: announced, begun, or near enough."""
        opens = self.round.opens_at
        begun = self.round.state is RoundState.DISPATCHED or (opens is not None and opens <= now)
        return now <= self.deadline and (begun or self.deadline <= now + NEAR)


def data_date(rounds: Iterable[OwnRound]) -> datetime | None:
    """数据截至: the oldest list that the answer rests on."""
    return min((one.as_of for one in rounds if one.as_of), default=None)
