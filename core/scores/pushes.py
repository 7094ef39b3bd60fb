"""What the announcement of scores says: programmes to groups, nothing to a person but that there is something."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.activities.models import RoundView
from core.pushes.models import Body, Delivery, Stop, Target
from core.pushes.states import State
from core.scores.models import Release


class Tx(Protocol):
    async def rounds_by_id(self, ids: list[int]) -> list[RoundView]: ...

    async def releases(self, rounds: Sequence[int]) -> list[Release]: ...

    async def is_bound_with_scores(self, target: Target, rounds: Sequence[int]) -> bool: ...


async def released(tx: Tx, delivery: Delivery, now: datetime) -> Body | Stop:
    facts = delivery.push.facts
    visible = {one.round_id for one in await tx.releases(facts["rounds"]) if one.released_at}
    names = [view.name for view in await tx.rounds_by_id(facts["rounds"]) if view.round.id in visible]
    if not names:
        return Stop(State.CANCELLED, "项目已取消")
    private = delivery.target.place == "private"
    if private and not await tx.is_bound_with_scores(delivery.target, facts["rounds"]):
        return Stop(State.CANCELLED, "已解除绑定")
    view = {"year": facts["year"], "n": facts["n"], "names": names, "private": private}
    return Body("pushes/scores.released", view)
