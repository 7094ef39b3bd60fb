"""A push (why and what), its deliveries (to whom), and what the deliverer takes away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.pushes.states import State


class Kind(StrEnum):
    """Names of interfaces §7; a kind gets its rules and template when its subject is built."""

    ASSIGNED = "application.assigned"
    DISPATCHED = "round.dispatched"
    REMINDER = "deadline.reminder"
    OPENED = "campaign.opened"
    RELEASED = "scores.released"
    CERTIFICATES = "certificates.issued"
    BOUND = "access.bound"  # to those already bound: somebody else now is, too
    BURNT = "access.code_burnt"  # to whoever issued a code that was seen in a group
    DECIDED = "request.decided"  # to the asker
    ALARM = "staff.alarm"  # staff groups only


@dataclass(frozen=True, slots=True)
class Target:
    """One conversation: `place` is `group` or `private`, `id` the platform's number."""

    channel: str
    place: str
    id: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.place}:{self.id}"


@dataclass(frozen=True, slots=True)
class Planned:
    """A push to be written. `key` is its natural key: the same key is never written twice.

    `groups`: to the managed groups that want this kind. `persons`: these conversations besides.
    `spread`: when it is due, also to people bound to the labs concerned (`core.pushes.spread`).
    """

    kind: Kind
    key: str
    due_at: datetime
    expires_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    groups: bool = True
    persons: tuple[Target, ...] = ()
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Push:
    id: int
    kind: Kind
    number: int
    year: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One push to one target. `fence` grows with each claim; a mark with an old fence has no effect."""

    id: int
    push: Push
    target: Target
    ordinal: int
    state: State
    fence: int
    attempts: int
    due_at: datetime
    expires_at: datetime
    claimed_at: datetime | None = None
    body: str = ""
    words: str = ""

    @property
    def reference(self) -> str:
        """`26-0317-2`: year, number of the push, ordinal of the target; unique per target."""
        return f"{self.push.year % 100:02d}-{self.push.number:04d}-{self.ordinal}"


@dataclass(frozen=True, slots=True)
class Stop:
    """At the claim it turned out that this must not be sent."""

    state: State
    words: str


@dataclass(frozen=True, slots=True)
class Body:
    """Template and view of what is to be sent; `covers` are deliveries merged into this one."""

    template: str
    view: Mapping[str, Any]
    covers: tuple[int, ...] = ()
