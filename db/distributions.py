"""How all laboratories of a round did, written with the scores it rests on, so that asking costs one read."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Float, Integer, bindparam, case, cast, delete, func, insert, select

from core.scores.models import ENOUGH, Distribution, Verdict
from db.base import Queries
from db.scores import score, score_distribution

_s, _d = score.c, score_distribution.c
_ROUND = bindparam("round", type_=Integer)
_SCORED = [str(Verdict.SATISFACTORY), str(Verdict.UNSATISFACTORY)]


def _spread() -> Any:
    """By analyte, in one look at a round's scores: equal PT scores are counted first, for there are few different
    ones. A quartile between two scores lies between them in proportion."""
    good = case((_s.verdict == str(Verdict.SATISFACTORY), 1), else_=0)
    counted = (
        select(_s.analyte, _s.pt, func.count().label("count"), func.sum(good).label("good"))
        .where(_s.round_id == _ROUND, _s.superseded_at.is_(None), _s.pt.is_not(None), _s.verdict.in_(_SCORED))
        .group_by(_s.analyte, _s.pt)
        .cte("counted")
    )
    c = counted.c
    upto = cast(func.sum(c.count).over(partition_by=c.analyte, order_by=c.pt), Integer)
    labs = cast(func.sum(c.count).over(partition_by=c.analyte), Integer)
    places = ((upto - c.count).label("start"), upto.label("end"), labs.label("labs"))
    at = select(c.analyte, c.pt, c.good, *places).cte("placed").c
    quartiles = (func.sum(at.pt * _share(at, quarter)) for quarter in (1, 2, 3))
    figures = (at.analyte, func.max(at.labs), *quartiles, func.sum(at.good))
    return select(*figures).group_by(at.analyte).having(func.max(at.labs) >= ENOUGH).order_by(at.analyte)


def _share(at: Any, quarter: int) -> Any:
    """How much of that quartile is this PT score, which has the places from `start` to before `end`."""
    place = (at.labs - 1) * quarter
    low, between = place // 4, cast(place % 4, Float) / 4

    def held(one: Any) -> Any:
        return case(((at.start <= one) & (one < at.end), 1.0), else_=0.0)

    return held(low) * (1 - between) + held(low + 1) * between


_SPREAD = _spread()


class Distributions(Queries):
    async def spread(self, round_id: int) -> list[Distribution]:
        """How the scores of a round, released or not, lie now: with 5,000 laboratories 50 ms and more, so where
        it can be, in no transaction that writes."""
        rows = (await self._run(_SPREAD, {"round": round_id})).all()
        return [_distribution(round_id, row) for row in rows]

    async def write_distributions(self, rounds: Sequence[int], found: Sequence[Distribution]) -> None:
        """In the transaction that makes these rounds' scores visible, or has changed what is."""
        await self._run(delete(score_distribution).where(_d.round_id.in_(rounds)))
        if found:
            await self._run(insert(score_distribution), [asdict(one) for one in found])

    async def distributions(self, rounds: Sequence[int]) -> list[Distribution]:
        """Of released rounds; none where too few were scored."""
        rows = await self._all(select(score_distribution).where(_d.round_id.in_(rounds)))
        return [Distribution(*row) for row in rows]


def _distribution(round_id: int, row: Any) -> Distribution:
    analyte, labs, lower, median, upper, good = row
    return Distribution(round_id, analyte, labs, lower, median, upper, int(good))
