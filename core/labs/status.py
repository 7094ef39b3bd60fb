"""申请状态: how far a first application is. Its code only to whom it may be told, and only in private."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from core.access import Principal
from core.calendar import shanghai
from core.labs.duplicate import Dates, Names, NamesTx, Near
from core.labs.models import Application, ApplicationState, Lab
from core.labs.names import DIVISIONS, unit_key
from core.labs.waiting import Patience, Wait


class Tx(NamesTx, Protocol):
    async def labs_named(self, key: str) -> list[Lab]: ...

    async def applications_by(self, who: Principal) -> list[Application]: ...

    async def own_labs(self, who: Principal) -> list[Lab]: ...

    async def lab_code(self, who: Principal, lab_id: int) -> str: ...


@dataclass(frozen=True, slots=True)
class Status:
    """One application, or one lab that needs none. `code` and `lab_id` only where this asker may read the code
    here. `since`: when it was handed in, None where nobody knows. `again`: when it was applied for once more
    though it has its code."""

    unit: str
    state: ApplicationState
    since: date | None
    wait: Wait | None = None
    code: str = ""
    lab_id: int | None = None
    again: date | None = None

    def __repr__(self) -> str:
        return f"Status(unit={self.unit!r}, state={self.state})"


@dataclass(frozen=True, slots=True)
class Statuses:
    """Answer of 申请状态. Nothing `found` means 未查到, not 没有; `near` are then names that may be meant."""

    unit: str
    found: tuple[Status, ...]
    near: Near
    dates: Dates

    @property
    def labs(self) -> frozenset[int]:
        return frozenset(one.lab_id for one in self.found if one.lab_id is not None)


async def application_status(
    tx: Tx, names: Names, who: Principal, unit: str, private: bool, patience: Patience, now: datetime
) -> Statuses:
    """Of the unit that is named; else of the asker's own application, else of the labs bound to the asker."""
    today = shanghai(now).date()
    some, again = await _each_once(tx, await _named(tx, unit) if unit else await _own(tx, who))
    said = [(one, await _status(tx, who, one, private, patience, today)) for one in some]
    found = tuple(replace(status, again=again.get(_lab_of(one))) for one, status in said)
    near = await names.near(tx, unit) if unit and not found else Near()
    return Statuses(unit, found, near, await tx.list_dates())


async def _named(tx: Tx, unit: str) -> list[Application | Lab]:
    key = unit_key(unit)
    found: list[Application | Lab] = [*await tx.applications_named(key)]
    known = {one.lab_id for one in found if isinstance(one, Application)}
    return found + [lab for lab in await tx.labs_named(key) if lab.id not in known]


async def _own(tx: Tx, who: Principal) -> list[Application | Lab]:
    return [*await tx.applications_by(who)] or [*await tx.own_labs(who)]


async def _each_once(
    tx: Tx, some: list[Application | Lab]
) -> tuple[list[Application | Lab], dict[int | None, date]]:
    """Without applications of units that the roster holds: of these the labs, and when they applied again."""
    kept, again = list[Application | Lab](), dict[int | None, date]()
    labs = dict[int | None, Lab]()
    for one in some:
        if isinstance(one, Application) and one.pending and (held := await _held(tx, one)):
            again[held.id], labs[held.id] = one.since, held
        else:
            kept.append(one)
    there = {_lab_of(one) for one in kept}
    return [*kept, *(lab for ident, lab in labs.items() if ident not in there)], again


async def _held(tx: Tx, one: Application) -> Lab | None:
    """The lab that this application asks for once more; a lab that was stopped may well apply again."""
    labs = await tx.labs_named(unit_key(one.unit))
    return next((lab for lab in labs if not lab.stopped and _same_place(lab, one)), None)


def _same_place(lab: Lab, one: Application) -> bool:
    """As far as is known: units of one name stand in several counties."""
    pairs = ((lab.city, one.city), (lab.county, one.county))
    return all(a.translate(DIVISIONS) == b.translate(DIVISIONS) for a, b in pairs if a and b)


def _lab_of(one: Application | Lab) -> int | None:
    return one.id if isinstance(one, Lab) else one.lab_id


async def _status(
    tx: Tx, who: Principal, one: Application | Lab, private: bool, patience: Patience, today: date
) -> Status:
    wait: Wait | None = None
    since: date | None = None
    lab: int | None
    if isinstance(one, Lab):
        unit, state, lab = one.name, ApplicationState.ASSIGNED, one.id
    else:
        unit, state, since, lab = one.unit, one.state, one.since, one.lab_id
        wait = patience.wait(one.since, today) if one.pending else None
    if not (private and lab is not None and who.may_see_code(lab)):
        return Status(unit, state, since, wait)
    return Status(unit, state, since, wait, await tx.lab_code(who, lab), lab)
