"""How a lab's PT score of one programme, or one analyte, went from round to round."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.access import Principal
from core.activities.models import Programme
from core.activities.use import ALL, ProgrammesTx, local_day, programmes
from core.errors import DomainError, Several
from core.scores.lines import Line, lines
from core.scores.models import Distribution, Past, Scored, Verdict
from core.scores.naming import Analyte, Wanted, wanted
from core.scores.use import NOT_FOUND
from core.words import name_key

MOST = 12  # rounds
_FIGURED = (Verdict.SATISFACTORY, Verdict.UNSATISFACTORY)


class TrendTx(ProgrammesTx, Protocol):
    async def every_programme(self) -> list[Programme]: ...

    async def own_scored(self, who: Principal, year: int | None = None, n: int | None = None) -> list[Scored]: ...

    async def own_past(
        self, who: Principal, lab_id: int, programmes: Sequence[int], spelled: Sequence[str]
    ) -> list[Past]: ...

    async def distributions(self, rounds: Sequence[int]) -> list[Distribution]: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Point:
    """One round; a gap where `pt` is None: the round bore no PT score for this lab. `median` of all labs."""

    past: Past
    pass_score: float
    spread: Distribution | None

    @property
    def pt(self) -> float | None:
        return self.past.pt if self.past.verdict in _FIGURED else None

    @property
    def passed(self) -> bool:
        return self.past.verdict is Verdict.SATISFACTORY

    @property
    def gap(self) -> str:
        """Why there is no PT score. `absent`: did not take part; `unknown`: nothing was found, which is not no."""
        if self.past.verdict is not None:
            return str(self.past.verdict)
        return "absent" if self.past.takes_part is False else "unknown"

    @property
    def median(self) -> float | None:
        return self.spread.median if self.spread else None


@dataclass(frozen=True, slots=True)
class Trend:
    """`analyte` is empty for the programme as a whole; `earlier`: rounds that are left out."""

    lab_id: int
    lab: str
    programme: str
    analyte: str
    points: tuple[Point, ...]
    earlier: int

    @property
    def as_of(self) -> datetime:
        return min(point.past.as_of for point in self.points)

    @property
    def last(self) -> Past:
        return self.points[-1].past

    @property
    def pass_scores(self) -> tuple[float, ...]:
        """Those that held, the last one last."""
        return tuple(dict.fromkeys(point.pass_score for point in self.points))


async def trend(
    tx: TrendTx, who: Principal, words: Sequence[str], year: int | None, now: datetime, pass_score: float
) -> Trend:
    """Of the newest MOST rounds with released scores, or those of a year. `pass_score`: of programmes without one.

    DomainError: scores/no_trend, scores/no_trend_of, scores/one_trend, activities/programme_unknown. Several:
    scores/which_trend, scores/which_analyte, scores/which_lab and those of `wanted`.
    """
    scored = await tx.own_scored(who, year)
    for lab in sorted(who.labs):
        await tx.audit(who, "scores.read", f"lab:{lab}", {}, now)
    if not scored:
        raise DomainError("scores/no_trend", year=year)
    line, analyte = await _chosen(tx, scored, [word for word in words if word != ALL], year, local_day(now))
    key = name_key(analyte)
    mine = [one for one in scored if one.programme.id in line.ids and name_key(one.analyte) == key]
    labs = {one.lab_id: one.lab for one in mine}
    if len(labs) > 1:
        raise Several("scores/which_lab", "", sorted(labs.values()))
    [(lab_id, lab_name)] = labs.items()
    past = await tx.own_past(who, lab_id, sorted(line.ids), sorted({one.analyte for one in mine}))
    past = _since_first([one for one in past if year in (None, one.year)])
    found = await tx.distributions([one.round_id for one in past[-MOST:]])
    spread = {one.round_id: one for one in found if name_key(one.analyte) == key}
    points = tuple(_point(one, spread.get(one.round_id), pass_score) for one in past[-MOST:])
    return Trend(lab_id, lab_name, line.programme.name, analyte, points, len(past) - len(points))


def _point(past: Past, spread: Distribution | None, pass_score: float) -> Point:
    return Point(past, pass_score if past.pass_score is None else past.pass_score, spread)


def _since_first(past: Sequence[Past]) -> list[Past]:
    """What was before the lab's first result is no gap."""
    first = next(at for at, one in enumerate(past) if one.verdict is not None)
    return list(past[first:])


async def _chosen(
    tx: TrendTx, scored: Sequence[Scored], words: Sequence[str], year: int | None, today: date
) -> tuple[Line, str]:
    """The line of programmes that is meant, and the analyte."""
    with_scores = {one.programme.id for one in scored}
    known = [line for line in lines(await tx.every_programme()) if line.ids & with_scores]
    analytes = _analytes(scored, known)
    if words:
        want = await _wanted(tx, words, [line.programme for line in known], analytes, year, today)
        line = _one(want, known)
        only = want.analytes.get(line.programme.id, frozenset())
    else:
        line, only = _only(known), frozenset()
    if len(only) > 1:
        raise DomainError("scores/one_trend", name=line.programme.name)
    of_line = {name_key(one.name): one for one in analytes if one.programme == line.programme}
    if only:
        return line, of_line[next(iter(only))].name
    if any(not one.analyte and one.programme.id in line.ids for one in scored):
        return line, ""
    spoken = [one.spoken for one in of_line.values()]
    raise Several("scores/which_analyte", words[0] if len(words) == 1 else "", spoken, name=line.programme.name)


def _analytes(scored: Sequence[Scored], known: Sequence[Line]) -> list[Analyte]:
    """By the newest spelling of each, the newest name of its programme beside it."""
    home = {ident: line.programme for line in known for ident in line.ids}
    rows = sorted((one for one in scored if one.analyte), key=lambda one: one.programme.year)
    newest = {(home[one.programme.id], name_key(one.analyte)): one.analyte for one in rows}
    return [Analyte(programme, name) for (programme, _), name in newest.items()]


async def _wanted(
    tx: TrendTx,
    words: Sequence[str],
    known: Sequence[Programme],
    analytes: Sequence[Analyte],
    year: int | None,
    today: date,
) -> Wanted:
    """What the words name; what the lab has no scores of is still said to be known."""
    try:
        return wanted(words, known, analytes)
    except DomainError as fault:
        if fault.key not in NOT_FOUND:
            raise
        listed = await programmes(tx, year, (), today)
        others = wanted(words, [*known, *listed.programmes], analytes)
        names = [one.name for one in listed.programmes if one.id in others.programmes]
        raise DomainError("scores/no_trend_of", name=names[0] if names else words[0], year=year) from fault


def _one(want: Wanted, known: Sequence[Line]) -> Line:
    chosen = [line for line in known if line.programme.id in want.programmes]
    if not chosen:
        return _only(known)
    if len(chosen) > 1:
        raise DomainError("scores/one_trend", name=chosen[0].programme.name)
    return chosen[0]


def _only(known: Sequence[Line]) -> Line:
    """Which one, if there are several."""
    if len(known) > 1:
        raise Several("scores/which_trend", "", [line.programme.name for line in known], count=len(known))
    return known[0]
