"""Scores that wait for staff."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from core.activities.models import RoundState
from db.activities import programme, round_
from db.base import Queries
from db.scores import score, score_release

_r, _l, _s = round_.c, score_release.c, score.c
_ALIVE = _r.state != str(RoundState.CANCELLED)
_NEWEST_FIRST = (_r.year.desc(), _r.n.desc(), _r.programme_id)
_ROUNDS = (
    select(_r.year, _r.n, programme.c.name)
    .select_from(
        round_.join(programme, programme.c.id == _r.programme_id).outerjoin(score_release, _l.round_id == _r.id)
    )
    .order_by(*_NEWEST_FIRST)
)


class ScoreTodo(Queries):
    async def scores_due(self, day: date, closed: datetime) -> list[tuple[int, int, str]]:
        """(year, n, programme) without scores, expected before `day`, or closed before `closed` without a date."""
        late = or_(_r.scores_due_on < day, and_(_r.scores_due_on.is_(None), _r.deadline < closed))
        return await self._rounds(_l.round_id.is_(None), late)

    async def scores_unreleased(self) -> list[tuple[int, int, str]]:
        return await self._rounds(_l.round_id.is_not(None), _l.released_at.is_(None))

    async def conflicts_open(self) -> list[tuple[int, int, int]]:
        """(year, n, count) of conflicts that came after the release, if there was one: nobody saw them yet."""
        unseen = or_(_l.released_at.is_(None), _s.at > _l.released_at)
        query = (
            select(_r.year, _r.n, func.count())
            .select_from(score.join(round_, _r.id == _s.round_id).join(score_release, _l.round_id == _r.id))
            .where(_s.conflict, _s.superseded_at.is_(None), unseen, _ALIVE)
            .group_by(_r.year, _r.n)
            .order_by(_r.year.desc(), _r.n.desc())
        )
        return [tuple(row) for row in await self._all(query)]

    async def _rounds(self, *conditions: Any) -> list[tuple[int, int, str]]:
        return [tuple(row) for row in await self._all(_ROUNDS.where(_ALIVE, *conditions))]
