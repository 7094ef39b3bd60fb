"""What the announcement of the yearly window says, asked at the moment of sending."""

from datetime import datetime
from typing import Protocol

from core.activities.use import local_day
from core.enrolment.models import Campaign
from core.pushes.models import Body, Delivery, Stop
from core.pushes.states import State


class Tx(Protocol):
    async def campaign(self, year: int) -> Campaign | None: ...


async def opened(tx: Tx, delivery: Delivery, now: datetime) -> Body | Stop:
    facts = delivery.push.facts
    campaign = await tx.campaign(facts["year"])
    if campaign is None or campaign.closes_on < local_day(now):
        return Stop(State.CANCELLED, "申请已结束")
    return Body("pushes/campaign.opened", {"campaign": campaign, **facts["words"]})
