"""At the claim everything is asked again, in the same transaction: still due, still true, still wanted?"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from core.access import ManagedGroup
from core.calendar import shanghai
from core.pushes.hold import Hold
from core.pushes.models import Body, Delivery, Kind, Stop, Target
from core.pushes.states import State

AT_ONCE = 50  # stale rows put aside in one transaction, so that it stays short


class ClaimTx(Protocol):
    async def hold(self) -> Hold | None: ...

    async def next_claimable(self, ask: "Ask") -> Delivery | None: ...

    async def managed_group(self, target: Target) -> ManagedGroup | None: ...

    async def take(self, delivery: Delivery, body: str, ask: "Ask") -> None: ...

    async def stop(self, delivery: Delivery, state: State, words: str) -> None: ...

    async def decide_delivery(self, delivery: Delivery, new: State, words: str, real: datetime) -> bool: ...

    async def merge(self, deliveries: Sequence[int], into: Delivery) -> None: ...


Decide = Callable[[Any, Delivery, datetime], Awaitable[Body | Stop]]
Render = Callable[[str, Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Ask:
    """Who claims, for which channel. `only` limits a rehearsal to these targets; None means all. `persons`
    is False once the day's unasked private messages are spent (interfaces §5). `only_urgent`: in quiet hours
    and while all sending is held, nothing but alarms that cannot wait. `busy`: targets of calls under way."""

    channel: str
    instance: str
    now: datetime
    real: datetime
    only: frozenset[Target] | None = None
    persons: bool = True
    only_urgent: bool = False
    busy: frozenset[Target] = frozenset()


async def claim(tx: ClaimTx, ask: Ask, decide: Mapping[Kind, Decide], render: Render) -> Delivery | None:
    """The next delivery to send, with its text and a new fence; None when nothing is due."""
    if not ask.only_urgent and await tx.hold():
        ask = replace(ask, only_urgent=True)
    for _ in range(AT_ONCE):
        delivery = await tx.next_claimable(ask)
        if delivery is None:
            return None
        if delivery.shown > delivery.part:  # an echo that came after the attempt had been called lost
            shown = State.OBSERVED if delivery.is_last_part else State.PARTLY
            await tx.decide_delivery(delivery, shown, "平台已回显", ask.real)
            continue
        body = await _body(tx, delivery, ask.now, decide, render)
        if isinstance(body, Stop):
            await tx.stop(delivery, body.state, body.words)
            continue
        await tx.take(delivery, body, ask)
        return replace(delivery, body=body, fence=delivery.fence + 1, state=State.SENDING, claimed_at=ask.real)
    return None


async def _body(
    tx: ClaimTx, delivery: Delivery, now: datetime, decide: Mapping[Kind, Decide], render: Render
) -> str | Stop:
    verdict = await _verdict(tx, delivery, now, decide)
    if isinstance(verdict, Stop):
        return verdict
    if verdict is None:
        return delivery.body
    if verdict.covers:
        await tx.merge(verdict.covers, delivery)
    view = {"today": shanghai(now).date(), **verdict.view, "reference": delivery.reference}
    body = render(verdict.template, view)
    return render("pushes/again", {"body": body}) if delivery.again else body


async def _verdict(
    tx: ClaimTx, delivery: Delivery, now: datetime, decide: Mapping[Kind, Decide]
) -> Body | Stop | None:
    """None: the body stands, for some of its parts were shown already."""
    if delivery.expires_at <= now:
        some = f"，只发出第 1 至 {delivery.part} 条" if delivery.part else ""
        return Stop(State.EXPIRED, f"过期未发{some}")
    if delivery.target.place == "group":
        group = await tx.managed_group(delivery.target)
        if group is None or not group.wants(delivery.push.kind):
            return Stop(State.CANCELLED, "该群不再接收")
    return None if delivery.part else await decide[delivery.push.kind](tx, delivery, now)
