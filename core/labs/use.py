"""What labs ask about themselves before they have a code, and how staff give one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from core.access import Principal
from core.errors import DomainError
from core.labs.models import Application, ApplicationState, Lab
from core.labs.names import near_names, unit_key
from core.pushes.models import Kind, Planned

ANNOUNCED_FOR = timedelta(days=3)  # an announcement older than this is no news any more


class NamesTx(Protocol):
    async def labs_named(self, key: str) -> list[Lab]: ...

    async def lab_names(self) -> Sequence[tuple[str, str]]: ...

    async def applications_named(self, key: str) -> list[Application]: ...


class StatusTx(NamesTx, Protocol):
    async def applications_by(self, who: Principal) -> list[Application]: ...

    async def lab_code(self, who: Principal, lab_id: int) -> str: ...


class AssignTx(NamesTx, Protocol):
    async def application(self, number: int) -> Application | None: ...

    async def lab_with_code(self, code: str) -> Lab | None: ...

    async def lab_alike(self, code: str) -> Lab | None: ...

    async def add_lab(self, code: str, application: Application, now: datetime) -> int: ...

    async def set_application(self, number: int, state: ApplicationState, lab_id: int, now: datetime) -> None: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Answer of 查重: `existing`, else `pending`, else `near` names; `known` is False before any import."""

    unit: str
    existing: tuple[str, ...]
    pending: tuple[str, ...]
    near: tuple[str, ...]
    known: bool


async def check_duplicate(tx: NamesTx, unit: str) -> Duplicate:
    """Whether `unit` applied before (guide part 1: a second application loses data); never a code."""
    key = unit_key(unit)
    existing = tuple(dict.fromkeys(lab.name for lab in await tx.labs_named(key)))
    pending = tuple(dict.fromkeys(a.unit for a in await tx.applications_named(key) if a.pending))
    names: Sequence[tuple[str, str]] = () if existing else await tx.lab_names()
    near = tuple(dict.fromkeys(near_names(unit, names))) if names else ()
    return Duplicate(unit, existing, pending, near, bool(existing or names))


@dataclass(frozen=True, slots=True)
class Status:
    """One line of 申请状态. `code` is set only where this asker may read it here."""

    unit: str
    state: ApplicationState
    since: date
    code: str = ""
    lab_id: int | None = None

    def __repr__(self) -> str:
        return f"Status(unit={self.unit!r}, state={self.state})"


async def application_status(
    tx: StatusTx, who: Principal, unit: str, private: bool, now: datetime
) -> tuple[Status, ...]:
    """State of the named unit's application, or of the asker's own; empty means 未查到, not 没有."""
    if not unit:
        found = await tx.applications_by(who)
    else:
        key = unit_key(unit)
        found = await tx.applications_named(key)
        known = {application.lab_id for application in found}
        for lab in await tx.labs_named(key):
            if lab.id not in known:
                found.append(Application(0, lab.name, ApplicationState.ASSIGNED, now, lab_id=lab.id))
    return tuple([await _status(tx, who, application, private) for application in found])


async def _status(tx: StatusTx, who: Principal, application: Application, private: bool) -> Status:
    lab = application.lab_id
    code = ""
    if private and lab is not None and who.may_see_code(lab):
        code = await tx.lab_code(who, lab)
    return Status(application.unit, application.state, application.since, code, lab if code else None)


@dataclass(frozen=True, slots=True)
class Assignment:
    """What 分配 would do, shown before it is done. `existing` are units of the roster with this name."""

    application: Application
    code: str
    existing: tuple[str, ...]
    near: tuple[str, ...]
    joins: int | None = None  # id of the lab that bears this code already and has this very name

    def __repr__(self) -> str:
        return f"Assignment(application={self.application.id})"


async def propose_assignment(tx: AssignTx, target: str, code: str, pattern: str) -> Assignment:
    """The application meant by number or unit name, and whether `code` may be given to it.

    DomainError: labs/code_form, labs/code_taken, labs/code_alike, labs/application_unknown,
    labs/application_ambiguous, labs/application_done.
    """
    if not re.fullmatch(pattern, code):
        raise DomainError("labs/code_form")
    application = await _application_meant(tx, target)
    if not application.pending:
        raise DomainError("labs/application_done", number=application.id, unit=application.unit)
    same = await tx.labs_named(unit_key(application.unit))
    holder = await tx.lab_with_code(code)
    joins = holder.id if holder and holder.id in {lab.id for lab in same} else None
    if holder and joins is None:
        raise DomainError("labs/code_taken", unit=holder.name)
    if holder is None and (alike := await tx.lab_alike(code)):
        raise DomainError("labs/code_alike", unit=alike.name)
    near = () if same else near_names(application.unit, await tx.lab_names())
    return Assignment(application, code, tuple(lab.name for lab in same), tuple(near), joins)


async def _application_meant(tx: AssignTx, target: str) -> Application:
    number = target.removeprefix("申请")
    if number.isdecimal():
        found = await tx.application(int(number)) if len(number) < 10 else None  # no id is as long
        if found is None:
            raise DomainError("labs/application_unknown", target=target)
        return found
    named = await tx.applications_named(unit_key(target))
    pending = [application for application in named if application.pending] or named
    if not pending:
        raise DomainError("labs/application_unknown", target=target)
    if len(pending) > 1:
        raise DomainError("labs/application_ambiguous", target=target, numbers=[a.id for a in pending])
    return pending[0]


async def assign(tx: AssignTx, who: Principal, assignment: Assignment, now: datetime) -> None:
    """Give the code: lab, application, audit row and announcement (without the code) commit together."""
    application = assignment.application
    lab = assignment.joins or await tx.add_lab(assignment.code, application, now)
    await tx.set_application(application.id, ApplicationState.ASSIGNED, lab, now)
    await tx.audit(who, "labs.assign", f"application:{application.id}", {"lab": lab}, now)
    await tx.write_push(announcement(str(application.id), [application.unit], now), now)


def announcement(cause: str, units: Sequence[str], now: datetime) -> Planned:
    """The push that tells groups which units got a code; the codes themselves never go out."""
    return Planned(Kind.ASSIGNED, f"{Kind.ASSIGNED}:{cause}", now, now + ANNOUNCED_FOR, {"units": list(units)})
