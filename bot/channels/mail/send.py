"""The one door out towards mailboxes."""

from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import make_msgid

import aiosmtplib

from bot.channels import Health, Sent, Sighting
from bot.channels.mail.classify import classify
from bot.channels.ways import Ways
from bot.mailbox import Mailbox
from core.clock import Clock
from core.pushes.models import Target
from core.pushes.states import Outcome
from core.words import visible

PLATFORM = "mail"
TIMEOUT = 20.0


@dataclass
class MailChannel:
    box: Mailbox
    clock: Clock
    name: str = PLATFORM
    outside: bool = True
    health: Health = field(default_factory=Health)

    def __post_init__(self) -> None:
        self._ways = Ways(self.health)

    def is_online(self) -> bool:
        """Each message is a connection of its own."""
        return True

    async def send(self, target: Target, text: str, at_all: bool = False) -> Sent:
        sent = await self._send(target, text)
        self._ways.note(target.id, sent, self.clock.real())
        return sent

    async def _send(self, target: Target, text: str) -> Sent:
        box = self.box
        try:
            await aiosmtplib.send(
                _message(box, target.id, text),
                hostname=box.host,
                port=box.port,
                username=box.user,
                password=box.password,
                use_tls=box.tls,
                start_tls=box.starttls,
                timeout=TIMEOUT,
            )
        except Exception as fault:  # noqa: BLE001 - every failure of a send has an outcome class
            return Sent(*classify(fault))
        return Sent(Outcome.DELIVERED)

    async def find(self, target: Target, mark: str, since: datetime) -> Sighting:
        """Nobody's mailbox is ours to read."""
        return Sighting.UNCLEAR

    async def take_back(self, target: Target, message_id: str) -> bool:
        return False


def mailboxes(box: Mailbox | None) -> tuple[Target, ...]:
    """Who gets the alarms; named in the settings, so they are no managed groups."""
    return tuple(Target(PLATFORM, "private", address) for address in box.to) if box else ()


def _message(box: Mailbox, to: str, text: str) -> EmailMessage:
    """The first line is the subject, too."""
    text = visible(text)  # a header is one line, and what has no UTF-8 can't be sent
    message = EmailMessage()
    message["From"], message["To"] = box.sender, to
    message["Subject"] = f"质评助手：{text.split(chr(10), 1)[0][:60]}"
    message["Message-ID"] = make_msgid(domain=box.sender.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    message.set_content(text)
    return message
