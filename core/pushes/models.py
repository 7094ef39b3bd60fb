"""A push (why and what), its deliveries (to whom), and what the deliverer takes away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.access import Account
from core.pushes.parts import PART, SIZES, mark_of, parts_of
from core.pushes.states import State


class Kind(StrEnum):
    """Names of interfaces §7; a kind gets its rules and template when its subject is built."""

    ASSIGNED = "application.assigned"
    OPENED = "campaign.opened"
    CLOSING = "campaign.closing"
    EXTENDED = "campaign.extended"
    DISPATCHED = "round.dispatched"
    CHANGED = "round.changed"
    OVERDUE = "receipt.overdue"
    REMINDER = "deadline.reminder"
    RELEASED = "scores.released"
    CERTIFICATES = "certificates.issued"
    SUSPENDED = "samples.suspended"
    REMARK = "remark.reminder"
    WELCOME = "member.welcome"  # to a group that somebody joined
    THANKS = "member.thanks"  # to a group where somebody put the card right
    NOTICE = "notice.free"
    SITE = "site.notice"
    BOUND = "access.bound"  # to those already bound: somebody else now is, too
    BURNT = "access.code_burnt"  # to whoever issued a code that was seen in a group
    DECIDED = "request.decided"  # to the asker
    ALARM = "staff.alarm"  # staff groups only


COURTESIES = (str(Kind.WELCOME), str(Kind.THANKS))  # nobody misses one that could not be sent


class PushState(StrEnum):
    """Of a push; its deliveries are written when it is due (OUT)."""

    PLANNED = "planned"
    OUT = "out"
    SKIPPED = "skipped"  # by staff
    WITHDRAWN = "withdrawn"  # what it rested on is gone: a moved deadline, a cancelled round


ERASED_PLACE = "erased-"  # so begins the place of a delivery whose account was forgotten


@dataclass(frozen=True, slots=True)
class Target:
    """One conversation: `place` is `group` or `private`, `id` the platform's number."""

    channel: str
    place: str
    id: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.place}:{self.id}"

    @property
    def masked(self) -> str:
        return Account(self.channel, self.id).masked

    @property
    def is_erased(self) -> bool:
        return self.id.startswith(ERASED_PLACE)

    @classmethod
    def parse(cls, text: str) -> "Target":
        return cls(*text.split(":", 2))


@dataclass(frozen=True, slots=True)
class Planned:
    """A push to be written. `key` is its natural key: the same key is never written twice.

    `groups`: to the managed groups that want this kind. `to`: these conversations besides.
    `spread`: when it is due, also to people bound to the labs concerned (`core.pushes.spread`).
    """

    kind: Kind
    key: str
    due_at: datetime
    expires_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    groups: bool = True
    to: tuple[Target, ...] = ()
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Push:
    id: int
    kind: Kind
    number: int
    year: int
    facts: Mapping[str, Any] = field(repr=False)

    @property
    def reference(self) -> str:
        """`26-0317`."""
        return f"{self.year % 100:02d}-{self.number:04d}"


@dataclass(frozen=True, slots=True)
class Timed:
    """A push with its times, as 预告 lists it and the tick expands it."""

    push: Push
    due_at: datetime
    expires_at: datetime
    state: PushState = PushState.PLANNED
    key: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One push to one target. `fence` grows with each claim; a mark with an old fence has no effect.

    `part`: how many of the body's numbered parts were surely shown. `shown`: how many the platform told us of
    by itself. `again`: it is in doubt whether it was shown before. `doubt_at`: since when staff are to decide.
    """

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
    body: str = field(default="", repr=False)
    words: str = ""
    part: int = 0
    shown: int = 0
    again: bool = False
    doubt_at: datetime | None = None

    @property
    def reference(self) -> str:
        """`26-0317-2`: year, number of the push, ordinal of the target; unique per target."""
        return f"{self.push.reference}-{self.ordinal}"

    @property
    def parts(self) -> list[str]:
        """The body as it is sent: one message, or several numbered ones."""
        return parts_of(self.body, self.reference, SIZES.get(self.target.channel, PART))

    @property
    def text(self) -> str:
        """The part that is to be sent next."""
        return self.parts[self.part]

    @property
    def mark(self) -> str:
        """By which that part is known in a history."""
        return mark_of(self.reference, self.part + 1, len(self.parts))

    @property
    def is_last_part(self) -> bool:
        return self.part + 1 >= len(self.parts)


@dataclass(frozen=True, slots=True)
class Stop:
    """At the claim it turned out that this must not be sent."""

    state: State
    words: str


@dataclass(frozen=True, slots=True)
class Body:
    """Template and view of what is to be sent; `covers` are deliveries merged into this one."""

    template: str
    view: Mapping[str, Any] = field(repr=False)
    covers: tuple[int, ...] = ()
