"""How the asker's own laboratories stand to what the guide says: in private only, to those bound to them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from core.access import Principal
from core.activities import own_use
from core.activities.own_use import LabRounds, note_read
from core.activities.use import local_day
from core.enrolment import use as enrolment
from core.enrolment.models import Enrolled
from core.enrolment.use import LabYear
from core.labs.models import Lab


class OwnTx(own_use.StatusTx, enrolment.ReadTx, Protocol):
    async def own_labs(self, who: Principal) -> list[Lab]: ...


@dataclass(frozen=True, slots=True)
class Coded:
    """Whoever is bound has a code; it is not said here."""

    kind: ClassVar[str] = "coded"
    labs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suspended:
    """Lab by lab: suspended, not, or not known, this year."""

    kind: ClassVar[str] = "suspended"
    year: int
    labs: tuple[LabYear, ...]

    @staticmethod
    def is_so(lab: LabYear) -> bool:
        return bool(lab.names(Enrolled.SUSPENDED))

    @property
    def as_of(self) -> datetime | None:
        return min((lab.as_of for lab in self.labs if lab.as_of), default=None)


@dataclass(frozen=True, slots=True)
class Unreported:
    """How many programmes of the current activity each lab has still to report, 未知 among them."""

    kind: ClassVar[str] = "unreported"
    year: int
    n: int
    labs: tuple[LabRounds, ...]

    @staticmethod
    def left(lab: LabRounds) -> int:
        return sum(one.to_remind for one in lab.known)

    @property
    def as_of(self) -> datetime | None:
        return min((lab.as_of for lab in self.labs if lab.as_of), default=None)


OwnFact = Coded | Suspended | Unreported


async def own_fact_of(tx: OwnTx, topic: str, who: Principal, now: datetime) -> OwnFact | None:
    """Audited as the commands are that tell it in full."""
    find = _FINDERS.get(topic)
    return await find(tx, who, now) if find and who.labs else None


def has_own_facts(topic: str) -> bool:
    return topic in _FINDERS


async def _coded(tx: OwnTx, who: Principal, now: datetime) -> Coded:
    await note_read(tx, who, "labs.own", now)
    return Coded(tuple(lab.name for lab in await tx.own_labs(who)))


async def _suspended(tx: OwnTx, who: Principal, now: datetime) -> Suspended:
    found = await enrolment.enrolments(tx, who, local_day(now).year, now)
    return Suspended(found.year, found.labs)


async def _unreported(tx: OwnTx, who: Principal, now: datetime) -> Unreported | None:
    found = await own_use.status(tx, who, None, None, now)
    return Unreported(found.year, found.n, found.labs) if found and found.open else None


_FINDERS: dict[str, Callable[[OwnTx, Principal, datetime], Awaitable[OwnFact | None]]] = {
    "account.status": _coded,
    "enrol.suspension": _suspended,
    "report.how": _unreported,
    "report.unreported-mark": _unreported,
}
