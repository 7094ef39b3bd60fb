"""A channel that fails on everything is left alone for a while, so that an account in trouble is not made worse.

Our own few lines: the libraries for this wrap a call that raises and keep their own time; our sends never raise,
they end in an outcome, and the clock is handed in.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.pushes.models import Target
from core.pushes.states import Outcome

FAILURES = 5
FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(minutes=15)


@dataclass
class Breaker:
    """Opens after FAILURES attempts in a row that came to nothing, at more than one target (one dead group says
    nothing of the account). Then one trial after each rest; the rests grow. Moments are real time."""

    failed: list[Target] = field(default_factory=list)
    rest: timedelta = FIRST_REST
    until: datetime | None = None

    def allows(self, real: datetime) -> bool:
        """No rest is longer than the longest: the clock was set back."""
        return self.until is None or not real < self.until <= real + LONGEST_REST

    def note(self, outcome: Outcome, target: Target, real: datetime) -> None:
        """A refusal is about the target, so it neither opens nor closes."""
        if outcome is Outcome.REFUSED:
            return
        if outcome is Outcome.DELIVERED:
            self.failed.clear()
            self.rest, self.until = FIRST_REST, None
            return
        self.failed.append(target)
        if self.until is not None:
            self.rest = min(self.rest * 2, LONGEST_REST)
        if self.until is not None or (len(self.failed) >= FAILURES and len(set(self.failed)) > 1):
            self.until = real + self.rest
