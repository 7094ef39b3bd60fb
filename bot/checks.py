"""What makes the value of a setting right, beyond its type; DomainError("settings/…") says what is wrong."""

import re
from datetime import datetime, time

from bot.mailbox import Mailbox
from core.access import Account
from core.errors import DomainError


def accounts(value: list[str]) -> None:
    for text in value:
        Account.parse(text)


def addresses(value: list[str]) -> None:
    if not all(re.fullmatch(r"wss?://\S+", url) for url in value):
        raise DomainError("settings/ws_urls")


def clock_time(value: str) -> time | None:
    """Of the daily digest; empty means none."""
    if not value:
        return None
    try:
        return datetime.strptime(value, "%H:%M").time()  # noqa: DTZ007 - a time of day
    except ValueError as fault:
        raise DomainError("settings/digest_at") from fault


def hosts(value: list[str]) -> None:
    """Names of machines alone: no scheme, port, path or number."""
    if not all(re.fullmatch(r"(?!-)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}", host) for host in value):
        raise DomainError("settings/file_hosts")


def webhooks(value: dict[str, str]) -> None:
    names_fit = all(name and not any(c.isspace() for c in name) for name in value)
    if not names_fit or not all(re.fullmatch(r"https?://\S+[?&]key=\S+", url) for url in value.values()):
        raise DomainError("settings/webhooks")


def web_address(value: str) -> None:
    if value and not re.fullmatch(r"https?://\S+", value):
        raise DomainError("settings/web_address")


def mailbox(value: str) -> None:
    if value:
        Mailbox.parse(value)


def pattern(value: str) -> None:
    try:
        re.compile(value)
    except re.error as fault:
        raise DomainError("settings/pattern") from fault
