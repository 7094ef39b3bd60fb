"""查重: whether a unit has applied before; applying a second time loses data (guide part 1)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from core.labs.models import Application
from core.labs.names import unit_key


class Borne(StrEnum):
    """What a name is to the lab that bears it."""

    OFFICIAL = "official"
    SHORT = "short"
    FORMER = "former"


@dataclass(frozen=True, slots=True)
class Known:
    """A lab of the roster, and the name by which it was found, as the roster writes it."""

    name: str
    place: str
    borne: Borne
    called: str


@dataclass(frozen=True, slots=True)
class Dates:
    """Of what days the lists are that an answer rests on; None: never imported, so nothing is known from it."""

    roster: datetime | None
    applications: datetime | None

    @property
    def same(self) -> bool:
        return self.roster is not None and self.roster == self.applications


class NamesTx(Protocol):
    async def labs_bearing(self, key: str) -> list[Known]: ...

    async def applications_named(self, key: str) -> list[Application]: ...

    async def list_dates(self) -> Dates: ...


class Names(Protocol):
    """The names of all units, of the roster and of applications that wait: kept in memory by whoever serves the
    questions."""

    async def near(self, tx: Any, unit: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Answer of 查重: `existing`, else `pending` (unit, since when), else `near` names. Never a code."""

    unit: str
    existing: tuple[Known, ...]
    pending: tuple[tuple[str, date], ...]
    near: tuple[str, ...]
    dates: Dates

    @property
    def names(self) -> list[str]:
        """Different official names, where what was asked means several."""
        return list(dict.fromkeys(one.name for one in self.existing))


async def check_duplicate(tx: NamesTx, names: Names, unit: str) -> Duplicate:
    key = unit_key(unit)
    existing = tuple(await tx.labs_bearing(key))
    waiting = [one for one in await tx.applications_named(key) if one.pending]
    pending = dict((one.unit, one.since) for one in reversed(waiting))  # the earliest of each
    found = existing or pending
    near = () if found else await names.near(tx, unit)
    return Duplicate(unit, existing, tuple(pending.items()), tuple(near), await tx.list_dates())
