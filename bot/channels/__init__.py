"""What every channel can do for the one door out; one folder a platform."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.pushes.doubt import Sighting
from core.pushes.models import Target
from core.pushes.states import Outcome


@dataclass(frozen=True, slots=True)
class Sent:
    """What one attempt came to: `words` are the platform's, for staff and the log."""

    outcome: Outcome
    words: str = ""
    message_id: str = ""


@dataclass
class Health:
    """What is known of a channel's account, kept by its channel; moments are real time. `lost_at`: since when
    it cannot speak, with `why` in words for staff; `sent_at`: its last successful send; `heard_at`: the last
    sign of life, an event or a heartbeat; `told`: the platform itself said that the account is offline, so there
    is nothing to wait for (a socket that is gone may be back at once). A channel without an account (webhooks,
    mail) is online all the same, so that the next message tries again."""

    lost_at: datetime | None = None
    why: str = ""
    told: bool = False
    sent_at: datetime | None = None
    heard_at: datetime | None = None


class Channel(Protocol):
    """`outside` is False for a channel that leads to nobody but the person at this machine."""

    name: str
    outside: bool
    health: Health

    def is_online(self) -> bool: ...

    async def send(self, target: Target, text: str, at_all: bool = False) -> Sent:
        """Never raises. `at_all`: @全体 before it, where the platform still lets us."""
        ...

    async def find(self, target: Target, mark: str, since: datetime) -> Sighting:
        """Whether our own message with this mark stands in the conversation's history; never raises."""
        ...

    async def take_back(self, target: Target, message_id: str) -> bool:
        """True only if our own message surely is gone now; never raises."""
        ...


__all__ = ["Channel", "Health", "Sent", "Sighting"]
