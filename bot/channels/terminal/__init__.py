"""The terminal as a channel: people are personas, groups are printed headings. Leads to nobody outside."""

from collections.abc import Callable
from datetime import datetime

from bot.channels import Health, Sent, Sighting
from core.pushes.models import Target
from core.pushes.states import Outcome

PLATFORM = "terminal"


class TerminalChannel:
    outside = False

    def __init__(self, show: Callable[[Target, str], None], name: str = PLATFORM) -> None:
        self.name, self.health = name, Health()
        self._show = show
        self._shown: set[str] = set()

    def is_online(self) -> bool:
        return True

    async def send(self, target: Target, text: str, at_all: bool = False) -> Sent:
        self._shown.add(text)
        self._show(target, text)
        return Sent(Outcome.DELIVERED)

    async def find(self, target: Target, mark: str, since: datetime) -> Sighting:
        return Sighting.FOUND if any(mark in text for text in self._shown) else Sighting.ABSENT

    async def take_back(self, target: Target, message_id: str) -> bool:
        return False
