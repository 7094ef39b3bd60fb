"""Whom a push reached, as far as can be known: shown is not read, and a card proves nothing (domain §6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.errors import DomainError
from core.pushes.models import Delivery, Kind, Push, PushState, Timed
from core.pushes.use import StaffTx, deliveries, parse_reference


@dataclass(frozen=True, slots=True)
class Labs:
    """Labs concerned: of a reminder those of whom nothing better is known than that they have not reported, of
    all else those that take part. `told`: an account bound to it has it in private; `seen`: it stands in a group
    with a member of that lab by the card; `neither`: it has no bound account, and no such member."""

    concerned: int
    told: int
    seen: int
    neither: int


@dataclass(frozen=True, slots=True)
class Recalled:
    """Messages that staff wanted back; `open`: not tried yet."""

    done: int
    refused: int
    open: int

    @property
    def any(self) -> bool:
        return bool(self.done or self.refused or self.open)


@dataclass(frozen=True, slots=True)
class Reach:
    """`lists`: of how many of the groups where it stands the members are known, `as_of` when the oldest of these
    lists was read. `heard`: accounts that answered 收到, `heard_labs` of about so many labs."""

    push: Push
    groups: int
    shown: int
    persons: int
    persons_shown: int
    labs: Labs
    lists: int
    as_of: datetime | None
    heard: int
    heard_labs: int
    recalled: Recalled

    @property
    def is_announcement(self) -> bool:
        """Only of these it makes sense to ask which labs were reached."""
        return self.groups > 0 and self.push.kind is not Kind.ALARM


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one part; `outcome` is empty while it is under way."""

    part: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    words: str


@dataclass(frozen=True, slots=True)
class Unreached:
    """A lab to be called up, with what the roster says of it."""

    lab_id: int
    name: str
    city: str
    county: str
    contact: str
    phone: str


class Tx(StaffTx, Protocol):
    async def timed(self, year: int, number: int) -> Timed | None: ...

    async def reach(self, who: Principal, push: Push) -> Reach: ...

    async def unreached(self, who: Principal, push: Push) -> list[Unreached]: ...

    async def attempts(self, delivery: int) -> list[Attempt]: ...


@dataclass(frozen=True, slots=True)
class Told:
    """`reach` of a whole push, `attempts` of a single delivery."""

    deliveries: Sequence[Delivery]
    reach: Reach
    attempts: Sequence[Attempt]


async def whereabouts(tx: Tx, who: Principal, reference: str) -> Told:
    """DomainError pushes/reference_form, …/reference_unknown; pushes/planned for what has no deliveries yet."""
    year, number, _ = parse_reference(reference)
    timed = await tx.timed(year, number)
    if timed and timed.state is PushState.PLANNED:
        raise DomainError("pushes/planned", reference=timed.push.reference, at=timed.due_at)
    found = await deliveries(tx, reference)
    reach = await tx.reach(who, found[0].push)
    tried = await tx.attempts(found[0].id) if len(found) == 1 else []
    return Told(found, reach, tried)


async def unreached_labs(
    tx: Tx, who: Principal, reference: str, now: datetime
) -> tuple[Push, list[Unreached], Reach]:
    """For a file that only staff get, in private; DomainError pushes/reference_unknown, pushes/no_reach."""
    push = (await deliveries(tx, reference))[0].push
    reach = await tx.reach(who, push)
    if not reach.is_announcement:
        raise DomainError("pushes/no_reach", reference=push.reference)
    found = await tx.unreached(who, push)
    await tx.audit(who, "pushes.unreached", f"push:{push.reference}", {"labs": len(found)}, now)
    return push, found, reach
