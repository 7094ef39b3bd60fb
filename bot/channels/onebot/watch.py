"""How the account is, out of what QQ tells by itself: notices, heartbeats, connections."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.channels import Health

MISSED = 3  # heartbeats in a row
QUIET = timedelta(minutes=5)  # without a word of any kind; then we ask
ASK_AGAIN = timedelta(seconds=30)  # while it is said to be off line, whatever else is heard
ASK_SOON = timedelta(seconds=10)  # if messages come in nevertheless
STALE = timedelta(seconds=120)  # an event told again, or late; as old as a command may be
GONE, SILENT, OFFLINE = "未连接", "心跳中断", "账号已下线"


class Watch:
    """Keeps a `Health`; moments are real time. `link`: whatever is another object after each new connection."""

    def __init__(self, health: Health) -> None:
        self.health = health
        self._link: object | None = None
        self._pulse: timedelta | None = None
        self._asked_at: datetime | None = None
        self._spoke = False  # a message came in since it is said to be off line

    def looks_well(self, link: object | None, now: datetime) -> bool:
        """Whether the account can speak, as far as anybody told us."""
        if link is None:
            self._lose(GONE, now)
            return False
        self._meet(link, now)
        heard = self.health.heard_at
        if self._pulse and heard and now - heard > self._pulse * MISSED:
            self._lose(SILENT, now)
        return self.health.lost_at is None

    def hear(self, event: Mapping[str, Any], link: object, now: datetime) -> None:
        """An event of any kind, as it came over this connection."""
        self._meet(link, now)
        self.health.heard_at = now
        if self.health.why == SILENT:
            self._return()
        if event.get("meta_event_type") == "heartbeat":
            self._beat(event, now)
        elif event.get("post_type") in ("message", "message_sent"):
            self._spoke = self.health.lost_at is not None
        elif event.get("notice_type") == "bot_offline" and is_fresh(event, now):
            self._lose("：".join(filter(None, (OFFLINE, str(event.get("message") or "")[:200]))), now)

    def wants_asking(self, now: datetime) -> bool:
        """How it is: after a long silence, and while it is said to be off line, for nobody need tell us that it
        came back."""
        heard, lost = self.health.heard_at, self.health.lost_at
        if heard is None or now - heard >= QUIET:
            return True
        if lost is None:
            return False
        return now - max(lost, self._asked_at or lost) >= (ASK_SOON if self._spoke else ASK_AGAIN)

    def ask(self, now: datetime) -> None:
        """It is being asked now."""
        self._asked_at = now

    def answer(self, status: object, link: object, now: datetime) -> None:
        """What it said of itself; where it cannot say (None), messages that come in are taken for a yes."""
        online = _online(status)
        spoke = self._spoke and online is None
        self.hear({"meta_event_type": "heartbeat", "status": {"online": True} if spoke else status}, link, now)

    def miss(self, now: datetime) -> None:
        """It was asked how it is, and did not answer."""
        self._lose(SILENT, now)

    def _meet(self, link: object, now: datetime) -> None:
        """A new connection is a new beginning; what became of the account its heartbeats tell."""
        if link is not self._link:
            self._link, self._pulse, self.health.heard_at = link, None, now
            self._return()

    def _beat(self, event: Mapping[str, Any], now: datetime) -> None:
        interval, online = event.get("interval"), _online(event.get("status"))
        if isinstance(interval, int) and interval > 0:
            self._pulse = timedelta(milliseconds=interval)
        if online is True:
            self._return()
        elif online is False:  # null says nothing
            self._lose(OFFLINE, now)

    def _lose(self, why: str, now: datetime) -> None:
        """The first moment stands, and the words that say most."""
        health = self.health
        health.lost_at = health.lost_at or now
        health.told = health.told or why.startswith(OFFLINE)
        if not health.why or (why.startswith(OFFLINE) and len(why) > len(health.why)):
            health.why = why

    def _return(self) -> None:
        self.health.lost_at, self.health.why, self.health.told = None, "", False
        self._asked_at, self._spoke = None, False


def _online(status: object) -> object:
    return status.get("online") if isinstance(status, Mapping) else None


def is_fresh(event: Mapping[str, Any], now: datetime) -> bool:
    """By its own time; one that bears none is taken as it comes."""
    at = event.get("time")
    return not isinstance(at, int) or now.timestamp() - at <= STALE.total_seconds()
