"""All sending held: by staff (暂停推送), or after a restore until staff say so (interfaces §1)."""

from dataclasses import dataclass
from datetime import datetime

from core.access import Account


@dataclass(frozen=True, slots=True)
class Hold:
    """`by` is an account. After a restore `backup_at` is the moment of the copy: what was due since may have
    been sent by the program that was lost."""

    since: datetime
    by: str
    backup_at: datetime | None = None
    reason: str = ""

    @property
    def masked(self) -> str:
        """Who holds; nobody where the program itself does, or who did is erased."""
        platform, colon, ident = self.by.partition(":")
        return Account(platform, ident).masked if colon and platform != "cli" else ""


@dataclass(frozen=True, slots=True)
class Queue:
    """Deliveries whose time has come: how many wait to be sent to groups and to persons, how many for staff."""

    groups: int = 0
    persons: int = 0
    doubtful: int = 0

    @property
    def waiting(self) -> int:
        return self.groups + self.persons
