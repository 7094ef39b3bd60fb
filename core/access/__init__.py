"""Who is asking: chat accounts, staff roles, and the `Principal` that only the door makes."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from core.errors import DomainError


class Role(IntEnum):
    """Rows of the staff table; nothing that a group can edit grants one (style, habit 7)."""

    NONE = 0
    VIEWER = 1
    OPERATOR = 2
    ADMIN = 3

    @classmethod
    def parse(cls, word: str) -> "Role":
        try:
            return STAFF_ROLES[word.strip().lower()]
        except KeyError as fault:
            raise DomainError("access/role", value=word) from fault


STAFF_ROLES = {role.name.lower(): role for role in Role if role is not Role.NONE}


@dataclass(frozen=True, slots=True)
class Account:
    """One chat account, written `qq:10001`."""

    platform: str
    id: str

    @classmethod
    def parse(cls, text: str) -> "Account":
        platform, colon, ident = text.strip().partition(":")
        plain = ident.isdecimal() if platform.lower() == "qq" else not any(c.isspace() for c in ident)
        if not (colon and platform.isalnum() and ident and plain and len(ident) <= 128):
            raise DomainError("access/account", value=text)
        return cls(platform.lower(), ident)

    def __str__(self) -> str:
        return f"{self.platform}:{self.id}"

    @property
    def masked(self) -> str:
        """QQ 300****01: enough for its owner to know it."""
        shown = f"{self.id[:3]}****{self.id[-2:]}" if len(self.id) > 6 else f"{self.id[:1]}****"
        return f"{self.platform.upper()} {shown}"


@dataclass(frozen=True, slots=True)
class Principal:
    """The asker as far as it was proved; a card or a name proves nothing.

    `labs` are ids of bound labs; `applied` of labs whose application names this account: their code may
    be told to it (domain §7), nothing else.
    """

    account: Account
    role: Role = Role.NONE
    labs: frozenset[int] = frozenset()
    applied: frozenset[int] = frozenset()

    @property
    def is_staff(self) -> bool:
        return self.role > Role.NONE

    def may_see(self, lab: int) -> bool:
        """Scores, submissions, receipts, certificates of a lab (domain §7)."""
        return self.is_staff or lab in self.labs

    def may_see_code(self, lab: int) -> bool:
        return self.may_see(lab) or lab in self.applied


class PlaceKind(StrEnum):
    PRIVATE = "private"
    GROUP = "group"
    TEMPORARY = "temporary"  # QQ's session out of a group, without friendship: grants nothing


# Names of kinds of pushes (interfaces §7).
ALARM = "staff.alarm"
DECIDED = "request.decided"


@dataclass(frozen=True, slots=True)
class ManagedGroup:
    """A group that is spoken to unasked; `receives` empty means every kind. Alarms go to the staff groups, to all
    of them (interfaces §1), and to no other. An answer goes wherever somebody has asked."""

    platform: str
    id: str
    name: str
    staff: bool = False
    receives: tuple[str, ...] = ()

    def wants(self, kind: str) -> bool:
        if kind == ALARM:
            return self.staff
        if kind == DECIDED:
            return True
        return not self.receives or kind in self.receives
