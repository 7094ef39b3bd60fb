"""One laboratory's part of the answer to 成绩."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from core.scores.history import Standing, standing
from core.scores.models import Distribution, Held, Returned, Verdict
from core.words import name_key

FEW = 2  # programmes whose analytes are shown without being asked for
Spread = Mapping[tuple[int, str], Distribution]  # by round and analyte


@dataclass(frozen=True, slots=True)
class Result:
    """A programme's scores; `whole` is None where only its analytes were returned. `spread`: how all labs did, by
    analyte, the programme's own under the empty one; `narrowed`: the analytes are those that were asked for."""

    name: str
    whole: Returned | None
    analytes: tuple[Returned, ...]
    standing: Standing
    narrowed: bool = False
    spread: Mapping[str, Distribution] = field(default_factory=dict)

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
    def names(self) -> frozenset[str]:
        """Programmes of which it says anything."""
        awaited = (name for one in self.awaited for name in one.names)
        return frozenset((*(one.name for one in self.results), *awaited, *self.missing))

    @property
    def detailed(self) -> bool:
        return len(self.results) <= FEW or any(one.narrowed for one in self.results)

    @property
    def unsuccessful(self) -> tuple[str, ...]:
        return tuple(result.name for result in self.results if result.standing is Standing.UNSUCCESSFUL)


def report(
    lab_id: int,
    lab: str,
    held: Sequence[Held],
    found: Sequence[Returned],
    narrowed: frozenset[int],
    spread: Spread,
) -> Report:
    """`narrowed`: programmes of which just some analytes were asked for. Where some results are there, programmes
    of which nobody knows whether the lab takes part in them are not called missing."""
    mine = [one for one in found if one.score.lab_id == lab_id]
    rounds: dict[int, list[Returned]] = {}
    for one in mine:
        if one.current:
            rounds.setdefault(one.score.round_id, []).append(one)
    results = tuple(_result(items, mine, narrowed, spread) for items in rounds.values())
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


def _result(
    items: Sequence[Returned], mine: Sequence[Returned], narrowed: frozenset[int], spread: Spread
) -> Result:
    first = items[0]
    whole = first if not first.score.analyte else None
    analytes = tuple(item for item in items if item.score.analyte)
    by_analyte = {analyte: one for (ident, analyte), one in spread.items() if ident == first.score.round_id}
    only = first.programme_id in narrowed
    return Result(first.programme, whole, analytes, _standing(first, mine), only, by_analyte)


def _standing(at: Returned, mine: Sequence[Returned]) -> Standing:
    """A programme goes by its name: each year has catalogue entries of its own."""
    name = name_key(at.programme)
    history = [one for one in mine if not one.score.analyte and name_key(one.programme) == name]
    results = {(one.year, one.n): one.score.verdict for one in history}
    return standing(results, {one.year: one.rounds for one in history}, (at.year, at.n))
