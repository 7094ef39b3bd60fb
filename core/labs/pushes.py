"""What the pushes of this subject say: names of units, never a digit of a code."""

from datetime import datetime

from core.pushes.models import Body, Delivery, Stop


async def assigned(_tx: object, delivery: Delivery, now: datetime) -> Body | Stop:
    return Body("pushes/application.assigned", {"units": delivery.push.facts["units"]})
