"""What every channel can do for the one door out; one folder a platform."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from core.pushes.models import Target
from core.pushes.states import Outcome


@dataclass(frozen=True, slots=True)
class Sent:
    """What one attempt came to: `words` are the platform's, for staff and the log."""

    outcome: Outcome
    words: str = ""
    message_id: str = ""


class Sighting(Enum):
    """Whether a reference stands in a conversation's history. ABSENT only where newer messages are shown."""

    FOUND = "found"
    ABSENT = "absent"
    UNCLEAR = "unclear"


class Channel(Protocol):
    """`outside` is False for a channel that leads to nobody but the person at this machine."""

    name: str
    outside: bool

    def is_online(self) -> bool: ...

    async def send(self, target: Target, text: str) -> Sent: ...

    async def find(self, target: Target, reference: str, since: datetime) -> Sighting: ...
