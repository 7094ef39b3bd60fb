"""What is asked of programmes and rounds, with the counts of who has reported."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, exists, func, select, tuple_, update

from core.activities.models import Programme, Reported, RoundState, RoundView, Tally
from core.enrolment.models import Enrolled
from core.pushes.plan import Deadline
from db.activities import ROUND_COLUMNS, programme, round_, submission, submission_list, to_programme, to_round
from db.base import Queries
from db.enrolment import enrolment

Moment = tuple[int, int, datetime]
_ROUND = select(
    *ROUND_COLUMNS,
    submission_list.c.as_of,
    submission_list.c.full_as_of,
).select_from(
    round_.join(programme, programme.c.id == round_.c.programme_id).outerjoin(
        submission_list, submission_list.c.round_id == round_.c.id
    )
)
_ALIVE = round_.c.state != str(RoundState.CANCELLED)


class Activities(Queries):
    async def programmes(self, year: int) -> list[Programme]:
        rows = await self._all(select(programme).where(programme.c.year == year).order_by(programme.c.id))
        return [to_programme(row, row.id, row.plan_url) for row in rows]

    async def programme_years(self) -> list[int]:
        return [row[0] for row in await self._all(select(programme.c.year).distinct())]

    async def rounds(self, year: int, n: int | None) -> list[RoundView]:
        wanted = (round_.c.year == year) if n is None else (round_.c.year == year) & (round_.c.n == n)
        return await self._views(wanted)

    async def schedule(self, year: int, n: int | None) -> list[RoundView]:
        """As `rounds`, without counts."""
        wanted = (round_.c.year == year) if n is None else (round_.c.year == year) & (round_.c.n == n)
        return await self._views(wanted, counted=False)

    async def rounds_closing(self, since: datetime) -> list[RoundView]:
        """Rounds whose deadline is at or after `since`, soonest first; without counts."""
        return await self._views(round_.c.deadline >= since, counted=False)

    async def any_rounds(self) -> bool:
        """Whether a schedule was ever imported."""
        return await self._one(select(round_.c.id).limit(1)) is not None

    async def rounds_at(self, year: int, n: int, deadline: datetime) -> list[RoundView]:
        return await self._views((round_.c.year == year) & (round_.c.n == n) & (round_.c.deadline == deadline))

    async def rounds_at_any(self, moments: Collection[Moment]) -> dict[Moment, list[RoundView]]:
        """As `rounds_at`, for each (year, n, deadline) at once; `Tally.unknown` only where nobody is known not to
        have reported, for else no reminder rests on it, and a claim need not look at every enrolment."""
        found: dict[Moment, list[RoundView]] = {}
        here = tuple_(round_.c.year, round_.c.n, round_.c.deadline).in_(list(moments))
        for view in await self._views(here, for_reminder=True):
            found.setdefault((view.round.year, view.round.n, view.deadline), []).append(view)
        return found

    async def rounds_by_id(self, ids: Sequence[int]) -> list[RoundView]:
        return await self._views(round_.c.id.in_(ids))

    async def open_deadlines(self, now: datetime) -> list[Deadline]:
        query = select(round_.c.year, round_.c.n, round_.c.deadline).where(round_.c.deadline > now, _ALIVE)
        return [Deadline(*row) for row in await self._all(query.distinct().order_by(round_.c.deadline))]

    async def set_round_state(self, ids: Sequence[int], state: RoundState, now: datetime) -> None:
        values = {"state": str(state), "dispatched_at": now}
        await self._run(update(round_).where(round_.c.id.in_(ids)).values(**values))

    async def _views(self, where: Any, counted: bool = True, for_reminder: bool = False) -> list[RoundView]:
        rows = await self._all(_ROUND.where(where, _ALIVE).order_by(round_.c.deadline, round_.c.programme_id))
        listed = [row.id for row in rows if counted and row.as_of is not None]
        counts = await self._counts(listed) if listed else {}
        asked = [ident for ident in listed if not (for_reminder and counts.get(ident, (0, 0))[1])]
        missing = await self._missing(asked) if asked else {}
        return [
            RoundView(to_round(row), _tally(row, *counts.get(row.id, (0, 0)), missing.get(row.id, 0)))
            for row in rows
        ]

    async def _counts(self, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
        def counted(state: Reported) -> Any:
            return func.sum(case((submission.c.state == str(state), 1), else_=0))

        query = (
            select(submission.c.round_id, counted(Reported.SUBMITTED), counted(Reported.UNSUBMITTED))
            .where(submission.c.round_id.in_(ids))
            .group_by(submission.c.round_id)
        )
        return {row[0]: (int(row[1]), int(row[2])) for row in await self._all(query)}

    async def _missing(self, ids: Sequence[int]) -> dict[int, int]:
        """By round: labs that have applied for the programme and are on no list of the round."""
        said = (submission.c.round_id == round_.c.id, submission.c.lab_id == enrolment.c.lab_id)
        listed = exists().where(*said, submission.c.state != str(Reported.UNLISTED))
        query = (
            select(round_.c.id, func.count())
            .join(enrolment, enrolment.c.programme_id == round_.c.programme_id)
            .where(round_.c.id.in_(ids), enrolment.c.state == str(Enrolled.APPLIED), ~listed)
            .group_by(round_.c.id)
        )
        return {row[0]: row[1] for row in await self._all(query)}


def _tally(row: Any, reported: int, unreported: int, unknown: int) -> Tally:
    return Tally(reported, unreported, row.as_of, row.full_as_of is not None, unknown)
