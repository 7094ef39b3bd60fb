"""What a lab sees of its certificates, and how staff make them visible by programme (guide part 3.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.access import Principal
from core.activities.models import Programme, RoundState, RoundView
from core.activities.use import ALL, choose, local_day
from core.certificates.models import Certified, Issue, OwnCertificate
from core.enrolment.models import Enrolled
from core.errors import DomainError
from core.pushes.models import Kind, Planned

ANNOUNCED_FOR = timedelta(days=7)


class AuditTx(Protocol):
    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


class CertificatesTx(AuditTx, Protocol):
    async def programmes(self, year: int) -> list[Programme]: ...

    async def rounds_closing(self, since: datetime) -> list[RoundView]: ...

    async def own_certificates(self, who: Principal, year: int) -> list[OwnCertificate]: ...

    async def newest_issue(self, until: int) -> int | None: ...


class ProposeTx(Protocol):
    async def count_certificates(self, year: int) -> list[Issue]: ...

    async def rounds(self, year: int, n: int | None) -> list[RoundView]: ...


class ReleaseTx(AuditTx, Protocol):
    async def count_certificates(self, year: int) -> list[Issue]: ...

    async def release_certificates(self, programmes: Sequence[int], now: datetime) -> None: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class MyCertificates:
    """Answer of 证书; no labs (name, certificates) while nothing of the year is released, nor `as_of`. `known`:
    whether the year's programmes are; `closes`: its last deadline, if that is still to come."""

    year: int
    labs: tuple[tuple[str, tuple[OwnCertificate, ...]], ...] = ()
    as_of: datetime | None = None
    known: bool = True
    closes: datetime | None = None


async def my_certificates(
    tx: CertificatesTx, who: Principal, year: int | None, words: Sequence[str], now: datetime
) -> MyCertificates:
    """Of the newest year with a released programme, unless one is named; of all programmes, or those named. The
    same answer before the release, whatever was imported.

    DomainError: activities/programme_unknown. Several: activities/programme_near, programme_ambiguous.
    """
    this = local_day(now).year
    wanted = year or await tx.newest_issue(this) or this
    for lab in sorted(who.labs):
        await tx.audit(who, "certificates.read", f"lab:{lab}", {}, now)
    found = await _named(tx, wanted, words, await tx.own_certificates(who, wanted))
    dates = [one.as_of for one in found if one.as_of]
    if not dates:
        coming = [one.deadline for one in await tx.rounds_closing(now) if one.round.year == wanted]
        return MyCertificates(wanted, known=bool(found), closes=max(coming, default=None))
    names = {one.lab_id: one.lab for one in found}
    labs = tuple(
        (name, tuple(c for c in found if c.lab_id == lab and _concerns(c))) for lab, name in names.items()
    )
    return MyCertificates(wanted, labs, min(dates))


async def _named(
    tx: CertificatesTx, year: int, words: Sequence[str], found: list[OwnCertificate]
) -> list[OwnCertificate]:
    named = [word for word in words if word != ALL]
    if not named or not found:
        return found
    names = {one.name for one in choose(named, await tx.programmes(year))}
    return [one for one in found if one.programme in names]


def _concerns(one: OwnCertificate) -> bool:
    """未知, or not released, is said of what the lab applied for only, else of the whole answer."""
    return one.state is not Certified.UNKNOWN or one.enrolled is Enrolled.APPLIED


@dataclass(frozen=True, slots=True)
class CertificateRelease:
    """What 公布证书 would do: `ready` are imported and not released; `again` were released before, `lacking`
    have none imported, both are left out. `still_open`: of those ready, whose labs may yet report."""

    year: int
    ready: tuple[Issue, ...]
    again: tuple[str, ...]
    lacking: tuple[str, ...]
    still_open: tuple[str, ...]


async def propose_release(tx: ProposeTx, year: int, now: datetime) -> CertificateRelease:
    """DomainError: certificates/released_before, certificates/nothing_imported."""
    found = await tx.count_certificates(year)
    ready = tuple(one for one in found if one.ready)
    if not ready:
        last = max((one.released_at for one in found if one.released_at), default=None)
        key = "certificates/released_before" if last else "certificates/nothing_imported"
        raise DomainError(key, year=year, at=last)
    return CertificateRelease(
        year,
        ready,
        tuple(one.programme for one in found if one.released_at),
        tuple(one.programme for one in found if one.as_of is None),
        _still_open(await tx.rounds(year, None), ready, now),
    )


def _still_open(views: Sequence[RoundView], ready: Sequence[Issue], now: datetime) -> tuple[str, ...]:
    """A year's certificates follow its last activity."""
    rounds = [view.round for view in views if view.round.state is not RoundState.CANCELLED]
    late = {one.programme.id for one in rounds if one.deadline > now}
    return tuple(one.programme for one in ready if one.programme_id in late)


async def release(tx: ReleaseTx, who: Principal, proposal: CertificateRelease, now: datetime) -> None:
    """Visible from now on; state, audit row and announcement commit together. DomainError("door/changed")."""
    year, ids = proposal.year, [one.programme_id for one in proposal.ready]
    if tuple(one for one in await tx.count_certificates(year) if one.ready) != proposal.ready:
        raise DomainError("door/changed")
    await tx.release_certificates(ids, now)
    await tx.audit(who, "certificates.release", f"year:{year}", {"programmes": ids}, now)
    kind, facts = Kind.CERTIFICATES, {"year": year, "programmes": ids}
    key = f"{kind}:{year}:{','.join(map(str, ids))}"
    await tx.write_push(Planned(kind, key, now, now + ANNOUNCED_FOR, facts, spread=True), now)
