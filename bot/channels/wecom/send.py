"""The one door out towards WeCom groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp

from bot.channels import Health, Sent, Sighting
from bot.channels.wecom.classify import classify, classify_fault
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

    def is_online(self) -> bool:
        """Each call is a connection of its own."""
        return True

    async def send(self, target: Target, text: str, at_all: bool = False) -> Sent:
        address = self.webhooks.get(target.id)
        if address is None or target.place != "group":
            return Sent(Outcome.REFUSED, "EQABOT_WECOM_WEBHOOKS 中没有这个群")
        body = {"msgtype": "text", "text": {"content": text, **({"mentioned_list": ["@all"]} if at_all else {})}}
        try:
            outcome, words = await _post(address, body)
        except Exception as fault:  # noqa: BLE001 - every failure of a send has an outcome class
            outcome, words = classify_fault(fault)
        if outcome is Outcome.DELIVERED:
            self.health.sent_at = self.clock.real()
        return Sent(outcome, words)

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
