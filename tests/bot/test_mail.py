"""Mail as a second way: addresses, what a server's answers mean, and what arrives."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP

from bot.channels.mail import send
from bot.channels.mail.classify import classify
from bot.channels.mail.send import MailChannel, mailboxes
from bot.mailbox import Mailbox
from core.clock import SystemClock
from core.errors import DomainError
from core.pushes.models import Target
from core.pushes.states import Outcome
from tests.e2e.process import free_port

TEXT = "【告警】QQ 账号离线\n请按顺序处理：\n1. 打开管理页面\n〔通知 26-100001-1〕"


class Office:
    """A mail server; `reply` is what it says to each message."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.reply, self.to_recipient = "250 OK", "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.reply == "deaf":
            await asyncio.sleep(60)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.got.append(message)
        return self.reply


@pytest.fixture
async def office() -> AsyncIterator[tuple[Office, int]]:
    office = Office()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(office, loop=loop, enable_SMTPUTF8=True), "127.0.0.1", 0)
    yield office, server.sockets[0].getsockname()[1]
    server.close()


def channel(port: int, more: str = "") -> MailChannel:
    box = Mailbox.parse(f"smtp://{more}127.0.0.1:{port}/?from=bot@example.org&to=duty@example.org")
    return MailChannel(box, SystemClock())


DUTY = Target("mail", "private", "duty@example.org")


async def test_an_alarm_arrives_with_its_first_line_as_subject(office: tuple[Office, int]) -> None:
    line = channel(office[1])
    assert (await line.send(DUTY, TEXT)).outcome is Outcome.DELIVERED
    (message,) = office[0].got
    assert message["Subject"] == "质评助手：【告警】QQ 账号离线"
    assert (message["From"], message["To"]) == ("bot@example.org", "duty@example.org")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().splitlines() == TEXT.splitlines()
    assert line.health.sent_at is not None


@pytest.mark.parametrize(
    ("reply", "outcome", "words"),
    [
        ("550 no such user", Outcome.REFUSED, "邮件服务器拒收（550）"),
        ("451 try later", Outcome.NOT_SENT, "邮件服务器暂不接收（451）"),
    ],
)
async def test_what_the_server_says(office: tuple[Office, int], reply: str, outcome: Outcome, words: str) -> None:
    office[0].reply = reply
    sent = await channel(office[1]).send(DUTY, TEXT)
    assert (sent.outcome, sent.words) == (outcome, words)
    office[0].reply, office[0].to_recipient = "250 OK", reply
    sent = await channel(office[1]).send(DUTY, TEXT)
    assert (sent.outcome, sent.words) == (outcome, words)


async def test_a_mailbox_that_refuses_is_known_until_it_takes_mail_again(office: tuple[Office, int]) -> None:
    line = channel(office[1])
    office[0].reply = "451 try later"
    await line.send(DUTY, TEXT)
    assert (line.health.why, line.health.told) == ("邮件服务器暂不接收（451）", False)  # may be over soon
    since = line.health.lost_at
    office[0].reply = "550 no such user"
    await line.send(DUTY, TEXT)
    assert (line.health.lost_at, line.health.why) == (since, "邮件服务器拒收（550）")
    assert line.health.told
    office[0].reply = "250 OK"
    await line.send(DUTY, TEXT)
    assert (line.health.lost_at, line.health.why, line.health.told) == (None, "", False)


async def test_nobody_there_is_not_sent_and_no_answer_is_unknown(
    office: tuple[Office, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = await channel(free_port()).send(DUTY, TEXT)
    assert (refused.outcome, refused.words) == (Outcome.NOT_SENT, "连不上邮件服务器")
    monkeypatch.setattr(send, "TIMEOUT", 0.3)
    office[0].reply = "deaf"
    silent = await channel(office[1]).send(DUTY, TEXT)
    assert (silent.outcome, silent.words) == (Outcome.UNKNOWN, "连接中断或超时")


def test_a_failed_login_names_the_setting() -> None:
    assert classify(aiosmtplib.SMTPAuthenticationError(535, "canary")) == (
        Outcome.NOT_SENT,
        "邮箱登录失败（535），请核对 EQABOT_SMTP_URL",
    )


def test_an_address_is_read_whole() -> None:
    box = Mailbox.parse("smtps://bot%40example.org:p%3Aw@mail.example.org/?from=a@example.org&to=b@x.org,c@x.org")
    assert (box.host, box.port, box.tls) == ("mail.example.org", 465, True)
    assert (box.user, box.password, box.sender) == ("bot@example.org", "p:w", "a@example.org")
    assert [target.id for target in mailboxes(box)] == ["b@x.org", "c@x.org"]
    assert "p:w" not in repr(box)


@pytest.mark.parametrize(
    ("text", "starttls"),
    [
        ("smtp://u:p@mail.example.org/", True),  # a password never goes in clear
        ("smtp://mail.example.org/", None),
        ("smtp://u:p@127.0.0.1:25/", None),
        ("smtps://u:p@mail.example.org/", False),
    ],
)
def test_a_password_wants_tls(text: str, starttls: bool | None) -> None:
    assert Mailbox.parse(f"{text}?from=a@x.org&to=b@x.org").starttls is starttls


@pytest.mark.parametrize(
    "text",
    [
        "http://x/?from=a@x.org&to=b@x.org",
        "smtp://mail.example.org/",
        "smtp://mail.example.org/?from=a@x.org&to=nobody",
        "smtp:///?from=a@x.org&to=b@x.org",
        "smtp://mail.example.org:99999/?from=a@x.org&to=b@x.org",
        "mail.example.org",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(DomainError, match="settings/smtp_url"):
        Mailbox.parse(text)
