"""What the pushes of this subject say, asked at the moment of sending."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.access import Account, Principal
from core.activities.models import RoundState, RoundView
from core.activities.own import OwnRound
from core.pushes.models import Body, Delivery, Stop, Target
from core.pushes.states import State

Part = Sequence[RoundView] | Sequence[OwnRound]


class Tx(Protocol):
    async def rounds_at(self, year: int, n: int, deadline: datetime) -> list[RoundView]: ...

    async def rounds_by_id(self, ids: list[int]) -> list[RoundView]: ...

    async def reminders_due(self, target: Target, now: datetime) -> list[Delivery]: ...

    async def principal(self, account: Account) -> Principal: ...

    async def own_rounds(
        self, who: Principal, year: int | None = None, n: int | None = None, *, deadline: datetime | None = None
    ) -> list[OwnRound]: ...


async def dispatched(tx: Tx, delivery: Delivery, now: datetime) -> Body | Stop:
    facts = delivery.push.facts
    views = [v for v in await tx.rounds_by_id(facts["rounds"]) if v.round.state is not RoundState.CANCELLED]
    if not views:
        return Stop(State.CANCELLED, "项目已取消")
    view = {"year": facts["year"], "n": facts["n"], "rounds": views}
    return Body("pushes/round.dispatched", view)


async def reminder(tx: Tx, delivery: Delivery, now: datetime) -> Body | Stop:
    """One message per target and moment: reminders of other deadlines that are due here now go along.
    Groups read counts, a person the names of what is open at its own labs."""
    personal = delivery.target.place == "private"
    part = await _part(tx, delivery, now)
    if isinstance(part, Stop):
        return part
    parts, covers = [part], []
    for other in await tx.reminders_due(delivery.target, now):
        if other.id == delivery.id or other.part or other.again > delivery.again:
            continue  # what was shown in part, or may be a second copy, must say so itself
        part = await _part(tx, other, now)
        if isinstance(part, Stop):
            continue
        covers.append(other.id)
        if part not in parts:
            parts.append(part)
    parts.sort(key=lambda views: views[0].deadline)
    name = "pushes/deadline.personal" if personal else "pushes/deadline.reminder"
    return Body(name, {"parts": parts}, tuple(covers))


async def _part(tx: Tx, delivery: Delivery, now: datetime) -> Part | Stop:
    facts = delivery.push.facts
    deadline = datetime.fromisoformat(facts["deadline"])
    if deadline <= now or delivery.expires_at <= now:
        return Stop(State.EXPIRED, "过期未发")
    of = _own_open if delivery.target.place == "private" else _still_open
    return await of(tx, delivery.target, facts["year"], facts["n"], deadline)


async def _still_open(tx: Tx, _target: Target, year: int, n: int, deadline: datetime) -> Part | Stop:
    views = await tx.rounds_at(year, n, deadline)
    if not views:
        return Stop(State.SUPERSEDED, "截止时间已变更")
    unfinished = [view for view in views if not view.tally.finished]
    return unfinished or Stop(State.CANCELLED, "全部已上报")


async def _own_open(tx: Tx, target: Target, year: int, n: int, deadline: datetime) -> Part | Stop:
    """What this person's labs have not reported; the delivery itself is the record that it was told."""
    who = await tx.principal(Account(target.channel, target.id))
    if not who.labs:
        return Stop(State.CANCELLED, "已解除绑定")
    rounds = await tx.own_rounds(who, year, n, deadline=deadline)
    if not rounds:
        return Stop(State.SUPERSEDED, "截止时间已变更")
    silent = [one for one in rounds if one.to_remind]
    return silent or Stop(State.CANCELLED, "已上报")
