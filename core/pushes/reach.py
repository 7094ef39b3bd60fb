"""Whom a push reached, as far as can be known: shown is not read, and a card proves nothing (domain §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.errors import DomainError
from core.pushes.models import Delivery, Kind, Push, PushState, Timed
from core.pushes.parts import unmarked
from core.pushes.references import parse_reference
from core.pushes.use import StaffTx


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
    """Messages that staff wanted back, of a push or of one delivery; `open`: not tried yet."""

    done: int
    refused: int
    open: int

    @property
    def any(self) -> bool:
        return bool(self.done or self.refused or self.open)


@dataclass(frozen=True, slots=True)
class Reach:
    """`lists`: of how many of the groups where it stands the members are known and their cards matched to labs,
    `as_of` when the oldest of these lists was read. `heard`: accounts that answered 收到, `heard_labs` of about so
    many labs."""

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
    contact: str = field(repr=False)
    phone: str = field(repr=False)


class Tx(StaffTx, Protocol):
    async def timed(self, year: int, number: int) -> Timed | None: ...

    async def reach(self, who: Principal, push: Push) -> Reach: ...

    async def unreached(self, who: Principal, push: Push) -> list[Unreached]: ...

    async def attempts(self, delivery: int) -> list[Attempt]: ...

    async def recalls(self, deliveries: Sequence[int]) -> dict[int, Recalled]: ...


@dataclass(frozen=True, slots=True)
class Told:
    """`reach` of a whole push, `attempts` of a single delivery; `recalls` of those that staff wanted back."""

    deliveries: Sequence[Delivery]
    reach: Reach
    attempts: Sequence[Attempt]
    recalls: Mapping[int, Recalled]

    @property
    def single(self) -> Delivery | None:
        return self.deliveries[0] if len(self.deliveries) == 1 else None


async def whereabouts(tx: Tx, who: Principal, reference: str) -> Told:
    """DomainError pushes/reference_form, …/one_reference, …/reference_unknown; …/planned and …/not_sent for what
    has no deliveries."""
    push, found = await _sent(tx, reference)
    tried = await tx.attempts(found[0].id) if len(found) == 1 else []
    return Told(found, await tx.reach(who, push), tried, await tx.recalls([one.id for one in found]))


async def _sent(tx: Tx, reference: str) -> tuple[Push, list[Delivery]]:
    year, number, ordinal = parse_reference(reference)
    timed = await tx.timed(year, number)
    if timed and timed.state is PushState.PLANNED:
        raise DomainError("pushes/planned", reference=timed.push.reference, at=timed.due_at)
    found = await tx.deliveries_of(year, number, ordinal)
    if timed is None or (ordinal is not None and not found):
        raise DomainError("pushes/reference_unknown", reference=reference)
    check_sent(timed, found)
    return timed.push, found


def check_sent(timed: Timed, found: Sequence[Delivery]) -> None:
    """DomainError("pushes/not_sent") of what was skipped, withdrawn, or had nobody to go to."""
    if not found:
        push = timed.push
        raise DomainError("pushes/not_sent", reference=push.reference, state=timed.state, kind=push.kind)


async def read_body(tx: StaffTx, who: Principal, told: Told, now: datetime) -> str:
    """What one delivery said, for staff in private; reading what was written to a person is written down."""
    one = told.single
    if one is None:
        return ""
    if one.target.place == "private":
        await tx.audit(who, "pushes.read", f"delivery:{one.reference}", {}, now)
    return unmarked(one.body)


async def unreached_labs(
    tx: Tx, who: Principal, reference: str, now: datetime
) -> tuple[Push, list[Unreached], Reach]:
    """For a file that only staff get, in private; DomainError as `whereabouts`, pushes/no_reach."""
    push, _ = await _sent(tx, reference)
    reach = await tx.reach(who, push)
    if not reach.is_announcement:
        raise DomainError("pushes/no_reach", reference=push.reference)
    found = await tx.unreached(who, push)
    await tx.audit(who, "pushes.unreached", f"push:{push.reference}", {"labs": len(found)}, now)
    return push, found, reach
