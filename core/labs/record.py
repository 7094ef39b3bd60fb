"""A lab's whole record, for staff: what it is called, who speaks for it, how far it is (interfaces §2)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from core.access import Account, Principal
from core.access.binding import Binding
from core.access.units import labs_called
from core.activities.own import OwnRound
from core.certificates.models import Certified
from core.errors import DomainError
from core.labs.models import Lab
from core.labs.names import near_names, unit_key
from core.scores.models import Verdict

SEVERAL = 10  # names offered to choose from
MIN_PART = 2  # characters of a name that are enough to look for it


@dataclass(frozen=True, slots=True)
class Roster:
    """What the roster says beyond `Lab`; `as_of` when it last changed."""

    aliases: tuple[str, ...]
    former: tuple[str, ...]
    contact: str = field(repr=False)
    phone: str = field(repr=False)
    as_of: datetime


@dataclass(frozen=True, slots=True)
class LastScore:
    """A programme's result in the lab's newest activity, released or not; of `analytes` so many `failed`."""

    year: int
    n: int
    programme: str
    verdict: Verdict | None
    pt: float | None
    analytes: int
    failed: int
    as_of: datetime
    released: bool


@dataclass(frozen=True, slots=True)
class LastCertificate:
    year: int
    programme: str
    state: Certified
    as_of: datetime
    released: bool


class FindTx(Protocol):
    async def lab_with_code(self, code: str) -> Lab | None: ...

    async def labs_named(self, key: str) -> list[Lab]: ...

    async def lab_names(self) -> Sequence[tuple[str, str]]: ...


class RecordTx(FindTx, Protocol):
    async def roster(self, who: Principal, lab_id: int) -> Roster: ...

    async def bindings_of(self, lab_id: int) -> list[Binding]: ...

    async def suspended_of(self, lab_id: int) -> list[Binding]: ...

    async def current_activity(self, now: datetime) -> tuple[int, int] | None: ...

    async def own_rounds(
        self,
        who: Principal,
        year: int | None = None,
        n: int | None = None,
        *,
        deadline: datetime | None = None,
        since: datetime | None = None,
        lab_id: int | None = None,
    ) -> list[OwnRound]: ...

    async def last_scores(self, who: Principal, lab_id: int) -> list[LastScore]: ...

    async def last_certificates(self, who: Principal, lab_id: int) -> list[LastCertificate]: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Record:
    """`suspended`: so many accounts besides. `rounds`: the current activity as the lab stands to it."""

    lab: Lab
    roster: Roster
    accounts: tuple[Account, ...]
    suspended: int
    rounds: tuple[OwnRound, ...]
    scores: tuple[LastScore, ...]
    certificates: tuple[LastCertificate, ...]


async def find_lab(tx: FindTx, text: str) -> Lab:
    """By code, or by any of its names (with its city where several have it), or a part of one.

    DomainError: labs/record_unknown, labs/record_several (names to choose from).
    """
    if holder := await tx.lab_with_code(text):
        return holder
    found = await labs_called(tx, text) or await _nearly(tx, text)
    if not found:
        raise DomainError("labs/record_unknown", text=text)
    if len(found) > 1:
        raise DomainError("labs/record_several", text=text, labs=found[:SEVERAL], more=len(found) > SEVERAL)
    return found[0]


async def _nearly(tx: FindTx, text: str) -> list[Lab]:
    key, names = unit_key(text), await tx.lab_names()
    holding = [name for known, name in names if len(key) >= MIN_PART and key in known]
    hits = list(dict.fromkeys(holding or near_names(text, names)))[: SEVERAL + 1]
    labs = [lab for name in hits for lab in await tx.labs_named(unit_key(name))]
    return list({lab.id: lab for lab in labs}.values())


async def record(tx: RecordTx, who: Principal, text: str, now: datetime) -> Record:
    """Everything about one lab; the read is noted in the log."""
    lab = await find_lab(tx, text)
    await tx.audit(who, "labs.record", f"lab:{lab.id}", {}, now)
    current = await tx.current_activity(now)
    return Record(
        lab,
        await tx.roster(who, lab.id),
        tuple(one.account for one in await tx.bindings_of(lab.id)),
        len(await tx.suspended_of(lab.id)),
        tuple(await tx.own_rounds(who, *current, lab_id=lab.id)) if current else (),
        tuple(await tx.last_scores(who, lab.id)),
        tuple(await tx.last_certificates(who, lab.id)),
    )


@dataclass(frozen=True, slots=True)
class Card:
    """What may be said of a lab where others read along: nothing private."""

    lab: Lab
    accounts: int


async def card(tx: RecordTx, who: Principal, text: str, now: datetime) -> Card:
    lab = await find_lab(tx, text)
    await tx.audit(who, "labs.card", f"lab:{lab.id}", {}, now)
    return Card(lab, len(await tx.bindings_of(lab.id)))
