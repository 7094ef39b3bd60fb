"""A lab's own released scores over all years; never without the asker (style, habit 7)."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, and_, cast, func, select

from core.access import Principal
from core.activities.models import Programme, RoundState
from core.scores.models import Past, Scored, Verdict
from db.activities import programme, round_, to_programme
from db.base import Queries
from db.labs import lab
from db.own_scores import TAKES_PART, with_lists
from db.scores import score, score_release

_r, _p, _s, _l = round_.c, programme.c, score.c, score_release.c
_ALIVE = _r.state != str(RoundState.CANCELLED)
_VISIBLE = _l.released_at.is_not(None)


class OwnTrend(Queries):
    async def every_programme(self) -> list[Programme]:
        """Of all years, the oldest first."""
        rows = await self._all(select(programme).order_by(_p.year, _p.id))
        return [to_programme(row, row.id, row.plan_url) for row in rows]

    async def own_scored(self, who: Principal, year: int | None = None, n: int | None = None) -> list[Scored]:
        """What the asker's labs have released results of, in any activity that fits."""
        source = (
            score.join(lab, lab.c.id == _s.lab_id)
            .join(score_release, _l.round_id == _s.round_id)
            .join(round_, _r.id == _s.round_id)
            .join(programme, _p.id == _r.programme_id)
        )
        aliases = cast(_p.aliases, Text).label("aliases")  # JSON cannot be told apart on PostgreSQL
        of_programme = (_p.id, _p.year, _p.code, _p.name, aliases, _p.rounds)
        of_lab = (lab.c.id.label("lab_id"), lab.c.name.label("lab"), _s.analyte)
        fits = [column == value for column, value in ((_r.year, year), (_r.n, n)) if value is not None]
        query = (
            select(*of_lab, *of_programme, func.max(_r.n).label("n"))
            .select_from(source)
            .where(_s.lab_id.in_(who.labs), _s.superseded_at.is_(None), _VISIBLE, _ALIVE, *fits)
            .group_by(*of_lab, *of_programme)
            .order_by(lab.c.id, _p.id, _s.analyte)
        )
        return [_scored(row) for row in await self._all(query)]

    async def own_past(
        self, who: Principal, lab_id: int, programmes: Sequence[int], spelled: Sequence[str]
    ) -> list[Past]:
        """Every released round of these programmes, the oldest first, with the lab's score of the analyte that is
        `spelled` so ("" for the whole)."""
        if not who.may_see(lab_id):
            raise PermissionError("own past")
        mine = (_s.lab_id == lab.c.id, _s.round_id == _r.id, _s.superseded_at.is_(None), _s.analyte.in_(spelled))
        rounds = round_.join(programme, _p.id == _r.programme_id).join(lab, lab.c.id == lab_id)
        source = with_lists(rounds.join(score_release, _l.round_id == _r.id)).outerjoin(score, and_(*mine))
        of_round = (lab.c.id.label("lab_id"), _r.id, _r.year, _r.n, _p.name, _p.pass_score)
        query = (
            select(*of_round, TAKES_PART.label("takes_part"), _l.as_of, _s.verdict, _s.pt)
            .select_from(source)
            .where(_p.id.in_(programmes), _VISIBLE, _ALIVE)
            .order_by(_r.year, _r.n)
        )
        return [_past(row) for row in await self._all(query)]


def _scored(row: Any) -> Scored:
    offered = Programme(row.id, row.year, row.code, row.name, tuple(json.loads(row.aliases)), row.rounds)
    return Scored(row.lab_id, row.lab, offered, row.analyte, row.n)


def _past(row: Any) -> Past:
    lab_id, round_id, year, n, name, pass_score, takes_part, as_of, verdict, pt = row
    taking = None if takes_part is None else bool(takes_part)
    said = Verdict(verdict) if verdict else None
    return Past(lab_id, round_id, year, n, name, pass_score, taking, as_of, said, pt)
