"""授权: who is staff, and as what. At the machine `eqabot staff` does it without asking anybody."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.access import STAFF_ROLES, Account, Principal, Role
from core.errors import DomainError
from core.pushes.models import Body, Kind, Planned, Target

TOLD_FOR = timedelta(days=7)
ROLES = {"查看": Role.VIEWER, "操作": Role.OPERATOR, "管理": Role.ADMIN, "无": Role.NONE}
_WORDS = {**ROLES, **STAFF_ROLES, "none": Role.NONE}
_QQ = re.compile(r"\d{5,12}", re.ASCII)


class Tx(Protocol):
    async def staff_list(self) -> list[tuple[Account, Role]]: ...

    async def set_staff(self, account: Account, role: Role, now: datetime, by: Principal) -> None: ...

    async def remove_staff(self, account: Account, now: datetime, by: Principal) -> bool: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class RoleChange:
    account: Account
    old: Role
    new: Role

    @property
    def told(self) -> dict[str, list[str]]:
        """To the log."""
        return {"role": [self.old.name.lower(), self.new.name.lower()]}


def role_words(words: Sequence[str]) -> tuple[Account, Role | None]:
    """`qq:10001 操作`, in either order; a bare number is a QQ account, no role only asks. DomainError
    access/role_form, which says back nothing of what was written."""
    roles = [_WORDS[word.lower()] for word in words if word.lower() in _WORDS]
    accounts = [word for word in words if word.lower() not in _WORDS]
    if len(accounts) != 1 or len(roles) > 1:
        raise DomainError("access/role_form")
    written = accounts[0]
    try:
        account = Account.parse(f"qq:{written}" if _QQ.fullmatch(written) else written)
    except DomainError as refusal:
        raise DomainError("access/role_form") from refusal
    return account, roles[0] if roles else None


async def role_of(tx: Tx, account: Account) -> Role:
    return dict(await tx.staff_list()).get(account, Role.NONE)


async def propose_role(tx: Tx, who: Principal, account: Account, new: Role) -> RoleChange:
    """DomainError access/own_role, access/role_same, access/last_admin."""
    staff = dict(await tx.staff_list())
    old = staff.get(account, Role.NONE)
    if account == who.account:
        raise DomainError("access/own_role")
    if old is new:
        raise DomainError("access/role_same", role=old)
    if _takes_last_admin(staff, old):
        raise DomainError("access/last_admin")
    return RoleChange(account, old, new)


def _takes_last_admin(staff: dict[Account, Role], old: Role) -> bool:
    return old is Role.ADMIN and list(staff.values()).count(Role.ADMIN) == 1


async def change_role(tx: Tx, who: Principal, change: RoleChange, now: datetime, phone: str) -> None:
    """The person is told. DomainError as `propose_role`."""
    await _set(tx, who, await propose_role(tx, who, change.account, change.new), now, phone)


async def change_role_here(
    tx: Tx, who: Principal, account: Account, new: Role, now: datetime, phone: str, force: bool
) -> RoleChange:
    """At the machine, where nobody else is asked: the staff groups are told besides. Of the first of all nobody
    is: it is who sets the program up. DomainError access/last_admin_here unless forced."""
    staff = dict(await tx.staff_list())
    change = RoleChange(account, staff.get(account, Role.NONE), new)
    if change.old is new:
        return change
    if _takes_last_admin(staff, change.old) and not force:
        raise DomainError("access/last_admin_here", account=str(account))
    if not staff:
        await tx.set_staff(account, new, now, who)
        return change
    await _set(tx, who, change, now, phone)
    await tx.write_push(changed_alarm(change, now), now)
    return change


async def _set(tx: Tx, who: Principal, change: RoleChange, now: datetime, phone: str) -> None:
    if change.new is Role.NONE:
        await tx.remove_staff(change.account, now, who)
    else:
        await tx.set_staff(change.account, change.new, now, who)
    await tx.write_push(role_push(change, now, phone), now)


def role_push(change: RoleChange, now: datetime, phone: str) -> Planned:
    """To whose role it is, in private."""
    facts = {"kind": "role", "old": int(change.old), "new": int(change.new), "phone": phone}
    to = (Target(change.account.platform, "private", change.account.id),)
    key = f"{Kind.DECIDED}:role:{now.isoformat()}:{secrets.token_hex(8)}"  # no account: keys are not erased
    return Planned(Kind.DECIDED, key, now, now + TOLD_FOR, facts, groups=False, to=to)


def changed_alarm(change: RoleChange, now: datetime) -> Planned:
    """To the staff groups."""
    roles = {"old": int(change.old), "new": int(change.new)}
    facts = {"about": "staff", "account": change.account.masked, "at": now.isoformat(), **roles}
    key = f"{Kind.ALARM}:role:{now.isoformat()}:{secrets.token_hex(8)}"
    return Planned(Kind.ALARM, key, now, now + TOLD_FOR, facts)


def changed(facts: Mapping[str, Any]) -> Body:
    return Body("access/staff_changed", {**facts, "at": datetime.fromisoformat(facts["at"])})
