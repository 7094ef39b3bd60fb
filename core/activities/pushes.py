"""What the pushes of this subject say, asked at the moment of sending."""

from datetime import datetime
from typing import Protocol

from core.activities.models import RoundState, RoundView
from core.pushes.models import Body, Delivery, Stop, Target
from core.pushes.states import State


class Tx(Protocol):
    async def rounds_at(self, year: int, n: int, deadline: datetime) -> list[RoundView]: ...

    async def rounds_by_id(self, ids: list[int]) -> list[RoundView]: ...

    async def reminders_due(self, target: Target, now: datetime) -> list[Delivery]: ...


async def dispatched(tx: Tx, delivery: Delivery, now: datetime) -> Body | Stop:
    facts = delivery.push.facts
    views = [v for v in await tx.rounds_by_id(facts["rounds"]) if v.round.state is not RoundState.CANCELLED]
    if not views:
        return Stop(State.CANCELLED, "项目已取消")
    view = {"year": facts["year"], "n": facts["n"], "rounds": views}
    return Body("pushes/round.dispatched", view)


async def reminder(tx: Tx, delivery: Delivery, now: datetime) -> Body | Stop:
    """One message per target and moment: reminders of other deadlines that are due here now go along."""
    own = await _still_open(tx, delivery, now)
    if isinstance(own, Stop):
        return own
    parts, covers = [own], []
    for other in await tx.reminders_due(delivery.target, now):
        if other.id == delivery.id:
            continue
        part = await _still_open(tx, other, now)
        if isinstance(part, Stop):
            continue
        covers.append(other.id)
        if part not in parts:
            parts.append(part)
    parts.sort(key=lambda views: views[0].deadline)
    return Body("pushes/deadline.reminder", {"parts": parts}, tuple(covers))


async def _still_open(tx: Tx, delivery: Delivery, now: datetime) -> list[RoundView] | Stop:
    facts = delivery.push.facts
    deadline = datetime.fromisoformat(facts["deadline"])
    if deadline <= now or delivery.expires_at <= now:
        return Stop(State.EXPIRED, "过期未发")
    views = await tx.rounds_at(facts["year"], facts["n"], deadline)
    if not views:
        return Stop(State.SUPERSEDED, "截止时间已变更")
    unfinished = [view for view in views if not view.tally.finished]
    return unfinished or Stop(State.CANCELLED, "全部已上报")
