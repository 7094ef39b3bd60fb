"""Certificates of labs, and when a year's were released."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text, and_, func, select, update

from core.access import Principal
from core.certificates.models import Certified, Issue, OwnCertificate
from core.enrolment.models import Enrolled
from core.pushes.models import Target
from db.activities import programme
from db.base import Queries
from db.bindings import binding
from db.enrolment import enrolment, enrolment_list
from db.labs import lab
from db.types import Moment, metadata

certificate = Table(
    "certificate",
    metadata,
    Column("lab_id", ForeignKey("lab.id"), primary_key=True),
    Column("programme_id", ForeignKey("programme.id"), primary_key=True, index=True),
    Column("number", Text, nullable=False, default=""),
    Column("state", String(16), nullable=False),
)

certificate_release = Table(
    "certificate_release",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("as_of", Moment, nullable=False),
    Column("released_at", Moment),
)


_c, _p, _e = certificate.c, programme.c, enrolment.c


class Certificates(Queries):
    async def own_certificates(self, who: Principal, year: int) -> list[OwnCertificate]:
        """Every programme of the year as each bound lab stands to it, certificates whether released or not."""
        source = (
            lab.join(programme, _p.year == year)
            .outerjoin(certificate, and_(_c.programme_id == _p.id, _c.lab_id == lab.c.id))
            .outerjoin(enrolment, and_(_e.programme_id == _p.id, _e.lab_id == lab.c.id))
            .outerjoin(enrolment_list, enrolment_list.c.programme_id == _p.id)
        )
        query = (
            select(
                lab.c.id,
                lab.c.name.label("lab"),
                _p.name,
                _c.state,
                _c.number,
                _e.state.label("enrolled"),
                enrolment_list.c.full_as_of,
            )
            .select_from(source)
            .where(lab.c.id.in_(who.labs))
            .order_by(lab.c.id, _p.id)
        )
        return [_own(row) for row in await self._all(query)]

    async def newest_issue(self, until: int) -> int | None:
        """The last year with released certificates that is not after `until`."""
        released = certificate_release.c.released_at.is_not(None)
        query = select(func.max(certificate_release.c.year)).where(released, certificate_release.c.year <= until)
        return (await self._one(query))[0]  # type: ignore[no-any-return]

    async def issue(self, year: int) -> Issue | None:
        """What was imported of a year; None before any import."""
        row = await self._one(select(certificate_release).where(certificate_release.c.year == year))
        return Issue(row.year, row.as_of, row.released_at) if row else None

    async def count_certificates(self, year: int) -> list[tuple[str, int]]:
        """By programme of the year: how many labs are issued one; 0 where none was imported."""
        issued = and_(_c.programme_id == _p.id, _c.state == str(Certified.ISSUED))
        query = (
            select(_p.name, func.count(_c.lab_id))
            .select_from(programme.outerjoin(certificate, issued))
            .where(_p.year == year)
            .group_by(_p.id, _p.name)
            .order_by(_p.id)
        )
        return [(row[0], row[1]) for row in await self._all(query)]

    async def release_certificates(self, year: int, now: datetime) -> None:
        this = certificate_release.c.year == year
        await self._run(update(certificate_release).where(this).values(released_at=now))

    async def is_bound_with_certificates(self, target: Target, year: int) -> bool:
        """Whether this account still is bound to a lab of which the year's list says anything."""
        b = binding.c
        source = binding.join(certificate, _c.lab_id == b.lab_id).join(programme, _p.id == _c.programme_id)
        mine = (b.platform == target.channel, b.account == target.id, _p.year == year)
        return await self._one(select(b.lab_id).select_from(source).where(*mine).limit(1)) is not None


def _own(row: Any) -> OwnCertificate:
    absent = Enrolled.NOT_APPLIED if row.full_as_of else Enrolled.UNKNOWN
    enrolled = Enrolled(row.enrolled) if row.enrolled else absent
    state = Certified(row.state) if row.state else Certified.UNKNOWN
    return OwnCertificate(row.id, row.lab, row.name, state, row.number or "", enrolled)
