"""Samples that should have arrived and that were suspended: what is known of them, and who is told in private."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select, union

from core.activities.models import Reported, RoundState
from core.activities.overdue import Arrival
from core.enrolment.models import Enrolled
from core.pushes.spread import Walked
from db.activities import programme, round_, submission
from db.base import chunks
from db.bindings import binding
from db.enrolment import enrolment
from db.labs import lab
from db.own import Own
from db.receipts import receipt, receipt_list
from db.spokesmen import hears_reminders

_r, _s, _e, _b = round_.c, submission.c, enrolment.c, binding.c
_LISTED = _s.state.in_([str(Reported.SUBMITTED), str(Reported.UNSUBMITTED)])
_APPLIED = _e.state == str(Enrolled.APPLIED)
_SILENT = func.coalesce(_s.state, "") != str(Reported.SUBMITTED)  # who has reported has the samples


class Arrivals(Own):
    async def arrivals(self, now: datetime, counted: bool = False) -> list[Arrival]:
        """Of rounds that are open; `pending` is asked only if `counted`."""
        columns = (_r.id, _r.year, _r.n, programme.c.name, _r.deadline, _r.expected_on, _r.dispatched_at)
        source = round_.join(programme, programme.c.id == _r.programme_id).outerjoin(
            receipt_list, receipt_list.c.round_id == _r.id
        )
        sent = (_r.state == str(RoundState.DISPATCHED), _r.expected_on.is_not(None), _r.deadline > now)
        query = select(*columns, receipt_list.c.as_of).select_from(source).where(*sent)
        rows = await self._all(query.order_by(_r.programme_id, _r.n))
        pending = await self._pending([row.id for row in rows if row.as_of]) if counted else {}
        return [
            Arrival(
                r.id, r.year, r.n, r.name, r.deadline, r.expected_on, r.dispatched_at, pending.get(r.id), r.as_of
            )
            for r in rows
        ]

    async def _pending(self, ids: Sequence[int]) -> dict[int, int]:
        """By round, as `is_unsigned` counts; rounds of which nobody is known to take part are left out."""
        listed = select(_s.round_id, _s.lab_id).where(_s.round_id.in_(ids), _LISTED)
        applied = select(_r.id, _e.lab_id).join(enrolment, _e.programme_id == _r.programme_id)
        part = union(listed, applied.where(_r.id.in_(ids), _APPLIED)).subquery()
        said = and_(_s.round_id == part.c.round_id, _s.lab_id == part.c.lab_id)
        signed = and_(receipt.c.round_id == part.c.round_id, receipt.c.lab_id == part.c.lab_id)
        late = func.sum(case((receipt.c.lab_id.is_(None) & _SILENT, 1), else_=0))
        source = part.outerjoin(submission, said).outerjoin(receipt, signed)
        query = select(part.c.round_id, late).select_from(source).group_by(part.c.round_id)
        return {row[0]: int(row[1]) for row in await self._all(query)}

    async def people_unsigned(
        self, year: int, n: int, since: date, now: datetime, after: int, limit: int
    ) -> Walked:
        """Of samples expected since that day, where a list of receipts leaves the lab out."""
        meant = [one for one in await self.arrivals(now) if (one.year, one.n, one.since) == (year, n, since)]
        source: Any = (
            round_.join(receipt_list, receipt_list.c.round_id == _r.id)
            .outerjoin(submission, and_(_s.round_id == _r.id, _s.lab_id == _b.lab_id))
            .outerjoin(enrolment, and_(_e.programme_id == _r.programme_id, _e.lab_id == _b.lab_id))
            .outerjoin(receipt, and_(receipt.c.round_id == _r.id, receipt.c.lab_id == _b.lab_id))
        )
        late = (_r.id.in_([one.round_id for one in meant]), receipt.c.lab_id.is_(None), _SILENT)
        concerned = exists().select_from(source).where(*late, or_(_LISTED, _APPLIED)).correlate(binding)
        return await self._spokesmen(concerned, after, limit, hears_reminders)

    async def people_suspended(self, year: int, labs: Sequence[int], after: int, limit: int) -> Walked:
        """Of those labs that are suspended still."""
        mine = sorted(one for one in labs if one > after)
        some = mine[:limit]
        stopped = (_e.lab_id == _b.lab_id, _e.state == str(Enrolled.SUSPENDED), programme.c.year == year)
        source = enrolment.join(programme, programme.c.id == _e.programme_id)
        still = exists().select_from(source).where(*stopped).correlate(binding)
        walked = await self._spokesmen(and_(_b.lab_id.in_(some), still), after, limit)
        last = walked.last
        if len(mine) > limit:  # labs beyond `some` were not asked for, however far the walk went
            last = some[-1] if last is None else min(last, some[-1])
        return Walked(walked.people, last if mine else None)

    async def lab_ids(self, codes: Sequence[str]) -> list[int]:
        found: list[int] = []
        for some in chunks(codes):
            found += [row.id for row in await self._all(select(lab.c.id).where(lab.c.code.in_(list(some))))]
        return sorted(found)
