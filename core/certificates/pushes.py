"""What the announcement of certificates says: nothing of any lab."""

from datetime import datetime
from typing import Protocol

from core.pushes.models import Body, Delivery, Stop, Target
from core.pushes.states import State


class Tx(Protocol):
    async def is_bound_with_certificates(self, target: Target, year: int) -> bool: ...


async def issued(tx: Tx, delivery: Delivery, now: datetime) -> Body | Stop:
    year = delivery.push.facts["year"]
    private = delivery.target.place == "private"
    if private and not await tx.is_bound_with_certificates(delivery.target, year):
        return Stop(State.CANCELLED, "已解除绑定")
    return Body("pushes/certificates.issued", {"year": year, "private": private})
