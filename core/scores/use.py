"""What a lab sees of its scores: released ones only, in their newest version."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.activities.use import ALL, ProgrammesTx, local_day, programmes
from core.errors import DomainError
from core.scores.models import Distribution, Held, Returned, Scored
from core.scores.naming import Analyte, Wanted, wanted
from core.scores.report import FEW, Report, Spread, report
from core.words import name_key

Own = tuple[list[Held], list[Returned]]
NOT_FOUND = {"activities/programme_unknown", "activities/programme_near", "scores/no_analyte"}


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

    async def own_scored(self, who: Principal, year: int | None = None, n: int | None = None) -> list[Scored]: ...

    async def distributions(self, rounds: Sequence[int]) -> list[Distribution]: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class MyScores:
    """Answer of 成绩; no reports: no such activity was imported. `others`: programmes that are named, of which no
    list of the activity says that any of these labs takes part."""

    year: int | None
    n: int | None
    reports: tuple[Report, ...]
    as_of: datetime | None
    others: tuple[str, ...] = ()


async def my_scores(
    tx: ScoresTx, who: Principal, year: int | None, n: int | None, words: Sequence[str], now: datetime
) -> MyScores:
    """Of the newest activity with released scores, else of the newest that is closed, unless one is named. Words
    name programmes, and analytes of the lab's own results.

    DomainError: activities/programme_unknown. Several: activities/programme_near, activities/programme_ambiguous,
    scores/pt_meant.
    """
    held, found, want = await _own(tx, who, year, n, [word for word in words if word != ALL], now)
    for lab in sorted(who.labs):
        await tx.audit(who, "scores.read", f"lab:{lab}", {}, now)
    current = [one for one in found if one.current]
    if not held and not current:
        return MyScores(year, n, (), None)
    at = held[0] if held else current[0]
    labs = {**{one.lab_id: one.lab for one in held}, **{one.score.lab_id: one.lab for one in current}}
    narrowed = frozenset(want.analytes)
    spread = await _spread(tx, current, narrowed)
    reports = tuple(report(lab, labs[lab], held, found, narrowed, spread) for lab in sorted(labs))
    others = _others(want, reports)
    return MyScores(at.year, at.n, reports, min((one.as_of for one in current), default=None), others)


def _others(want: Wanted, reports: Sequence[Report]) -> tuple[str, ...]:
    """None where that is all there is to say, which is said lab by lab."""
    shown = {name for one in reports for name in one.names}
    return tuple(name for name in want.names if name not in shown) if shown else ()


async def _spread(tx: ScoresTx, current: Sequence[Returned], narrowed: frozenset[int]) -> Spread:
    """How all labs did, asked only where there is room to say it."""
    if not narrowed and not any(shown <= FEW for shown in _shown(current).values()):
        return {}
    rounds = sorted({one.score.round_id for one in current})
    return {(one.round_id, one.analyte): one for one in await tx.distributions(rounds)}


def _shown(found: Sequence[Returned]) -> Counter[int]:
    """How many programmes of the activity each lab has results of."""
    return Counter(lab for lab, _ in {(one.score.lab_id, one.score.round_id) for one in found if one.current})


async def _own(
    tx: ScoresTx, who: Principal, year: int | None, n: int | None, words: Sequence[str], now: datetime
) -> tuple[list[Held], list[Returned], Wanted]:
    """What is named, or all; with all details where something is named or there is little."""
    if words:
        return await _named(tx, who, year, n, words, now)
    held, found = await tx.own_scores(who, year, n, now, detailed=False)
    shown = _shown(found)
    if not all(shown[lab] > FEW for lab in who.labs):
        held, found = await tx.own_scores(who, year, n, now, detailed=True)
    return held, found, Wanted()


async def _named(
    tx: ScoresTx, who: Principal, year: int | None, n: int | None, words: Sequence[str], now: datetime
) -> tuple[list[Held], list[Returned], Wanted]:
    held, found = await tx.own_scores(who, year, n, now, detailed=True)
    known = {one.programme.id: one.programme for one in held}
    spelled = dict.fromkeys((one.programme_id, one.score.analyte) for one in found if one.score.analyte)
    analytes = [Analyte(known[ident], name) for ident, name in spelled if ident in known]
    try:
        want = wanted(words, list(known.values()), analytes)
    except DomainError as fault:
        if fault.key not in NOT_FOUND:
            raise
        listed = await programmes(tx, year, (), local_day(now))  # perhaps held in another activity only
        if not listed.known:
            return [], [], Wanted()
        scored = await tx.own_scored(who, year, n)
        returned = [Analyte(one.programme, one.analyte) for one in scored if one.analyte]
        want = wanted(words, [*known.values(), *listed.programmes], [*analytes, *returned])
        year, n = _newest(want, scored) or (year, n)
        held, found = await tx.own_scores(who, year, n, now, detailed=True, programmes=sorted(want.programmes))
    if not want.programmes:
        return held, found, want
    return (
        [one for one in held if one.programme.id in want.programmes],
        [one for one in found if not one.current or want.takes(one.programme_id, one.score.analyte)],
        want,
    )


def _newest(want: Wanted, scored: Sequence[Scored]) -> tuple[int, int] | None:
    """The last activity in which an analyte that is asked for was returned."""
    bearing = [one for one in scored if name_key(one.analyte) in want.analytes.get(one.programme.id, ())]
    return max(((one.programme.year, one.n) for one in bearing), default=None)
