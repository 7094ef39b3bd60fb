"""Staff end a binding: somebody left the lab, or never was of it."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.access import Account, Principal
from core.access.binding import Binding
from core.access.log import LogTx
from core.access.pushes import unbound_push
from core.errors import DomainError
from core.labs.models import Lab
from core.pushes.models import Planned

_ACCOUNT = re.compile(r"(?:[a-z]+:)?\d+|[a-z]+:\S+", re.ASCII | re.IGNORECASE)


class ReleaseTx(LogTx, Protocol):
    async def bindings_of(self, lab_id: int) -> list[Binding]: ...

    async def unbind(self, account: Account, lab_id: int) -> bool: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...


def unit_and_account(words: Sequence[str]) -> tuple[str, str]:
    """The unit as it was written, and what was written for an account after it, or nothing."""
    *unit, last = words
    return (" ".join(unit), last) if unit and _ACCOUNT.fullmatch(last) else (" ".join(words), "")


def account_meant(standing: Sequence[Binding], lab: Lab, written: str) -> Binding:
    """By its number, with or without its platform, or its place in the list (2); DomainError
    access/account_unknown."""
    for place, one in enumerate(standing, 1):
        if written.lower() in (str(place), str(one.account).lower(), one.account.id.lower()):
            return one
    raise DomainError("access/account_unknown", unit=lab.name, account=written)


async def release(tx: ReleaseTx, who: Principal, lab: Lab, account: Account, now: datetime, phone: str) -> None:
    """The person is told; DomainError access/account_unknown if it left meanwhile."""
    if not await tx.unbind(account, lab.id):
        raise DomainError("access/account_unknown", unit=lab.name, account=account.masked)
    await tx.audit(who, "access.unbind", f"lab:{lab.id}", {}, now, about=account)
    left = len(await tx.bindings_of(lab.id))
    await tx.write_push(unbound_push(account, lab.id, lab.name, left, now, phone), now)
