"""The one door out towards WeCom groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp

from bot.channels import Health, Sent, Sighting
from bot.channels.ways import Ways
from bot.channels.wecom.classify import OF_THE_WAY, UNNAMED, classify, classify_fault
from core.clock import Clock
from core.pushes.models import Target
from core.pushes.states import Outcome

PLATFORM = "wecom"
TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)


@dataclass
class WecomChannel:
    """`webhooks`: name of a group → its robot's address, whose key is a secret: it stands in no repr or log."""

    webhooks: Mapping[str, str] = field(repr=False)
    clock: Clock
    name: str = PLATFORM
    outside: bool = True
    health: Health = field(default_factory=Health)

    def __post_init__(self) -> None:
        self._ways = Ways(self.health)

    def is_online(self) -> bool:
        """Each call is a connection of its own."""
        return True

    async def send(self, target: Target, text: str, at_all: bool = False) -> Sent:
        sent = await self._send(target, text, at_all)
        refused = sent.outcome is Outcome.REFUSED and sent.words not in OF_THE_WAY
        self._ways.note(target.id, sent, self.clock.real(), of_message=refused)
        return sent

    async def _send(self, target: Target, text: str, at_all: bool) -> Sent:
        address = self.webhooks.get(target.id)
        if address is None or target.place != "group":
            return Sent(Outcome.REFUSED, UNNAMED)
        said = {"content": text.replace("<@", "＜@")}  # which would call somebody by his user id
        body = {"msgtype": "text", "text": {**said, **({"mentioned_list": ["@all"]} if at_all else {})}}
        try:
            return Sent(*await _post(address, body))
        except Exception as fault:  # noqa: BLE001 - every failure of a send has an outcome class
            return Sent(*classify_fault(fault))

    async def find(self, target: Target, mark: str, since: datetime) -> Sighting:
        """A robot sees no history."""
        return Sighting.UNCLEAR

    async def take_back(self, target: Target, message_id: str) -> bool:
        return False


async def _post(address: str, body: Mapping[str, object]) -> tuple[Outcome, str]:
    """A redirect is not followed: it would carry the key elsewhere."""
    async with (
        aiohttp.ClientSession(timeout=TIMEOUT) as session,
        session.post(address, json=body, allow_redirects=False) as response,
    ):
        try:
            answer = await response.json(content_type=None)
        except ValueError:
            answer = None
        return classify(response.status, answer if isinstance(answer, dict) else None)
