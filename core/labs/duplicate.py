"""查重: whether a unit has applied before; applying a second time loses data (guide part 1)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Protocol

from core.labs.asking import units_in
from core.labs.models import Application
from core.labs.names import unit_key

AT_ONCE: Final = 3  # units in one question


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


@dataclass(frozen=True, slots=True)
class Near:
    """Names that may be meant, and how many more there are."""

    names: tuple[str, ...] = ()
    more: int = 0


class Names(Protocol):
    """The names of all units, of the roster and of applications that wait: kept in memory by whoever serves the
    questions."""

    async def near(self, tx: Any, unit: str) -> Near: ...


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Answer of 查重: `existing`, else `pending` (unit, since when), else `near` names. Never a code."""

    unit: str
    existing: tuple[Known, ...]
    pending: tuple[tuple[str, date], ...]
    near: Near
    dates: Dates

    @property
    def names(self) -> list[str]:
        """Different official names, where what was asked means several."""
        return list(dict.fromkeys(one.name for one in self.existing))


async def check_duplicates(tx: NamesTx, names: Names, unit: str) -> list[Duplicate]:
    """Of the unit that is named; of each where the words are several units' names."""
    whole, several = await check_duplicate(tx, names, unit), units_in(unit)
    if whole.existing or whole.pending or len(several) < 2:
        return [whole]
    return [await check_duplicate(tx, names, one) for one in several[:AT_ONCE]]


async def check_duplicate(tx: NamesTx, names: Names, unit: str) -> Duplicate:
    key = unit_key(unit)
    existing = tuple(await tx.labs_bearing(key))
    waiting = [one for one in await tx.applications_named(key) if one.pending]
    pending = dict((one.unit, one.since) for one in reversed(waiting))  # the earliest of each
    found = existing or pending
    near = Near() if found else await names.near(tx, unit)
    return Duplicate(unit, existing, tuple(pending.items()), near, await tx.list_dates())
