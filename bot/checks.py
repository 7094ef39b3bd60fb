"""What makes the value of a setting right, beyond its type; DomainError("settings/…") says what is wrong."""

import ipaddress
import re
from collections.abc import Iterable
from datetime import datetime, time
from urllib.parse import urlsplit

from bot.mailbox import Mailbox
from core.access import Account
from core.errors import DomainError

LEAST_SECRET = 16  # characters
LEAST_DISTINCT = 8  # characters: passwordpassword has 7


def accounts(value: list[str]) -> None:
    for text in value:
        Account.parse(text)


def addresses(value: list[str]) -> None:
    """A token in one would stand in the log wherever the address does."""
    if not all(re.fullmatch(r"wss?://\S+", url) for url in value):
        raise DomainError("settings/ws_urls")
    if any("access_token" in url or "@" in url for url in value):
        raise DomainError("settings/ws_token")


def is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def in_the_clear(addresses: Iterable[str]) -> list[str]:
    """Hosts elsewhere that are spoken to without encryption."""
    hosts = [urlsplit(url).hostname or "" for url in addresses if url.startswith(("ws://", "http://"))]
    return [host for host in hosts if not is_this_machine(host)]


def secret(key: str, value: str, example: str) -> None:
    """What is set is not to be guessed; DomainError("settings/weak_secret")."""
    if value == example:
        fault = "是示例中的写法"
    elif not (value.isascii() and value.isprintable()) or " " in value:
        fault = "含有英文字母、数字、符号以外的字符"
    elif len(value) < LEAST_SECRET:
        fault = f"不足 {LEAST_SECRET} 位"
    elif len(set(value)) < LEAST_DISTINCT or value.isdecimal():
        fault = "太简单"
    else:
        return
    raise DomainError("settings/weak_secret", key=key, fault=fault, least=LEAST_SECRET)


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
