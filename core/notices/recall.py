"""撤回: what still waits is not sent, what was shown is taken back where the platform lets us.

Here it is only noted; the tick carries it out (`bot/scheduler/recaller.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.errors import DomainError
from core.pushes.models import Delivery, Push, PushState, Target, Timed
from core.pushes.reach import Recalled, check_sent
from core.pushes.references import parse_reference
from core.pushes.states import CLAIMABLE, SHOWN, State, check_edge

STOPPED = "工作人员撤回"
STOPPABLE = (State.PLANNED, *CLAIMABLE, State.NEEDS_STAFF, State.FAILED)


class Tx(Protocol):
    async def timed(self, year: int, number: int) -> Timed | None: ...

    async def deliveries_of(self, year: int, number: int, ordinal: int | None) -> list[Delivery]: ...

    async def recalls(self, deliveries: Sequence[int]) -> dict[int, Recalled]: ...


class WriteTx(Tx, Protocol):
    async def want_back(self, push: int, deliveries: Sequence[int], real: datetime) -> None: ...

    async def stop(self, delivery: Delivery, state: State, words: str) -> None: ...

    async def free_key(self, push: int) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """One message of ours that staff want back."""

    delivery: int
    fence: int
    target: Target
    message_id: str


@dataclass(frozen=True, slots=True)
class Recall:
    """`reference` as it was asked for: of a push, or of one delivery. `shown` and `waiting` count deliveries that
    nobody wanted back before; under way are the others that have not ended. `before`: what became of those that
    staff wanted back before."""

    push: Push
    reference: str
    deliveries: tuple[Delivery, ...]
    before: Mapping[int, Recalled] = field(default_factory=dict)

    @property
    def shown(self) -> int:
        return sum(one.state in SHOWN or one.part > 0 for one in self._new)

    @property
    def waiting(self) -> int:
        return sum(one.state in STOPPABLE for one in self.deliveries)

    @property
    def under_way(self) -> int:
        return sum(_under_way(one) for one in self._new)

    @property
    def _new(self) -> list[Delivery]:
        return [one for one in self.deliveries if one.id not in self.before]

    @property
    def fate(self) -> dict[str, int]:
        """Of what was wanted back before: messages taken back, refused, still to be tried; deliveries stopped."""
        before = self.before.values()
        old = [one for one in self.deliveries if one.id in self.before]
        return {
            "done": sum(one.done for one in before),
            "refused": sum(one.refused for one in before),
            "open": sum(one.open for one in before) + sum(map(_under_way, old)),
            "stopped": sum(one.state is State.CANCELLED and not one.part for one in old),
        }


def _under_way(one: Delivery) -> bool:
    return one.state in (State.SENDING, State.UNCERTAIN)


async def propose_recall(tx: Tx, text: str) -> Recall:
    """DomainError pushes/reference_form, …/one_reference, …/reference_unknown, …/not_sent, notices/not_out,
    …/recalled_before, …/nothing_to_recall."""
    year, number, ordinal = parse_reference(text)
    timed = await tx.timed(year, number)
    found = tuple(await tx.deliveries_of(year, number, ordinal))
    if timed is None or (ordinal is not None and not found):
        raise DomainError("pushes/reference_unknown", reference=text)
    if timed.state is PushState.PLANNED:
        raise DomainError("notices/not_out", reference=timed.push.reference, at=timed.due_at)
    check_sent(timed, found)
    reference = timed.push.reference if ordinal is None else found[0].reference
    recall = Recall(timed.push, reference, found, await tx.recalls([one.id for one in found]))
    if not (recall.shown or recall.waiting or recall.under_way):
        if any(recall.fate.values()):
            raise DomainError("notices/recalled_before", reference=reference, **recall.fate)
        raise DomainError("notices/nothing_to_recall", reference=reference)
    return recall


async def recall(tx: WriteTx, who: Principal, wanted: Recall, now: datetime, real: datetime) -> None:
    await tx.want_back(wanted.push.id, [one.id for one in wanted.deliveries], real)
    for one in wanted.deliveries:
        if one.state in STOPPABLE:
            check_edge(one.state, State.CANCELLED)
            await tx.stop(one, State.CANCELLED, STOPPED)
    await tx.free_key(wanted.push.id)
    detail = {"shown": wanted.shown, "stopped": wanted.waiting}
    await tx.audit(who, "notices.recall", f"push:{wanted.reference}", detail, now)
