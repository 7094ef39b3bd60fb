"""What a lab sees of its scores: released ones only, in their newest version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.access import Principal
from core.activities.use import ALL, ProgrammesTx, choose, local_day, programmes
from core.errors import DomainError
from core.scores.history import Standing, standing
from core.scores.models import Held, Returned, Score, Verdict
from core.words import name_key

Own = tuple[list[Held], list[Returned]]

FEW = 2  # programmes whose analytes are shown without being asked for


class ScoresTx(ProgrammesTx, Protocol):
    async def own_scores(
        self,
        who: Principal,
        year: int | None,
        n: int | None,
        now: datetime,
        *,
        detailed: bool,
        programmes: Sequence[int] = (),
    ) -> Own: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Item:
    """One score; `corrected_at` if it was corrected after its release."""

    score: Score
    corrected_at: datetime | None


@dataclass(frozen=True, slots=True)
class Result:
    """A programme's scores; `whole` is None where only its analytes were returned."""

    held: Held
    whole: Item | None
    analytes: tuple[Item, ...]
    standing: Standing

    @property
    def name(self) -> str:
        return self.held.programme.name

    @property
    def corrected_at(self) -> datetime | None:
        items = (self.whole, *self.analytes) if self.whole else self.analytes
        return max((item.corrected_at for item in items if item.corrected_at), default=None)

    @property
    def failed(self) -> tuple[Item, ...]:
        return tuple(item for item in self.analytes if item.score.verdict is Verdict.UNSATISFACTORY)


@dataclass(frozen=True, slots=True)
class Awaited:
    """Programmes that are not released yet, and when they are expected."""

    names: tuple[str, ...]
    deadline: datetime
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Report:
    """One lab's results; `missing` are released, yet nothing was found of this lab: 未查到 is not 没有."""

    lab: str
    results: tuple[Result, ...]
    awaited: tuple[Awaited, ...]
    missing: tuple[str, ...]

    @property
    def detailed(self) -> bool:
        return len(self.results) <= FEW

    @property
    def unsuccessful(self) -> tuple[str, ...]:
        return tuple(result.name for result in self.results if result.standing is Standing.UNSUCCESSFUL)


@dataclass(frozen=True, slots=True)
class MyScores:
    """Answer of 成绩; no reports: no such activity was imported."""

    year: int | None
    n: int | None
    reports: tuple[Report, ...]
    as_of: datetime | None


async def my_scores(
    tx: ScoresTx, who: Principal, year: int | None, n: int | None, words: Sequence[str], now: datetime
) -> MyScores:
    """Of the newest activity with released scores, else of the newest that is closed, unless one is named.

    DomainError: activities/programme_unknown, activities/programme_ambiguous.
    """
    held, found = await _own(tx, who, year, n, [word for word in words if word != ALL], now)
    for lab in sorted(who.labs):
        await tx.audit(who, "scores.read", f"lab:{lab}", {}, now)
    if not held:
        return MyScores(year, n, (), None)
    labs = {one.lab_id: one.lab for one in held}
    reports = tuple(_report(name, [h for h in held if h.lab_id == lab], found) for lab, name in labs.items())
    shown = [result for report in reports for result in report.results]
    as_of = min((result.held.as_of for result in shown if result.held.as_of), default=None)
    return MyScores(held[0].year, held[0].n, reports, as_of)


async def _own(
    tx: ScoresTx, who: Principal, year: int | None, n: int | None, words: Sequence[str], now: datetime
) -> Own:
    """The programmes named, all without words; with analytes where programmes are named or few."""
    held, found = await tx.own_scores(who, year, n, now, detailed=bool(words))
    if not words:
        few = len({one.score.round_id for one in found if (one.year, one.n) == (held[0].year, held[0].n)}) <= FEW
        return await tx.own_scores(who, year, n, now, detailed=True) if found and few else (held, found)
    here = {one.programme.id: one.programme for one in held}
    try:
        wanted = {one.id for one in choose(words, list(here.values()))}
        return [one for one in held if one.programme.id in wanted], found
    except DomainError as fault:
        if fault.key != "activities/programme_unknown":
            raise
    listed = await programmes(tx, year, words, local_day(now))  # perhaps held in another activity only
    ids = [one.id for one in listed.programmes]
    return await tx.own_scores(who, year, n, now, detailed=True, programmes=ids) if listed.known else ([], [])


def _report(lab: str, held: Sequence[Held], found: Sequence[Returned]) -> Report:
    """Where some results are there, programmes of which nobody knows whether the lab takes part in them are
    not called missing."""
    lab_id = held[0].lab_id
    mine = [one for one in found if one.score.lab_id == lab_id]
    results = tuple(result for one in held if one.released_at and (result := _result(one, mine)))
    shown = {result.held.round_id for result in results}
    rest = [one for one in held if one.round_id not in shown and one.takes_part is not False]
    missing = tuple(one.programme.name for one in rest if one.released_at and (one.takes_part or not results))
    return Report(lab, results, _awaited([one for one in rest if not one.released_at]), missing)


def _awaited(rest: Sequence[Held]) -> tuple[Awaited, ...]:
    kinds = dict.fromkeys((one.deadline, one.scores_due_on) for one in rest)
    return tuple(
        Awaited(tuple(one.programme.name for one in rest if (one.deadline, one.scores_due_on) == kind), *kind)
        for kind in kinds
    )


def _result(held: Held, mine: Sequence[Returned]) -> Result | None:
    items = [
        Item(
            one.score, one.at if one.score.version > 1 and held.released_at and one.at > held.released_at else None
        )
        for one in mine
        if one.score.round_id == held.round_id
    ]
    if not items:
        return None
    whole = next((item for item in items if not item.score.analyte), None)
    analytes = tuple(item for item in items if item.score.analyte)
    return Result(held, whole, analytes, _standing(held, mine))


def _standing(held: Held, mine: Sequence[Returned]) -> Standing:
    """A programme goes by its name: each year has catalogue entries of its own."""
    name = name_key(held.programme.name)
    history = [one for one in mine if not one.score.analyte and name_key(one.programme) == name]
    results = {(one.year, one.n): one.score.verdict for one in history}
    return standing(results, {one.year: one.rounds for one in history}, (held.year, held.n))
