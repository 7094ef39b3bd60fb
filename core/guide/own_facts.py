"""How the asker's own laboratories, or applications, stand to what the guide says: in private only."""

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
from core.labs.models import Application, Lab


class OwnTx(own_use.StatusTx, enrolment.ReadTx, Protocol):
    async def own_labs(self, who: Principal) -> list[Lab]: ...

    async def applications_by(self, who: Principal) -> list[Application]: ...


@dataclass(frozen=True, slots=True)
class Coded:
    """Whoever is bound has a code; it is not said here."""

    kind: ClassVar[str] = "coded"
    labs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What this account has applied for, waiting or decided; no code is said here."""

    kind: ClassVar[str] = "applied"
    units: tuple[Application, ...]


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


OwnFact = Coded | Applied | Suspended | Unreported


async def own_fact_of(tx: OwnTx, topic: str, who: Principal, now: datetime) -> OwnFact | None:
    """Audited as the commands are that tell it in full."""
    if topic in _APPLYING and (units := await tx.applications_by(who)):
        return Applied(tuple(units))
    find = _FINDERS.get(topic)
    return await find(tx, who, now) if find and who.labs else None


def has_own_facts(topic: str, who: Principal) -> bool:
    """An applicant has no lab yet."""
    return topic in _APPLYING or (bool(who.labs) and topic in _FINDERS)


async def _coded(tx: OwnTx, who: Principal, now: datetime) -> Coded:
    await note_read(tx, who, "labs.own", now)
    return Coded(tuple(lab.name for lab in await tx.own_labs(who)))


async def _suspended(tx: OwnTx, who: Principal, now: datetime) -> Suspended:
    found = await enrolment.enrolments(tx, who, local_day(now).year, now)
    return Suspended(found.year, found.labs)


async def _unreported(tx: OwnTx, who: Principal, now: datetime) -> Unreported | None:
    found = await own_use.status(tx, who, None, None, now)
    return Unreported(found.year, found.n, found.labs) if found and found.open else None


_APPLYING = frozenset(("account.status", "account.pending-long"))
_FINDERS: dict[str, Callable[[OwnTx, Principal, datetime], Awaitable[OwnFact | None]]] = {
    "account.status": _coded,
    "enrol.suspension": _suspended,
    "report.how": _unreported,
    "report.unreported-mark": _unreported,
}
