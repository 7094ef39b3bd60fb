"""Alarms as pushes: what is written, and what is said when it is sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.access import agreements, roles
from core.pushes.models import Body, Delivery, Kind, Planned, Stop, Target
from core.pushes.states import State
from core.requests import pushes as requests
from core.watch.digest import DIGEST, digest_view
from core.watch.seen import About
from core.watch.troubles import Alarm, Stage

TOLD_FOR = timedelta(days=1)
_TROUBLES = frozenset(About)
_GONE = {About.OFFLINE: "该通道当时离线", About.BARRED: "该通道当时发不出去"}


class Tx(requests.Tx, Protocol):
    async def has_push(self, key: str) -> bool: ...


def trouble_alarm(alarm: Alarm, to: Sequence[Target], now: datetime) -> Planned:
    """To the staff groups of all platforms and to the conversations `to`; at once, whatever the hour."""
    return Planned(Kind.ALARM, alarm.key, now, now + TOLD_FOR, trouble_facts(alarm), to=tuple(to))


def trouble_facts(alarm: Alarm) -> dict[str, Any]:
    trouble = alarm.trouble
    return {
        "urgent": True,
        "about": str(trouble.about),
        "channel": trouble.channel,
        "since": trouble.since.isoformat(),
        "ended": trouble.well_at.isoformat() if alarm.stage is Stage.OVER and trouble.well_at else "",
        "stage": str(alarm.stage),
        "why": alarm.why,
        "waiting": alarm.waiting,
        "over": trouble.key(Stage.OVER),
    }


def trouble_view(facts: dict[str, Any]) -> dict[str, Any]:
    """What the template needs: moments instead of texts."""
    since, ended = (datetime.fromisoformat(facts[name]) if facts[name] else None for name in ("since", "ended"))
    return {**facts, "since": since, "ended": ended}


async def alarm(tx: Any, delivery: Delivery, now: datetime) -> Body | Stop:
    """What staff are told unasked: troubles of the program, the daily digest, and what waits for them."""
    facts = dict(delivery.push.facts)
    if facts["about"] == DIGEST:
        return Body("watch/digest", await digest_view(tx, now, facts.get("pending_days", 3)))
    if facts["about"] in _TROUBLES:
        return await _trouble(tx, facts, delivery.target.channel)
    if facts["about"] == "agreement":
        return await agreements.waits(tx, delivery, now)
    if facts["about"] == "staff":
        return roles.changed(facts)
    return await requests.alarm(tx, delivery, now)


async def _trouble(tx: Tx, facts: dict[str, Any], channel: str) -> Body | Stop:
    """That a channel can't speak can't be news in that channel: there they hear when it is over."""
    if facts["stage"] != Stage.OVER:
        if await tx.has_push(facts["over"]):
            return Stop(State.CANCELLED, "已恢复")
        if facts["about"] in _GONE and facts["channel"] == channel:
            return Stop(State.CANCELLED, _GONE[facts["about"]])
    return Body("watch/alarm", trouble_view(facts))
