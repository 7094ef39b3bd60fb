"""Attempts of unknown outcome: what a look into the history decides, what is left for people (architecture §4)."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from core.pushes.hold import Hold
from core.pushes.models import Delivery, Kind, Planned
from core.pushes.states import State

PATIENCE = 10  # times the wait for an unknown outcome, until staff are asked
ALARMED = tuple(timedelta(minutes=m) for m in (1, 10, 60))  # until an alarm in doubt goes once more
UNANSWERED = timedelta(minutes=30)  # then the last reminder before a deadline goes once more
TOLD_EVERY = timedelta(minutes=10)
TOLD_FOR = timedelta(days=1)
NAMED = 8  # references in one alarm


class Sighting(Enum):
    """Whether a mark stands in a conversation's history. ABSENT only where newer messages are shown."""

    FOUND = "found"
    ABSENT = "absent"
    UNCLEAR = "unclear"


def after_looking(
    delivery: Delivery, sighting: Sighting, real: datetime, unsure: timedelta, doubted: int = 1
) -> tuple[State, str] | None:
    """What becomes of an uncertain delivery, and why; None: look again later.

    Alarms are promised at least once, so one in doubt is sent again, after ever longer waits and not for ever;
    `doubted`: how many attempts at this part may have shown it.
    """
    if sighting is Sighting.FOUND:
        return (State.OBSERVED if delivery.is_last_part else State.PARTLY), "记录中已有"
    if sighting is Sighting.ABSENT:
        return State.READY, "记录中没有，重新发送"
    assert delivery.claimed_at is not None
    waited = real - delivery.claimed_at  # less than nothing if the clock was set back: no history tells then
    if delivery.push.kind is Kind.ALARM and doubted <= len(ALARMED):
        wait = ALARMED[max(doubted, 1) - 1]
        return None if timedelta(0) <= waited < wait else (State.READY, "无法核对，重新发送")
    if timedelta(0) <= waited < unsure * PATIENCE and delivery.target.place == "group":
        return None  # a silent group: somebody may yet write
    return State.NEEDS_STAFF, "无法核对是否已送达"


class DoubtTx(Protocol):
    async def hold(self) -> Hold | None: ...

    async def unanswered(self, since: datetime, now: datetime) -> list[Delivery]: ...

    async def decide_delivery(self, delivery: Delivery, new: State, words: str, real: datetime) -> bool: ...

    async def send_once_more(self, delivery: Delivery, words: str) -> bool: ...

    async def untold(self) -> list[Delivery]: ...

    async def note_told(self, deliveries: list[int]) -> None: ...

    async def has_push(self, key: str) -> bool: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...


async def send_last_once_more(tx: DoubtTx, now: datetime, real: datetime) -> None:
    """A reminder of the last stage that nobody decided on: a second copy is better than none (0 points).
    Not while all sending is held: then someone on the staff is at it."""
    if await tx.hold():
        return
    for delivery in await tx.unanswered(real - UNANSWERED, now):
        if delivery.part == 0 and is_last_stage(delivery):
            await tx.send_once_more(delivery, "30 分钟无人处理，再发一次")


def is_last_stage(delivery: Delivery) -> bool:
    """No stage follows, so it lasts until the deadline itself."""
    deadline = delivery.push.facts.get("deadline")
    return delivery.push.kind is Kind.REMINDER and delivery.expires_at == datetime.fromisoformat(deadline or "")


async def tell_staff(tx: DoubtTx, now: datetime, real: datetime) -> None:
    """One alarm for all that failed, is in doubt or expired since the last one: an outage is no flood."""
    key = f"{Kind.ALARM}:deliveries:{int(real.timestamp() // TOLD_EVERY.total_seconds())}"
    fallen = await tx.untold()
    if not fallen or await tx.has_push(key):
        return
    count = {
        str(state): sum(one.state is state for one in fallen) for state in dict.fromkeys(d.state for d in fallen)
    }
    facts = {"about": "deliveries", "count": count, "references": [one.reference for one in fallen[:NAMED]]}
    await tx.write_push(Planned(Kind.ALARM, key, now, now + TOLD_FOR, facts), now)
    await tx.note_told([one.id for one in fallen])
