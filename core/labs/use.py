"""How staff give a lab its code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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


class AssignTx(NamesTx, Protocol):
    async def application(self, number: int) -> Application | None: ...

    async def lab_with_code(self, code: str) -> Lab | None: ...

    async def lab_alike(self, code: str) -> Lab | None: ...

    async def add_lab(self, code: str, application: Application, now: datetime) -> int: ...

    async def set_application(self, number: int, state: ApplicationState, lab_id: int, now: datetime) -> None: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


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
