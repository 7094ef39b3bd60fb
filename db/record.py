"""A lab's whole record, as staff ask for it; every query takes the asker (style, habit 7)."""

from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from core.access import Principal
from core.activities.models import RoundState
from core.certificates.models import Certified
from core.labs.record import LastCertificate, LastScore, Roster
from core.scores.models import Verdict
from db.activities import programme, round_
from db.base import Queries
from db.certificates import certificate, certificate_release
from db.labs import lab, lab_name
from db.scores import score, score_release

_r, _p, _s, _c = round_.c, programme.c, score.c, certificate.c
_WHOLE, _BAD = _s.analyte == "", _s.verdict == str(Verdict.UNSATISFACTORY)
_BY_PROGRAMME = (
    select(
        _p.name,
        score_release.c.as_of,
        score_release.c.released_at,
        func.max(case((_WHOLE, _s.verdict), else_=None)).label("verdict"),
        func.max(case((_WHOLE, _s.pt), else_=None)).label("pt"),
        func.sum(case((_WHOLE, 0), else_=1)).label("analytes"),
        func.sum(case((~_WHOLE & _BAD, 1), else_=0)).label("failed"),
    )
    .select_from(
        score.join(round_, _r.id == _s.round_id)
        .join(programme, _p.id == _r.programme_id)
        .join(score_release, score_release.c.round_id == _r.id)
    )
    .group_by(_p.id, _p.name, score_release.c.as_of, score_release.c.released_at)
    .order_by(_p.id)
)


class Record(Queries):
    async def roster(self, who: Principal, lab_id: int) -> Roster:
        _may_see(who, lab_id)
        row = await self._one(select(lab).where(lab.c.id == lab_id))
        names = await self._all(select(lab_name).where(lab_name.c.lab_id == lab_id).order_by(lab_name.c.id))
        former, aliases = ([one.name for one in names if one.former is old] for old in (True, False))
        return Roster(tuple(aliases), tuple(former), row.contact, row.phone, row.updated_at)

    async def current_activity(self, now: datetime) -> tuple[int, int] | None:
        """That of the next deadline, else of the last one."""
        open_ = _r.deadline >= now
        order = (case((open_, _r.deadline), else_=None).asc().nulls_last(), _r.deadline.desc())
        alive = _r.state != str(RoundState.CANCELLED)
        row = await self._one(select(_r.year, _r.n).where(alive).order_by(*order).limit(1))
        return (row.year, row.n) if row else None

    async def last_scores(self, who: Principal, lab_id: int) -> list[LastScore]:
        """Of the newest activity that has any of this lab, one row a programme."""
        _may_see(who, lab_id)
        newest = (
            select(_r.year, _r.n)
            .select_from(score.join(round_, _r.id == _s.round_id))
            .where(_s.lab_id == lab_id)
            .order_by(_r.year.desc(), _r.n.desc())
            .limit(1)
        )
        found = await self._one(newest)
        if found is None:
            return []
        this = (_s.lab_id == lab_id, _r.year == found.year, _r.n == found.n, _s.superseded_at.is_(None))
        rows = await self._all(_BY_PROGRAMME.where(*this))
        return [_last_score(row, found.year, found.n) for row in rows]

    async def last_certificates(self, who: Principal, lab_id: int) -> list[LastCertificate]:
        """Of the newest year that has any of this lab."""
        _may_see(who, lab_id)
        joined = certificate.join(programme, _p.id == _c.programme_id)
        newest = select(func.max(_p.year)).select_from(joined).where(_c.lab_id == lab_id).scalar_subquery()
        issue = certificate_release.c
        query = (
            select(_p.year, _p.name, _c.state, issue.as_of, issue.released_at)
            .select_from(joined.join(certificate_release, issue.programme_id == _p.id))
            .where(_c.lab_id == lab_id, _p.year == newest)
            .order_by(_p.id)
        )
        return [
            LastCertificate(row.year, row.name, Certified(row.state), row.as_of, row.released_at is not None)
            for row in await self._all(query)
        ]


def _may_see(who: Principal, lab_id: int) -> None:
    if not who.may_see(lab_id):
        raise PermissionError("a lab's record")


def _last_score(row: Any, year: int, n: int) -> LastScore:
    verdict = Verdict(row.verdict) if row.verdict else None
    counts = (int(row.analytes), int(row.failed))
    return LastScore(year, n, row.name, verdict, row.pt, *counts, row.as_of, row.released_at is not None)
