"""Judge all workbooks of one call, and write them all or none."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.activities.imports import judge_programmes, judge_rounds, judge_submissions, settle_lists
from core.labs.imports import judge_applications, judge_labs
from core.labs.use import announcement
from core.pushes.models import Planned
from core.workbooks.judged import Judged, Known
from core.workbooks.tables import Scope, Table

ORDER = ("labs", "applications", "programmes", "rounds", "submissions")  # later ones lean on earlier ones
PIECE = 1000  # staged rows in one transaction, well under 100 ms


class Tx(Protocol):
    async def write_labs(self, judged: Judged, now: datetime) -> None: ...

    async def write_applications(self, judged: Judged, now: datetime) -> None: ...

    async def settle_applications(self, now: datetime) -> list[str]: ...

    async def write_programmes(self, judged: Judged) -> None: ...

    async def write_rounds(self, judged: Judged) -> None: ...

    async def publish(self, run: str) -> None: ...

    async def note_lists(self, keys: Sequence[tuple[int, int, str]], full: bool, now: datetime) -> None: ...

    async def note_batch(self, judged: Judged, now: datetime) -> int: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


def judge(tables: Sequence[Table], known: Known, scope: Scope | None) -> list[Judged]:
    """Each table against what stands and what the tables before it bring; in the order of `ORDER`."""
    judges: dict[str, Callable[[Table], Judged]] = {
        "labs": lambda t: judge_labs(t, known),
        "applications": lambda t: judge_applications(t, known),
        "programmes": lambda t: judge_programmes(t, known),
        "rounds": lambda t: judge_rounds(t, known),
        "submissions": lambda t: judge_submissions(t, known, scope),
    }
    judged = [judges[table.kind](table) for table in sorted(tables, key=lambda t: ORDER.index(t.kind))]
    settle_lists(judged, known)
    return judged


@dataclass(frozen=True, slots=True)
class Written:
    """`assigned`: units whose waiting application found its code in the roster just imported."""

    batches: tuple[int, ...]
    assigned: tuple[str, ...]


async def write(tx: Tx, who: Principal, judged: Sequence[Judged], run: str, now: datetime) -> Written:
    """Everything in one transaction: rows, dates of the data, audit, announcements."""
    batches = []
    for one in judged:
        await _write_one(tx, one, now)
        batch = await tx.note_batch(one, now)
        await tx.audit(who, "workbooks.import", f"batch:{batch}", {"kind": one.table.kind, **one.counts}, now)
        batches.append(batch)
    await tx.publish(run)
    for one in judged:
        if one.table.kind == "submissions":
            await tx.note_lists(one.lists, one.complete, now)
    assigned = await tx.settle_applications(now) if any(j.table.kind == "labs" for j in judged) else []
    if assigned:
        await tx.write_push(announcement(f"batch{batches[0]}", assigned, now), now)
    return Written(tuple(batches), tuple(assigned))


async def _write_one(tx: Tx, judged: Judged, now: datetime) -> None:
    writers: dict[str, Callable[[], Awaitable[None]]] = {
        "labs": lambda: tx.write_labs(judged, now),
        "applications": lambda: tx.write_applications(judged, now),
        "programmes": lambda: tx.write_programmes(judged),
        "rounds": lambda: tx.write_rounds(judged),
    }
    if judged.table.kind in writers:
        await writers[judged.table.kind]()
