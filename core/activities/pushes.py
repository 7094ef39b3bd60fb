"""What the pushes of this subject say, asked at the moment of sending."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from core.access import Account, Principal
from core.activities.models import RoundState, RoundView
from core.activities.own import OwnRound
from core.pushes.models import Body, Delivery, Stop, Target
from core.pushes.states import State

REMINDERS_OFF = "已关闭私聊提醒"
Part = Sequence[RoundView] | Sequence[OwnRound]
Moment = tuple[int, int, datetime]  # year, n, deadline


class Tx(Protocol):
    async def rounds_at_any(self, moments: Collection[Moment]) -> Mapping[Moment, Sequence[RoundView]]: ...

    async def rounds_by_id(self, ids: list[int]) -> list[RoundView]: ...

    async def reminders_due(self, target: Target, now: datetime) -> list[Delivery]: ...

    async def principal(self, account: Account) -> Principal: ...

    async def wants_reminders(self, who: Principal) -> bool: ...

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
    others = [one for one in await tx.reminders_due(delivery.target, now) if _goes_along(one, delivery)]
    found = await (_own_open if personal else _still_open)(tx, [delivery, *others], now)
    first = found[delivery.id]
    if isinstance(first, Stop):
        return first
    parts, covers = [first], []
    for other in others:
        part = found[other.id]
        if isinstance(part, Stop):
            continue
        covers.append(other.id)
        if part not in parts:
            parts.append(part)
    parts.sort(key=lambda views: views[0].deadline)
    name = "pushes/deadline.personal" if personal else "pushes/deadline.reminder"
    return Body(name, {"parts": parts}, tuple(covers))


def _goes_along(other: Delivery, delivery: Delivery) -> bool:
    """What was shown in part, or may be a second copy, must say so itself."""
    return other.id != delivery.id and not other.part and other.again <= delivery.again


def _moment(delivery: Delivery) -> Moment:
    facts = delivery.push.facts
    return facts["year"], facts["n"], datetime.fromisoformat(facts["deadline"])


async def _still_open(tx: Tx, due: Sequence[Delivery], now: datetime) -> dict[int, Part | Stop]:
    """By delivery; asked for all at once, because a group may be due thirty."""
    views = await tx.rounds_at_any({_moment(one) for one in due})
    return {one.id: _late(one, now) or _unfinished(views.get(_moment(one), ())) for one in due}


def _late(delivery: Delivery, now: datetime) -> Stop | None:
    return Stop(State.EXPIRED, "过期未发") if min(_moment(delivery)[2], delivery.expires_at) <= now else None


def _unfinished(views: Sequence[RoundView]) -> Part | Stop:
    if not views:
        return Stop(State.SUPERSEDED, "截止时间已变更")
    unfinished = [view for view in views if not view.tally.finished]
    return unfinished or Stop(State.CANCELLED, "全部已上报")


async def _own_open(tx: Tx, due: Sequence[Delivery], now: datetime) -> dict[int, Part | Stop]:
    """What this person's labs have not reported; the delivery itself is the record that it was told."""
    who = await tx.principal(Account(due[0].target.channel, due[0].target.id))
    if not await tx.wants_reminders(who):
        return {one.id: Stop(State.CANCELLED, REMINDERS_OFF) for one in due}
    return {one.id: _late(one, now) or await _own_at(tx, who, *_moment(one)) for one in due}


async def _own_at(tx: Tx, who: Principal, year: int, n: int, deadline: datetime) -> Part | Stop:
    if not who.labs:
        return Stop(State.CANCELLED, "已解除绑定")
    rounds = await tx.own_rounds(who, year, n, deadline=deadline)
    if not rounds:
        return Stop(State.SUPERSEDED, "截止时间已变更")
    silent = [one for one in rounds if one.to_remind]
    return silent or Stop(State.CANCELLED, "已上报")
