"""What of an activity was changed, said as old → new: written with the fact, asked again when it is sent.

A push keeps the old values only; the new ones are read when it is sent, so that what was changed again says its
newest value (domain §3, Round)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from core.activities.models import Round, RoundState
from core.activities.own import NEAR
from core.pushes.models import Body, Delivery, Kind, Planned, Stop, Target
from core.pushes.states import State

FIELDS = ("deadline", "dispatch_on", "expected_on", "sample_nos")
SLIP = f"{Kind.ALARM}:deadline_past:"  # how the key of an alarm on one begins
CANCELLED, RESTORED = "cancelled", "restored"
ANNOUNCED_FOR, AT_LEAST = timedelta(days=7), timedelta(days=1)

Was = Mapping[int, Mapping[str, Any]]  # round → old values by field, as JSON holds them


@dataclass(frozen=True, slots=True)
class Slip:
    """An import moved deadlines into the past, and no group was told."""

    at: datetime
    was: Was


class TellTx(Protocol):
    async def was_reminded(self, year: int, n: int, deadline: datetime) -> bool: ...

    async def slips(self) -> list[Slip]: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...


class SendTx(Protocol):
    async def due_here(self, target: Target, kind: Kind, now: datetime) -> list[Delivery]: ...

    async def any_rounds_by_id(self, ids: Sequence[int]) -> list[Round]: ...

    async def merge(self, deliveries: Sequence[int], into: Delivery) -> None: ...


@dataclass(frozen=True, slots=True)
class Move:
    """A round before and after."""

    old: Round
    new: Round

    @property
    def was(self) -> dict[str, Any]:
        """Old values of what differs."""
        gone = self.old.state is RoundState.CANCELLED
        if self.new.state is RoundState.CANCELLED:
            return {} if gone else {CANCELLED: False}
        pairs = [(name, getattr(self.old, name), getattr(self.new, name)) for name in FIELDS]
        different = {name: _plain(old) for name, old, new in pairs if _said(old) != _said(new)}
        return different | ({CANCELLED: True} if gone else {})


@dataclass(frozen=True, slots=True)
class Line:
    """Programmes with one and the same change; `field`: of FIELDS, or `cancelled` with the deadline as old, or
    `restored` with the deadline as new."""

    field: str
    old: datetime | date | str | None
    new: datetime | date | str | None
    names: tuple[str, ...]

    @property
    def is_earlier(self) -> bool:
        """Labs have less time than they were told."""
        both = isinstance(self.old, datetime) and isinstance(self.new, datetime)
        return both and self.new < self.old  # type: ignore[operator]


def lines(was: Was, rounds: Iterable[Round]) -> list[Line]:
    """What is different now, programmes with the same old → new together; by field, then by new value."""
    found: dict[tuple[str, Any, Any], list[str]] = {}
    for one in rounds:
        for change in _changes(was[one.id], one):
            found.setdefault(change, []).append(one.programme.name)
    order = [RESTORED, *FIELDS, CANCELLED]
    ranked = sorted(found, key=lambda change: (order.index(change[0]), str(change[2]), str(change[1])))
    return [Line(*change, tuple(found[change])) for change in ranked]


def _changes(old: Mapping[str, Any], one: Round) -> list[tuple[str, Any, Any]]:
    was_gone = old.get(CANCELLED, False)
    if one.state is RoundState.CANCELLED:
        return [] if was_gone else [(CANCELLED, one.deadline, None)]
    pairs = [(name, _read(name, old[name]), getattr(one, name)) for name in FIELDS if name in old]
    changes = [(name, before, after) for name, before, after in pairs if _said(before) != _said(after)]
    if not was_gone:
        return changes
    return [(RESTORED, None, one.deadline), *(change for change in changes if change[0] != "deadline")]


def _said(value: datetime | date | str | None) -> datetime | date | str | None:
    """As labs read it: to the minute."""
    return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value


def _plain(value: datetime | date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _read(name: str, value: str | None) -> datetime | date | str | None:
    if value is None or name == "sample_nos":
        return value
    return datetime.fromisoformat(value) if name == "deadline" else date.fromisoformat(value)


async def as_told(tx: TellTx, moves: Sequence[Move]) -> list[Move]:
    """What labs hear as old: not a slip that they were not told. What differs from that; none where a slip is put
    right. A deadline that was past at the slip can't have been announced since."""
    slips = await tx.slips()
    found = []
    for move in moves:
        for slip in slips:
            if move.old.id in slip.was and move.old.deadline <= slip.at:
                known: dict[str, Any] = {name: _read(name, value) for name, value in slip.was[move.old.id].items()}
                move = Move(replace(move.old, **known), move.new)
                break
        found.append(move)
    return [move for move in found if move.was]


async def concerns_labs(tx: TellTx, move: Move, now: datetime) -> bool:
    """Whether labs have heard of it, or soon will: samples were announced, a reminder went out, or a deadline,
    the old one or the new, is near. What is past and stays so is only put right."""
    old, new = move.old, move.new
    if max(old.deadline, new.deadline) <= now:
        return False
    if old.state is RoundState.DISPATCHED or any(now < at <= now + NEAR for at in (old.deadline, new.deadline)):
        return True
    return await tx.was_reminded(old.year, old.n, old.deadline)


async def announce(tx: TellTx, moves: Sequence[Move], mark: str, now: datetime) -> None:
    """One message on all of these, which are of one activity; `mark` tells it from others about the same."""
    year, n = moves[0].old.year, moves[0].old.n
    facts = {"year": year, "n": n, "was": {str(move.old.id): move.was for move in moves}}
    last = max(move.new.deadline for move in moves)
    expires = max(min(now + ANNOUNCED_FOR, last), now + AT_LEAST)
    await tx.write_push(Planned(Kind.CHANGED, f"{Kind.CHANGED}:{year}:{n}:{mark}", now, expires, facts), now)


async def changed(tx: SendTx, delivery: Delivery, now: datetime) -> Body | Stop:
    """With everything else of this activity that waits here: one message, from what was known here to what is."""
    waiting = [one for one in await tx.due_here(delivery.target, Kind.CHANGED, now) if _joins(one, delivery, now)]
    was: dict[int, dict[str, Any]] = {}
    for one in sorted([*waiting, delivery], key=lambda one: one.push.id):
        for ident, old in one.push.facts["was"].items():
            was[int(ident)] = {**old, **was.get(int(ident), {})}
    found = lines(was, await tx.any_rounds_by_id(list(was)))
    if not found:
        for one in waiting:
            await tx.merge([one.id], delivery)
        return Stop(State.CANCELLED, "已改回原来的安排")
    view = {"year": delivery.push.facts["year"], "n": delivery.push.facts["n"], "lines": found}
    return Body("pushes/round.changed", view, tuple(one.id for one in waiting))


def _joins(one: Delivery, delivery: Delivery, now: datetime) -> bool:
    """What may have been shown must not be taken for unheard: its change back would be lost."""
    same = all(one.push.facts[name] == delivery.push.facts[name] for name in ("year", "n"))
    unheard = not (one.part or one.again or delivery.again)
    return same and unheard and one.id != delivery.id and one.expires_at > now
