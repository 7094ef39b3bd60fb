"""What the announcement of certificates says: programmes to groups, nothing of any lab."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.activities.models import Programme
from core.pushes.models import Body, Delivery, Stop, Target
from core.pushes.states import State


class Tx(Protocol):
    async def programmes(self, year: int) -> list[Programme]: ...

    async def is_bound_with_certificates(self, target: Target, programmes: Sequence[int]) -> bool: ...


async def issued(tx: Tx, delivery: Delivery, now: datetime) -> Body | Stop:
    year, ids = delivery.push.facts["year"], delivery.push.facts["programmes"]
    private = delivery.target.place == "private"
    if private and not await tx.is_bound_with_certificates(delivery.target, ids):
        return Stop(State.CANCELLED, "已解除绑定")
    names = [one.name for one in await tx.programmes(year) if one.id in ids]
    return Body("pushes/certificates.issued", {"year": year, "names": names, "private": private})
