"""What a lab sees of its scores: released ones only, in their newest version."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.access import Principal
from core.activities.use import ALL, ProgrammesTx, choose, local_day, programmes
from core.errors import DomainError
from core.scores.history import Standing, standing
from core.scores.models import Held, Returned, Verdict
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
class Result:
    """A programme's scores; `whole` is None where only its analytes were returned."""

    name: str
    whole: Returned | None
    analytes: tuple[Returned, ...]
    standing: Standing

    @property
    def corrected_at(self) -> datetime | None:
        items = (self.whole, *self.analytes) if self.whole else self.analytes
        return max((item.corrected_at for item in items if item.corrected_at), default=None)

    @property
    def failed(self) -> int:
        return sum(item.score.verdict is Verdict.UNSATISFACTORY for item in self.analytes)


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
    current = [one for one in found if one.current]
    if not held and not current:
        return MyScores(year, n, (), None)
    at = held[0] if held else current[0]
    labs = {**{one.lab_id: one.lab for one in held}, **{one.score.lab_id: one.lab for one in current}}
    reports = tuple(_report(lab, labs[lab], held, found) for lab in sorted(labs))
    return MyScores(at.year, at.n, reports, min((one.as_of for one in current), default=None))


async def _own(
    tx: ScoresTx, who: Principal, year: int | None, n: int | None, words: Sequence[str], now: datetime
) -> Own:
    """The programmes named, or all; with all details where programmes are named or few."""
    if words:
        return await _named(tx, who, year, n, words, now)
    held, found = await tx.own_scores(who, year, n, now, detailed=False)
    shown = Counter(lab for lab, _ in {(one.score.lab_id, one.score.round_id) for one in found if one.current})
    if all(shown[lab] > FEW for lab in who.labs):
        return held, found
    return await tx.own_scores(who, year, n, now, detailed=True)


async def _named(
    tx: ScoresTx, who: Principal, year: int | None, n: int | None, words: Sequence[str], now: datetime
) -> Own:
    held, found = await tx.own_scores(who, year, n, now, detailed=True)
    try:
        wanted = {
            one.id for one in choose(words, list({one.programme.id: one.programme for one in held}.values()))
        }
    except DomainError as fault:
        if fault.key != "activities/programme_unknown":
            raise
        listed = await programmes(tx, year, words, local_day(now))  # perhaps held in another activity only
        if not listed.known:
            return [], []
        wanted = {one.id for one in listed.programmes}
        held, found = await tx.own_scores(who, year, n, now, detailed=True, programmes=sorted(wanted))
    return (
        [one for one in held if one.programme.id in wanted],
        [one for one in found if one.programme_id in wanted or not one.current],
    )


def _report(lab_id: int, lab: str, held: Sequence[Held], found: Sequence[Returned]) -> Report:
    """Where some results are there, programmes of which nobody knows whether the lab takes part in them are
    not called missing."""
    mine = [one for one in found if one.score.lab_id == lab_id]
    rounds: dict[int, list[Returned]] = {}
    for one in mine:
        if one.current:
            rounds.setdefault(one.score.round_id, []).append(one)
    results = tuple(_result(items, mine) for items in rounds.values())
    rest = [one for one in held if one.lab_id == lab_id and one.round_id not in rounds]
    rest = [one for one in rest if one.takes_part is not False]
    missing = tuple(one.programme.name for one in rest if one.released_at and (one.takes_part or not results))
    return Report(lab, results, _awaited([one for one in rest if not one.released_at]), missing)


def _awaited(rest: Sequence[Held]) -> tuple[Awaited, ...]:
    kinds = dict.fromkeys((one.deadline, one.scores_due_on) for one in rest)
    return tuple(
        Awaited(tuple(one.programme.name for one in rest if (one.deadline, one.scores_due_on) == kind), *kind)
        for kind in kinds
    )


def _result(items: Sequence[Returned], mine: Sequence[Returned]) -> Result:
    first = items[0]
    whole = first if not first.score.analyte else None
    analytes = tuple(item for item in items if item.score.analyte)
    return Result(first.programme, whole, analytes, _standing(first, mine))


def _standing(at: Returned, mine: Sequence[Returned]) -> Standing:
    """A programme goes by its name: each year has catalogue entries of its own."""
    name = name_key(at.programme)
    history = [one for one in mine if not one.score.analyte and name_key(one.programme) == name]
    results = {(one.year, one.n): one.score.verdict for one in history}
    return standing(results, {one.year: one.rounds for one in history}, (at.year, at.n))
