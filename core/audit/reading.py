"""The end of the log, for eyes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.access import Account, ManagedGroup, Principal
from core.audit.chain import Entry, Head
from core.audit.subjects import Subject, person
from core.audit.verifying import Unsealed
from core.workbooks.kinds import KINDS


class Tx(Protocol):
    async def newest(self, limit: int) -> list[Entry]: ...

    async def audit_head(self) -> Head | None: ...

    async def unsealed(self, before: datetime) -> Unsealed: ...

    async def names_of(self, labs: Sequence[int]) -> Mapping[int, str]: ...

    async def groups(self) -> list[ManagedGroup]: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Line:
    """`actor` is None where it was erased, `account` too then; `name` is that of the lab, group or kind of
    workbook it is about; `role` the old and the new one where it is about a role."""

    at: datetime | None
    actor: Account | None
    action: str
    subject: Subject
    name: str
    account: Account | None
    role: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    lines: tuple[Line, ...]
    head: Head | None
    unsealed: int


async def read_log(tx: Tx, who: Principal, count: int, now: datetime) -> Page:
    """The newest rows, newest first; that somebody read them is one more."""
    entries = await tx.newest(count)
    labs = [lab for entry in entries if (lab := Subject.parse(entry.subject).lab) is not None]
    names = {f"lab:{lab}": name for lab, name in (await tx.names_of(labs)).items()}
    names |= {f"{group.platform}:{group.id}": group.name for group in await tx.groups()}
    names |= {kind.name: kind.title for kind in KINDS.values()}
    lines = tuple(_line(entry, names.get(entry.subject, "")) for entry in entries)
    page = Page(lines, await tx.audit_head(), (await tx.unsealed(now)).count)
    await tx.audit(who, "audit.read", "audit", {"count": len(lines)}, now)
    return page


def _line(entry: Entry, name: str) -> Line:
    subject = Subject.parse(entry.subject)
    actor, account = person(entry.actor), person(entry.account)
    return Line(entry.at, actor, entry.action, subject, name, account, _role(entry.detail))


def _role(detail: str) -> tuple[str, str] | None:
    try:
        told = json.loads(detail)
    except (TypeError, ValueError, RecursionError):
        return None
    match told:
        case {"role": [str(old), str(new)]}:
            return old, new
    return None
