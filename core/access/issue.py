"""Staff give out one-time codes; a code seen in a group is burnt."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from core.access import Principal
from core.access.binding import OpenCode
from core.access.codes import digest, new_code, say_code
from core.access.pushes import burnt_push
from core.errors import DomainError
from core.labs.models import Lab
from core.pushes.models import Planned
from core.pushes.plan import Deadline

VALID = timedelta(days=14)
UNDER_WAY = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Slip:
    """What is handed to a lab; the code stands nowhere else."""

    lab: Lab
    code: str = field(repr=False)
    expires_at: datetime


class IssueTx(Protocol):
    async def open_deadlines(self, now: datetime) -> list[Deadline]: ...

    async def set_codes(
        self, codes: Sequence[tuple[int, str]], issued_by: str, now: datetime, expires_at: datetime
    ) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


class BurnTx(Protocol):
    async def open_codes(self, digests: Sequence[str], now: datetime) -> list[OpenCode]: ...

    async def drop_code(self, digest: str) -> None: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


async def valid_until(tx: IssueTx, now: datetime) -> datetime:
    """14 days, or the last deadline of the activity that is under way or about to begin, if that is later: a
    slip lies in a parcel of its samples."""
    deadlines = [d for d in await tx.open_deadlines(now) if d.at <= now + UNDER_WAY]
    first = min(((d.year, d.n) for d in deadlines), default=None)
    return max([now + VALID, *(d.at for d in deadlines if (d.year, d.n) == first)])


async def issue(tx: IssueTx, who: Principal, labs: Sequence[Lab], key: bytes, now: datetime) -> list[Slip]:
    """A new code for each of `labs`; an older one that is still open ends. DomainError("access/lab_stopped")."""
    for lab in labs:
        if lab.stopped:
            raise DomainError("access/lab_stopped", unit=lab.name)
    expires_at = await valid_until(tx, now)
    made = [(lab, new_code()) for lab in labs]
    kept = [(lab.id, digest(key, code)) for lab, code in made]
    await tx.set_codes(kept, str(who.account), now, expires_at)
    subject = f"lab:{labs[0].id}" if len(labs) == 1 else "labs"
    await tx.audit(who, "access.codes", subject, {"count": len(labs)}, now)
    return [Slip(lab, say_code(code), expires_at) for lab, code in made]


async def burn(tx: BurnTx, who: Principal, digests: Sequence[str], now: datetime) -> int:
    """End those of the codes that are open, and tell who issued them; `who` posted them. How many there were."""
    found = await tx.open_codes(digests, now)
    for code in found:
        await tx.drop_code(code.digest)
        await tx.audit(who, "access.burn", f"lab:{code.lab_id}", {}, now)
    for issuer in dict.fromkeys(code.issued_by for code in found):
        theirs = [code for code in found if code.issued_by == issuer]
        names = [code.lab_name for code in theirs]
        await tx.write_push(burnt_push(theirs[0].digest, names, issuer, now), now)
    return len(found)
