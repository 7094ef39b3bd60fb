"""How the account is, out of what QQ tells by itself: notices, heartbeats, connections."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.channels import Health

MISSED = 3  # heartbeats in a row
QUIET = timedelta(minutes=5)  # without a word of any kind; then we ask
GONE, SILENT, OFFLINE = "未连接", "心跳中断", "账号已下线"


class Watch:
    """Keeps a `Health`; moments are real time. `link`: whatever is another object after each new connection."""

    def __init__(self, health: Health) -> None:
        self.health = health
        self._link: object | None = None
        self._pulse: timedelta | None = None

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
        elif event.get("notice_type") == "bot_offline":
            self._lose("：".join(filter(None, (OFFLINE, str(event.get("message") or "")[:200]))), now)

    def is_silent(self, now: datetime) -> bool:
        return self.health.heard_at is None or now - self.health.heard_at >= QUIET

    def miss(self, now: datetime) -> None:
        """It was asked how it is, and did not answer."""
        self._lose(SILENT, now)

    def _meet(self, link: object, now: datetime) -> None:
        """A new connection is a new beginning; what became of the account its heartbeats tell."""
        if link is not self._link:
            self._link, self._pulse, self.health.heard_at = link, None, now
            self._return()

    def _beat(self, event: Mapping[str, Any], now: datetime) -> None:
        interval, status = event.get("interval"), event.get("status")
        online = status.get("online") if isinstance(status, Mapping) else None
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
