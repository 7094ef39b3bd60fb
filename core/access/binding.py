"""Who comes to be bound to a lab, and who no longer is (domain §7); a card or a name proves nothing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from core.access import Account, Principal
from core.access.log import LogTx
from core.access.pushes import attempts_alarm, bound_push
from core.errors import DomainError
from core.labs.models import Lab
from core.pushes.models import Planned

WINDOW = timedelta(hours=1)
FAILURES_OF_ONE = 5
FAILURES_OF_ALL = 1000
ACCOUNTS_OF_LAB = 5


class Why(StrEnum):
    """Why a binding is suspended."""

    LEFT = "left"  # no managed group has the person any more
    UNUSED = "unused"
    CONTACT = "contact"  # the roster names another contact, or another telephone


@dataclass(frozen=True, slots=True)
class Binding:
    """`suspended_at` and `why` of one that does not hold now."""

    account: Account
    lab_id: int
    bound_at: datetime
    how: str  # code | claim
    suspended_at: datetime | None = None
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A code that can still be used; the code itself is not known here."""

    digest: str = field(repr=False)
    lab_id: int
    lab_name: str
    lab_stopped: bool
    issued_by: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Bound:
    """`new` is False for somebody who was bound before."""

    lab_name: str
    new: bool = True


class BindTx(LogTx, Protocol):
    async def bindings_of(self, lab_id: int) -> list[Binding]: ...

    async def bind(self, account: Account, lab_id: int, how: str, now: datetime) -> None: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...


class AttemptTx(BindTx, Protocol):
    async def failures(self, account: Account | None, since: datetime) -> int: ...

    async def add_failure(self, account: Account, real: datetime, forget: datetime) -> None: ...

    async def open_code(self, digest: str, now: datetime) -> OpenCode | None: ...

    async def suspended_of(self, lab_id: int) -> list[Binding]: ...

    async def drop_code(self, digest: str) -> None: ...


class UnbindTx(Protocol):
    async def bound_labs(self, who: Principal) -> list[Lab]: ...

    async def labs_named(self, key: str) -> list[Lab]: ...

    async def unbind(self, account: Account, lab_id: int) -> bool: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


async def bind_by_code(
    tx: AttemptTx, who: Principal, digest: str, now: datetime, real: datetime, phone: str
) -> Bound | DomainError:
    """One attempt. A refusal is returned, not raised, because the failure has to be written: access/bad_code
    whatever the reason (a stopped lab is one), access/lab_full once the code proved right.
    """
    wrong = DomainError("access/bad_code", phone=phone)
    if await _locked(tx, who.account, now, real):
        return wrong
    found = await tx.open_code(digest, now)
    if found is None or found.lab_stopped or await _was_suspended_since(tx, who, found):
        await tx.add_failure(who.account, real, real - WINDOW)
        return wrong
    standing = await tx.bindings_of(found.lab_id)
    if any(one.account == who.account for one in standing):
        return Bound(found.lab_name, new=False)
    if len(standing) >= ACCOUNTS_OF_LAB:
        return DomainError("access/lab_full", unit=found.lab_name, phone=phone)
    await tx.drop_code(found.digest)
    await bind(tx, who, who.account, found.lab_id, found.lab_name, "code", now, phone)
    return Bound(found.lab_name)


async def _was_suspended_since(tx: AttemptTx, who: Principal, code: OpenCode) -> bool:
    """A code got while one was bound does not restore: staff have to give a new one."""
    theirs = [one for one in await tx.suspended_of(code.lab_id) if one.account == who.account]
    return any(one.suspended_at is not None and one.suspended_at > code.issued_at for one in theirs)


async def _locked(tx: AttemptTx, account: Account, now: datetime, real: datetime) -> bool:
    since = real - WINDOW
    if await tx.failures(account, since) >= FAILURES_OF_ONE:
        return True
    if await tx.failures(None, since) < FAILURES_OF_ALL:
        return False
    await tx.write_push(attempts_alarm(FAILURES_OF_ALL, now, real), now)
    return True


async def bind(
    tx: BindTx,
    by: Principal,
    account: Account,
    lab_id: int,
    lab_name: str,
    how: str,
    now: datetime,
    phone: str,
) -> bool:
    """Bind `account`; those bound already are told. False if it was bound before.
    DomainError("access/lab_full_staff"): it is staff who may make room."""
    standing = [one.account for one in await tx.bindings_of(lab_id)]
    if account in standing:
        return False
    if len(standing) >= ACCOUNTS_OF_LAB:
        raise DomainError("access/lab_full_staff", unit=lab_name)
    await tx.bind(account, lab_id, how, now)
    await tx.audit(by, "access.bind", f"lab:{lab_id}", {"how": how}, now, about=account)
    if standing:
        await tx.write_push(bound_push(lab_id, lab_name, account, standing, now, phone), now)
    return True


async def unbind(tx: UnbindTx, who: Principal, lab: Lab, now: datetime) -> None:
    if await tx.unbind(who.account, lab.id):
        await tx.audit(who, "access.unbind", f"lab:{lab.id}", {}, now)
