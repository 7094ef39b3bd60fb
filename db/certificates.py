"""Certificates of labs, and when each programme's were released."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, String, Table, Text, and_, func, select, update

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
    Column("programme_id", ForeignKey("programme.id"), primary_key=True),
    Column("as_of", Moment, nullable=False),
    Column("released_at", Moment),
)


_c, _p, _e, _i = certificate.c, programme.c, enrolment.c, certificate_release.c


class Certificates(Queries):
    async def own_certificates(self, who: Principal, year: int) -> list[OwnCertificate]:
        """Every programme of the year as each bound lab stands to it, with the certificate once it is released."""
        source = (
            lab.join(programme, _p.year == year)
            .outerjoin(certificate_release, and_(_i.programme_id == _p.id, _i.released_at.is_not(None)))
            .outerjoin(certificate, and_(_c.programme_id == _i.programme_id, _c.lab_id == lab.c.id))
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
                _i.as_of,
            )
            .select_from(source)
            .where(lab.c.id.in_(who.labs))
            .order_by(lab.c.id, _p.id)
        )
        return [_own(row) for row in await self._all(query)]

    async def newest_issue(self, until: int) -> int | None:
        """The last year with released certificates that is not after `until`."""
        source = certificate_release.join(programme, _p.id == _i.programme_id)
        query = select(func.max(_p.year)).select_from(source).where(_i.released_at.is_not(None), _p.year <= until)
        return (await self._one(query))[0]  # type: ignore[no-any-return]

    async def count_certificates(self, year: int) -> list[Issue]:
        """Every programme of the year, imported or not."""
        issued = and_(_c.programme_id == _p.id, _c.state == str(Certified.ISSUED))
        source = programme.outerjoin(certificate_release, _i.programme_id == _p.id).outerjoin(certificate, issued)
        query = (
            select(_p.id, _p.name, func.count(_c.lab_id), _i.as_of, _i.released_at)
            .select_from(source)
            .where(_p.year == year)
            .group_by(_p.id, _p.name, _i.as_of, _i.released_at)
            .order_by(_p.id)
        )
        return [Issue(*row) for row in await self._all(query)]

    async def release_certificates(self, programmes: Sequence[int], now: datetime) -> None:
        these = _i.programme_id.in_(programmes)
        await self._run(update(certificate_release).where(these).values(released_at=now))

    async def is_bound_with_certificates(self, target: Target, programmes: Sequence[int]) -> bool:
        """Whether this account still is bound to a lab of which one of these lists says anything."""
        b = binding.c
        source = binding.join(certificate, _c.lab_id == b.lab_id)
        mine = (b.platform == target.channel, b.account == target.id, _c.programme_id.in_(programmes))
        return await self._one(select(b.lab_id).select_from(source).where(*mine).limit(1)) is not None


def _own(row: Any) -> OwnCertificate:
    absent = Enrolled.NOT_APPLIED if row.full_as_of else Enrolled.UNKNOWN
    enrolled = Enrolled(row.enrolled) if row.enrolled else absent
    state = Certified(row.state) if row.state else Certified.UNKNOWN
    return OwnCertificate(row.id, row.lab, row.name, state, row.number or "", enrolled, row.as_of)
