"""One member of a chat group, as last read or imported."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Member:
    """`role`: owner, admin, member or robot. `card` is empty where none was set."""

    account: str
    card: str = ""
    nickname: str = ""
    role: str = "member"
    joined_at: datetime | None = None
