"""One member of a chat group, as last read or imported."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Member:
    """`role`: owner, admin, member or robot. `card` is empty where none was set; it may show a lab code, so it
    stays out of a `repr`."""

    account: str
    card: str = field(default="", repr=False)
    nickname: str = field(default="", repr=False)
    role: str = "member"
    joined_at: datetime | None = None
