"""Two clocks: business time may be rehearsed, real time never is (architecture §1)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Protocol

from core.errors import DomainError

EXAMPLE = "2026-03-20T09:00:00+08:00x600"


class Clock(Protocol):
    """`now` decides deadlines and windows; `real` decides leases, pace, confirmations and event age."""

    def now(self) -> datetime: ...

    def real(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    real = now


@dataclass
class RehearsalClock:
    """Business time starts at `start` and runs `speed` times as fast as real time."""

    start: datetime
    speed: float = 1.0
    ticking: Callable[[], float] = monotonic
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """From the start again: what was begun before anything could happen was no part of the rehearsal."""
        self._began = self.ticking()

    def now(self) -> datetime:
        return self.start + timedelta(seconds=(self.ticking() - self._began) * self.speed)

    def real(self) -> datetime:
        return datetime.now(UTC)

    @classmethod
    def parse(cls, text: str) -> "RehearsalClock":
        """`START[xSPEED]`, START in ISO 8601 with an offset; DomainError("settings/clock") otherwise."""
        start, _, speed = text.partition("x")
        try:
            moment, factor = datetime.fromisoformat(start), float(speed or 1)
        except ValueError as fault:
            raise DomainError("settings/clock", value=text, example=EXAMPLE) from fault
        if moment.tzinfo is None or not 0 < factor <= 1_000_000:
            raise DomainError("settings/clock", value=text, example=EXAMPLE)
        return cls(moment.astimezone(UTC), factor)


@dataclass
class ManualClock:
    """Business time that stands still until it is moved: the demonstration and the tests."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def real(self) -> datetime:
        return datetime.now(UTC)

    def move_to(self, moment: datetime) -> None:
        self.at = max(self.at, moment)
