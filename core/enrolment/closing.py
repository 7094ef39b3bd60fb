"""The yearly window before it closes: reminders 7, 3 and 1 days before its last day; and when it is extended."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from typing import Any, Protocol

from core.activities.use import local_day
from core.calendar import SHANGHAI
from core.enrolment.models import Campaign
from core.pushes.models import Body, Delivery, Kind, Planned, Stop, Target
from core.pushes.plan import Rules, Slot, Stage, in_time, slots_before
from core.pushes.states import State
from core.pushes.wanted import Wanted

STAGES, AT = Stage.parse_all("7d,3d,1d"), time(9)


class PlanTx(Protocol):
    async def campaigns_closing(self, now: datetime) -> list[Campaign]: ...


class SendTx(Protocol):
    async def campaign(self, year: int) -> Campaign | None: ...

    async def campaign_words(self, year: int) -> Mapping[str, str]: ...

    async def due_here(self, target: Target, kind: Kind, now: datetime) -> list[Delivery]: ...


async def closing_reminders(tx: PlanTx, rules: Rules, now: datetime) -> Wanted:
    campaigns = await tx.campaigns_closing(now)
    possible = frozenset(_key(one, slot.stage) for one in campaigns for slot in _slots(one, rules))
    return Wanted(Kind.CLOSING, plan_closing(campaigns, rules, now), possible)


def plan_closing(campaigns: Iterable[Campaign], rules: Rules, now: datetime) -> list[Planned]:
    planned = []
    for one in campaigns:
        for stage, due, expires in in_time(_slots(one, rules), end_of(one), rules, now):
            facts = {"year": one.year, "closes_on": one.closes_on.isoformat(), "stage": stage}
            planned.append(Planned(Kind.CLOSING, _key(one, stage), due, expires, facts))
    return planned


def _slots(campaign: Campaign, rules: Rules) -> list[Slot]:
    """None on the day it opens, or before."""
    last = datetime.combine(campaign.closes_on, AT, SHANGHAI).astimezone(UTC)
    return [slot for slot in slots_before(last, STAGES, rules) if local_day(slot.due) > campaign.opens_on]


def _key(campaign: Campaign, stage: str) -> str:
    return f"{Kind.CLOSING}:{campaign.year}:{campaign.closes_on.isoformat()}:{stage}"


def end_of(campaign: Campaign) -> datetime:
    return datetime.combine(campaign.closes_on, time(23, 59, 59), SHANGHAI).astimezone(UTC)


async def closing(tx: SendTx, delivery: Delivery, now: datetime) -> Body | Stop:
    facts = delivery.push.facts
    campaign = await tx.campaign(facts["year"])
    if campaign is None or campaign.closes_on.isoformat() != facts["closes_on"]:
        return Stop(State.SUPERSEDED, "申请时间已变更")
    if end_of(campaign) <= now:
        return Stop(State.CANCELLED, "申请已结束")
    view = {"campaign": campaign, **await tx.campaign_words(campaign.year)}
    return Body("pushes/campaign.closing", view)


async def extended(tx: SendTx, delivery: Delivery, now: datetime) -> Body | Stop:
    """Extended twice before anybody heard of it: one message, from the first end to the newest."""
    facts = delivery.push.facts
    campaign = await tx.campaign(facts["year"])
    if campaign is None or end_of(campaign) <= now:
        return Stop(State.CANCELLED, "申请已结束")
    waiting = [one for one in await tx.due_here(delivery.target, Kind.EXTENDED, now) if _joins(one, delivery)]
    old = min(one.push.facts["old"] for one in (*waiting, delivery))
    words = await tx.campaign_words(campaign.year)
    view: dict[str, Any] = {"campaign": campaign, "old": datetime.fromisoformat(old).date(), **words}
    return Body("pushes/campaign.extended", view, tuple(one.id for one in waiting))


def _joins(one: Delivery, delivery: Delivery) -> bool:
    unheard = not (one.part or one.again or delivery.again)
    return unheard and one.id != delivery.id and one.push.facts["year"] == delivery.push.facts["year"]
