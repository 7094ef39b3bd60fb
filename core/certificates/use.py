"""What a lab sees of its certificates, and how staff make a year's visible (guide part 3.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.access import Principal
from core.activities.use import local_day
from core.certificates.models import Certified, Issue, OwnCertificate
from core.enrolment.models import Enrolled
from core.errors import DomainError
from core.pushes.models import Kind, Planned

ANNOUNCED_FOR = timedelta(days=7)


class AuditTx(Protocol):
    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


class CertificatesTx(AuditTx, Protocol):
    async def own_certificates(self, who: Principal, year: int) -> list[OwnCertificate]: ...

    async def newest_issue(self, until: int) -> int | None: ...

    async def issue(self, year: int) -> Issue | None: ...


class ProposeTx(Protocol):
    async def issue(self, year: int) -> Issue | None: ...

    async def count_certificates(self, year: int) -> list[tuple[str, int]]: ...


class ReleaseTx(AuditTx, Protocol):
    async def issue(self, year: int) -> Issue | None: ...

    async def release_certificates(self, year: int, now: datetime) -> None: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class MyCertificates:
    """Answer of 证书; no labs (name, certificates) while nothing of the year is released, nor `as_of`."""

    year: int
    labs: tuple[tuple[str, tuple[OwnCertificate, ...]], ...]
    as_of: datetime | None


async def my_certificates(tx: CertificatesTx, who: Principal, year: int | None, now: datetime) -> MyCertificates:
    """Of the newest released year, unless one is named; the same answer before the release, whatever was
    imported."""
    this = local_day(now).year
    wanted = year or await tx.newest_issue(this) or this
    issue = await tx.issue(wanted)
    for lab in sorted(who.labs):
        await tx.audit(who, "certificates.read", f"lab:{lab}", {}, now)
    if issue is None or issue.released_at is None:
        return MyCertificates(wanted, (), None)
    found = await tx.own_certificates(who, wanted)
    names = {one.lab_id: one.lab for one in found}
    labs = tuple(
        (name, tuple(c for c in found if c.lab_id == lab and _concerns(c))) for lab, name in names.items()
    )
    return MyCertificates(wanted, labs, issue.as_of)


def _concerns(one: OwnCertificate) -> bool:
    """未知 is said of what the lab applied for only, else of the whole answer."""
    return one.state is not Certified.UNKNOWN or one.enrolled is Enrolled.APPLIED


@dataclass(frozen=True, slots=True)
class CertificateRelease:
    """What 公布证书 would do: programmes with how many labs are issued one, and those of which none is."""

    issue: Issue
    programmes: tuple[tuple[str, int], ...]
    lacking: tuple[str, ...]


async def propose_release(tx: ProposeTx, year: int) -> CertificateRelease:
    """DomainError: certificates/released_before, certificates/nothing_imported."""
    issue = await tx.issue(year)
    if issue is None:
        raise DomainError("certificates/nothing_imported", year=year)
    if issue.released_at is not None:
        raise DomainError("certificates/released_before", year=year, at=issue.released_at)
    counted: Sequence[tuple[str, int]] = await tx.count_certificates(year)
    return CertificateRelease(
        issue,
        tuple((name, count) for name, count in counted if count),
        tuple(name for name, count in counted if not count),
    )


async def release(tx: ReleaseTx, who: Principal, proposal: CertificateRelease, now: datetime) -> None:
    """Visible from now on; state, audit row and announcement commit together. DomainError("door/changed")."""
    year = proposal.issue.year
    if await tx.issue(year) != proposal.issue:
        raise DomainError("door/changed")
    await tx.release_certificates(year, now)
    await tx.audit(who, "certificates.release", f"year:{year}", {}, now)
    kind = Kind.CERTIFICATES
    await tx.write_push(
        Planned(kind, f"{kind}:{year}", now, now + ANNOUNCED_FOR, {"year": year}, spread=True), now
    )
