"""`smtp://user:pass@host:587/?from=a@b&to=c@d`: one setting for a mailbox and who gets the alarms."""

import re
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from core.errors import DomainError

_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """`to` may be several. A password never leaves this machine in clear: where there is one, TLS is a must."""

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    tls: bool
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """DomainError("settings/smtp_url") on anything else."""
        try:
            url = urlsplit(text.strip())
            port = url.port or _PORTS[url.scheme]
        except (ValueError, KeyError) as fault:
            raise DomainError("settings/smtp_url") from fault
        query = parse_qs(url.query)
        sender = query.get("from", [""])[0]
        to = tuple(one.strip() for value in query.get("to", []) for one in value.split(",") if one.strip())
        if not url.hostname or not to or not all(_ADDRESS.fullmatch(one) for one in (sender, *to)):
            raise DomainError("settings/smtp_url")
        user, password = (unquote(part) if part else None for part in (url.username, url.password))
        return cls(url.hostname, port, sender, to, url.scheme == "smtps", user, password)

    @property
    def starttls(self) -> bool | None:
        """True: or nothing is sent; None: where the server offers it."""
        if self.tls:
            return False
        return True if self.user and self.host not in _LOOPBACK else None
