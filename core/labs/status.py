"""申请状态: how far a first application is. Its code only to whom it may be told, and only in private."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.access import Principal
from core.calendar import shanghai
from core.labs.duplicate import Dates, Names, NamesTx
from core.labs.models import Application, ApplicationState, Lab
from core.labs.names import unit_key
from core.labs.waiting import Patience, Wait


class Tx(NamesTx, Protocol):
    async def labs_named(self, key: str) -> list[Lab]: ...

    async def applications_by(self, who: Principal) -> list[Application]: ...

    async def own_labs(self, who: Principal) -> list[Lab]: ...

    async def lab_code(self, who: Principal, lab_id: int) -> str: ...


@dataclass(frozen=True, slots=True)
class Status:
    """One application, or one lab that needs none. `code` and `lab_id` only where this asker may read the code
    here. `since`: when it was handed in, None where nobody knows."""

    unit: str
    state: ApplicationState
    since: date | None
    wait: Wait | None = None
    code: str = ""
    lab_id: int | None = None

    def __repr__(self) -> str:
        return f"Status(unit={self.unit!r}, state={self.state})"


@dataclass(frozen=True, slots=True)
class Statuses:
    """Answer of 申请状态. Nothing `found` means 未查到, not 没有; `near` are then names that may be meant."""

    unit: str
    found: tuple[Status, ...]
    near: tuple[str, ...]
    dates: Dates

    @property
    def labs(self) -> frozenset[int]:
        return frozenset(one.lab_id for one in self.found if one.lab_id is not None)


async def application_status(
    tx: Tx, names: Names, who: Principal, unit: str, private: bool, patience: Patience, now: datetime
) -> Statuses:
    """Of the unit that is named; else of the asker's own application, else of the labs bound to the asker."""
    today = shanghai(now).date()
    some = await _named(tx, unit) if unit else await _own(tx, who)
    found = tuple([await _status(tx, who, one, private, patience, today) for one in some])
    near = await names.near(tx, unit) if unit and not found else ()
    return Statuses(unit, found, tuple(near), await tx.list_dates())


async def _named(tx: Tx, unit: str) -> list[Application | Lab]:
    key = unit_key(unit)
    found: list[Application | Lab] = [*await tx.applications_named(key)]
    known = {one.lab_id for one in found if isinstance(one, Application)}
    return found + [lab for lab in await tx.labs_named(key) if lab.id not in known]


async def _own(tx: Tx, who: Principal) -> list[Application | Lab]:
    return [*await tx.applications_by(who)] or [*await tx.own_labs(who)]


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
