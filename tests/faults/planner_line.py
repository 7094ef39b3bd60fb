"""A channel and clocks in the planner's state machine that outlive the bot."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from bot.channels import Health, Sent, Sighting
from core.clock import ManualClock
from core.pushes.models import Target
from core.pushes.parts import marks_in
from core.pushes.states import Outcome

About = tuple[datetime, str, Target]  # deadline, stage, to whom


class Fate(Enum):
    """What becomes of one attempt: its outcome, and whether it was shown. Killed: nobody is left to mark it."""

    OK = (Outcome.DELIVERED, True)
    NOT_SENT = (Outcome.NOT_SENT, False)
    REFUSED = (Outcome.REFUSED, False)
    UNKNOWN_SHOWN = (Outcome.UNKNOWN, True)
    UNKNOWN_LOST = (Outcome.UNKNOWN, False)
    KILLED_SHOWN = (None, True)
    KILLED_LOST = (None, False)


@dataclass(frozen=True)
class Shown:
    target: Target
    mark: tuple[str, int]
    text: str
    now: datetime


class Killed(Exception):
    """The process died between claim and mark."""


@dataclass
class Line:
    """A channel that outlives the bot: what it has shown is what people saw."""

    clock: "Clocks"
    judge: Callable[[Shown, bool], Awaitable[None]]
    name: str = "qq"
    outside: bool = True
    health: Health = field(default_factory=Health)
    online: bool = True
    readable: bool = True
    fates: list[Fate] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    faults: list[AssertionError] = field(default_factory=list)

    def is_online(self) -> bool:
        return self.online

    async def send(self, target: Target, text: str, at_all: bool = False) -> Sent:
        fate = self.fates.pop(0) if self.fates else Fate.OK
        outcome, seen = fate.value
        one = Shown(target, marks_in(text)[-1], text, self.clock.now())
        try:
            await self.judge(one, seen)
        except AssertionError as fault:  # the deliverer would only log it
            self.faults.append(fault)
        if seen:
            self.shown.append(one)
        if outcome is None:
            self.online = False
            raise Killed
        return Sent(outcome, "", "1" if seen else "")

    async def find(self, target: Target, mark: str, since: datetime) -> Sighting:
        """Somebody always wrote after the attempt."""
        if not self.readable:
            return Sighting.UNCLEAR
        wanted = marks_in(mark)[-1]
        return (
            Sighting.FOUND if any(s.target == target and s.mark == wanted for s in self.shown) else Sighting.ABSENT
        )

    async def take_back(self, target: Target, message_id: str) -> bool:
        return False


class Clocks(ManualClock):
    """Both clocks by hand; they may run back."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment)
        self.true = moment

    def real(self) -> datetime:
        return self.true

    def jump(self, by: timedelta, real: timedelta) -> None:
        self.at, self.true = self.at + by, self.true + real
