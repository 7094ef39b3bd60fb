"""A lab's own released scores, in one round trip; never without the asker (style, habit 7).

Two kinds of rows in one statement, which is made once: building one costs as much as asking it, and a round
trip as much as fifty rows.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Integer, Text, and_, bindparam, case, cast, null, or_, select, tuple_, type_coerce

from core.access import Principal
from core.activities.models import Programme, Reported, RoundState
from core.enrolment.models import Enrolled
from core.scores.models import Held, Returned, Score, Verdict
from db.activities import programme, round_, submission, submission_list
from db.base import Queries
from db.enrolment import enrolment, enrolment_list
from db.labs import lab
from db.scores import score, score_release
from db.types import Moment

_r, _p, _s, _l = round_.c, programme.c, score.c, score_release.c
_LABS: Any = bindparam("labs", expanding=True)
_NOW = bindparam("now", type_=Moment)
_YEAR, _N = (bindparam(name, type_=Integer) for name in ("year", "n"))
_DETAILED = bindparam("detailed", type_=Boolean)
_ALIVE = _r.state != str(RoundState.CANCELLED)


def _statement(*chosen: Any) -> Any:
    newest = _newest(*chosen)
    here = tuple_(_r.year, _r.n).in_(select(newest.c.year, newest.c.n))  # so that SQLite takes the index
    return _HELD.where(here, _ALIVE, *chosen).union_all(_returned(newest))


def _newest(*chosen: Any) -> Any:
    """One activity: the newest with released scores, else the newest closed, else the next one."""
    given = (or_(_YEAR.is_(None), _r.year == _YEAR), or_(_N.is_(None), _r.n == _N))
    return (
        select(_r.year, _r.n)
        .select_from(round_.outerjoin(score_release, _l.round_id == _r.id))
        .where(_ALIVE, *given, *chosen)
        .order_by(
            case((_l.released_at.is_not(None), 0), (_r.deadline < _NOW, 1), else_=2),
            case((and_(_l.released_at.is_(None), _r.deadline >= _NOW), _r.deadline)).asc().nulls_first(),
            _r.year.desc(),
            _r.n.desc(),
        )
        .limit(1)
        .cte("newest")
    )


def with_lists(source: Any) -> Any:
    """Of a round, its programme and a lab, what TAKES_PART looks at."""
    return (
        source.outerjoin(submission, and_(submission.c.round_id == _r.id, submission.c.lab_id == lab.c.id))
        .outerjoin(submission_list, submission_list.c.round_id == _r.id)
        .outerjoin(enrolment, and_(enrolment.c.programme_id == _r.programme_id, enrolment.c.lab_id == lab.c.id))
        .outerjoin(enrolment_list, enrolment_list.c.programme_id == _r.programme_id)
    )


_LISTED = submission.c.state.in_([str(Reported.SUBMITTED), str(Reported.UNSUBMITTED)])
_TOLD = (submission.c.state, enrolment.c.state, submission_list.c.full_as_of, enrolment_list.c.full_as_of)
# As `OwnRound.takes_part`, but NULL where no list tells.
TAKES_PART = case(
    (or_(_LISTED, enrolment.c.state == str(Enrolled.APPLIED)), 1),
    (or_(*(one.is_not(None) for one in _TOLD)), 0),
    else_=None,
)


def _held() -> Any:
    """Rounds as each lab stands to them, only those that something is to be said of unless all are wanted."""
    source = with_lists(
        round_.join(programme, _p.id == _r.programme_id)
        .join(lab, lab.c.id.in_(_LABS))
        .outerjoin(score_release, and_(_l.round_id == _r.id, _l.released_at.is_not(None)))
    )
    scored = select(_s.version).where(_s.lab_id == lab.c.id, _s.round_id == _r.id).exists()
    of_round = (lab.c.id.label("lab_id"), _r.id.label("round_id"), _r.year, _r.n, _p.name, _p.rounds)
    of_lab = (lab.c.name.label("lab"), TAKES_PART.label("takes_part"), _r.deadline, _r.scores_due_on)
    of_programme = (_p.id.label("programme_id"), _p.code, cast(_p.aliases, Text).label("aliases"))
    of_score = [type_coerce(null(), _s[name].type).label(name) for name in _FIGURES]
    columns = (*of_round, *of_lab, *of_programme, _l.as_of, _l.released_at, *of_score)
    open_ = and_(TAKES_PART.is_distinct_from(0), or_(_l.released_at.is_(None), ~scored))
    return select(*columns).select_from(source).where(or_(_DETAILED, open_))


_FIGURES = ("analyte", "verdict", "acceptable", "total", "pt", "remark", "conflict", "version", "at")


def _returned(newest: Any) -> Any:
    """Released scores of that activity, and the programme-level ones of the two rounds before it. Unless all
    details are wanted, no analytes where there is a whole, and of the rounds before only the failures."""
    w, whole = _wanted(newest), score.alias("whole")
    same = (whole.c.lab_id == _s.lab_id, whole.c.round_id == _s.round_id, whole.c.analyte == "")
    alone = ~select(whole.c.version).where(*same).exists()
    now = w.c.now == 1
    of_round = (_s.lab_id, _s.round_id, w.c.year, w.c.n, w.c.name, w.c.rounds)
    of_lab = (lab.c.name, w.c.now, null(), null())  # `now` stands in the column of `takes_part`
    of_programme = (w.c.programme_id, null(), null(), w.c.as_of, w.c.released_at)
    return (
        select(*of_round, *of_lab, *of_programme, *(_s[name] for name in _FIGURES))
        .select_from(w.join(score, _s.round_id == w.c.id).join(lab, lab.c.id == _s.lab_id))
        .where(
            _s.lab_id.in_(_LABS),
            _s.superseded_at.is_(None),
            or_(_s.analyte == "", _DETAILED, alone),  # needs no other table, so SQLite asks it first
            or_(_s.analyte == "", now),
            or_(now, _DETAILED, _s.verdict == str(Verdict.UNSATISFACTORY)),
        )
    )


def _wanted(newest: Any) -> Any:
    """The released rounds of that activity (`now`) and, of each programme, the two before it."""
    year, n = newest.c.year, newest.c.n
    now = and_(_r.year == year, _r.n == n)
    this_year = and_(_r.year == year, _r.n < n, _r.n >= n - 2)
    last_year = and_(_r.year == year - 1, _r.n > _p.rounds - 3 + n)
    of_round = (_r.id, _r.year, _r.n, _p.name, _p.rounds, _p.id.label("programme_id"))
    return (
        select(*of_round, _l.as_of, _l.released_at, case((now, 1), else_=0).label("now"))
        .select_from(
            newest.join(round_, or_(_r.year == year, _r.year == year - 1))
            .join(programme, _p.id == _r.programme_id)
            .join(score_release, _l.round_id == _r.id)
        )
        .where(or_(now, this_year, last_year), _l.released_at.is_not(None), _ALIVE)
        .cte("wanted")
    )


_HELD = _held()
_NEWEST = _statement()
_NEWEST_OF = _statement(_r.programme_id.in_(bindparam("programmes", expanding=True)))


class OwnScores(Queries):
    async def own_scores(
        self,
        who: Principal,
        year: int | None,
        n: int | None,
        now: datetime,
        *,
        detailed: bool,
        programmes: Sequence[int] = (),
    ) -> tuple[list[Held], list[Returned]]:
        """The activity meant as each of the asker's bound labs stands to its rounds, and what was returned.

        The newest activity that fits; with `programmes` the newest that has any of these, and only these.
        Unless `detailed` just what a summary needs: no rounds that are answered by their scores or that the
        lab does not take part in, no analytes beside a whole, of the rounds before only the failures.
        """
        values = {"labs": sorted(who.labs), "now": now, "year": year, "n": n, "detailed": detailed}
        if programmes:
            rows = (await self._run(_NEWEST_OF, {**values, "programmes": programmes})).all()
        else:
            rows = (await self._run(_NEWEST, values)).all()
        held = [_to_held(row) for row in rows if row[-1] is None]
        returned = [_to_returned(row) for row in rows if row[-1] is not None]
        held.sort(key=lambda one: (one.lab_id, one.programme.id))
        returned.sort(key=lambda one: (one.score.lab_id, one.programme_id, one.score.analyte))
        return held, returned


def _to_held(row: Any) -> Held:
    lab_id, round_id, year, n, name, rounds, lab_name, takes_part, deadline, due_on, ident, code, *more = row
    offered = Programme(ident, year, code, name, tuple(json.loads(more[0])), rounds)
    taking = None if takes_part is None else bool(takes_part)
    return Held(lab_id, lab_name, round_id, year, n, offered, deadline, due_on, more[1], more[2], taking)


def _to_returned(row: Any) -> Returned:
    lab_id, round_id, year, n, name, rounds, lab_name, now, _, _, ident, _, _, as_of, released_at = row[:-9]
    analyte, verdict, acceptable, total, pt, remark, conflict, version, at = row[-9:]
    figures = (acceptable, total, pt, remark, bool(conflict), version)
    found = Score(lab_id, round_id, analyte, Verdict(verdict), *figures)
    return Returned(found, lab_name, year, n, ident, name, rounds, as_of, released_at, bool(now), at)
