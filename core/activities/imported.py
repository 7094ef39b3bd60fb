"""An imported schedule that changes what labs were told: announced in the import's own transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from core.activities.changes import FIELDS, SLIP, Move, TellTx, announce, as_told, concerns_labs
from core.activities.models import Round, RoundState
from core.pushes.models import Kind, Planned
from core.workbooks.judged import Judged

NAMED = 8
ALARMED_FOR = timedelta(days=1)


class BeforeTx(Protocol):
    async def all_rounds(self, year: int, n: int) -> list[Round]: ...


class ImportTx(TellTx, BeforeTx, Protocol):
    async def any_rounds_by_id(self, ids: Sequence[int]) -> list[Round]: ...


async def rounds_before(tx: BeforeTx, judged: Sequence[Judged]) -> list[Round]:
    """Rounds of the activities that these sheets change, as they stand."""
    changed = [change.key[:2] for one in judged if one.table.kind == "rounds" for change in one.changed]
    return [one for year, n in sorted(set(changed)) for one in await tx.all_rounds(year, n)]


@dataclass(frozen=True, slots=True)
class Imported:
    """`changed`: activities (year, n) that are announced. `slips`: programmes whose deadline was moved into the
    past, which is not announced."""

    changed: tuple[tuple[int, int], ...] = ()
    slips: tuple[str, ...] = ()


async def announce_imported(tx: ImportTx, before: Sequence[Round], batch: int, now: datetime) -> Imported:
    """One announcement an activity. A deadline that was moved into the past is more likely a slip of the sheet
    than news: staff are told, groups are not."""
    after = {one.id: one for one in await tx.any_rounds_by_id([old.id for old in before])}
    moves = [_move(old, after[old.id]) for old in before if old.state is not RoundState.CANCELLED]
    moves = [move for move in moves if move.was]
    slips = [move for move in moves if move.new.deadline <= now < move.old.deadline]
    if slips:
        await tx.write_push(_alarm(slips, batch, now), now)
    told: dict[tuple[int, int], list[Move]] = {}
    for move in await as_told(tx, [move for move in moves if move not in slips]):
        if await concerns_labs(tx, move, now):
            told.setdefault((move.old.year, move.old.n), []).append(move)
    for some in told.values():
        await announce(tx, some, f"batch{batch}", now)
    return Imported(tuple(told), tuple(move.new.programme.name for move in slips))


def _move(old: Round, new: Round) -> Move:
    """What was blank is not changed but filled in, as it is when a schedule grows; 发放 will announce it."""
    blanks = {name: getattr(new, name) for name in FIELDS if not getattr(old, name)}
    return Move(replace(old, **blanks), new)


def _alarm(slips: Sequence[Move], batch: int, now: datetime) -> Planned:
    facts = {
        "about": "deadline_past",
        "names": [move.new.programme.name for move in slips[:NAMED]],
        "more": len(slips) - len(slips[:NAMED]),
        "at": min(move.new.deadline for move in slips).isoformat(),
        "was": {str(move.old.id): move.was for move in slips},
    }
    return Planned(Kind.ALARM, f"{SLIP}batch{batch}", now, now + ALARMED_FOR, facts)
