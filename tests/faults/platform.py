"""A platform within the process, for what would be too slow over a wire: it shows, keeps, answers as it likes."""

import asyncio
import random
from collections.abc import Sequence

from bot.channels import Health, Sent, Sighting
from core.pushes.models import Target
from core.pushes.states import Outcome

ENDS = [
    (True, Sent(Outcome.DELIVERED, message_id="1")),
    (True, Sent(Outcome.UNKNOWN, "超时")),
    (False, Sent(Outcome.UNKNOWN, "超时")),
    (False, Sent(Outcome.NOT_SENT, "1200 result 120")),
]


class Platform:
    """Everything shown can be found again; `ends` are drawn from by `chance`."""

    name, outside = "qq", True

    def __init__(self, chance: random.Random, ends: Sequence[tuple[bool, Sent]] = ENDS) -> None:
        self.health, self.shown = Health(), list[tuple[Target, str]]()
        self._chance, self._ends = chance, ends

    def is_online(self) -> bool:
        return True

    async def send(self, target: Target, text: str, at_all: bool = False) -> Sent:
        shows, answer = self._chance.choice(self._ends)
        await asyncio.sleep(self._chance.random() / 1000)
        if shows:
            self.shown.append((target, text))
        await asyncio.sleep(self._chance.random() / 1000)
        return answer

    async def find(self, target: Target, mark: str, since: object) -> Sighting:
        await asyncio.sleep(0)
        found = any(where == target and mark in text for where, text in self.shown)
        return Sighting.FOUND if found else Sighting.ABSENT

    async def take_back(self, target: Target, message_id: str) -> bool:
        return False
