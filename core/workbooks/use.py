"""Judge all workbooks of one call, and write them all or none."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.access import Account, Principal
from core.access.suspending import ContactTx, suspend_contact
from core.activities.imported import Imported, ImportTx, announce_imported, rounds_before
from core.activities.imports import judge_programmes, judge_rounds, judge_submissions
from core.certificates.imports import judge_certificates
from core.enrolment import suspended
from core.enrolment.imports import judge_enrolments
from core.errors import DomainError
from core.labs.imports import judge_applications, judge_labs
from core.labs.use import announcement
from core.members.imports import judge_members, settle_members
from core.members.member import Member
from core.receipts.imports import judge_receipts
from core.scores.imports import judge_scores
from core.scores.verdicts import PASS_SCORE
from core.workbooks.judged import Judged, Key, Known, Values
from core.workbooks.kinds import KINDS
from core.workbooks.lists import settle_lists
from core.workbooks.tables import Scope, Table

FACTS = ("enrolments", "submissions", "receipts", "scores", "certificates")  # staged, and published set-based
LISTS = (*FACTS, "members")  # compared only with the lists they name: there may be millions of rows
PIECE = 1000  # staged rows in one transaction, well under 100 ms


class Tx(ImportTx, suspended.ImportTx, ContactTx, Protocol):
    async def write_labs(self, judged: Judged, now: datetime) -> None: ...

    async def write_applications(self, judged: Judged, now: datetime) -> None: ...

    async def settle_applications(self, now: datetime) -> list[str]: ...

    async def write_programmes(self, judged: Judged) -> None: ...

    async def write_rounds(self, judged: Judged) -> None: ...

    async def publish(self, run: str, kind: str, now: datetime) -> None: ...

    async def note_lists(self, kind: str, keys: Sequence[Key], full: bool, now: datetime) -> None: ...

    async def write_members(self, group: Account, members: Sequence[Member], now: datetime) -> None: ...

    async def newest_batch(self) -> int: ...

    async def note_batch(self, judged: Judged, now: datetime) -> int: ...


def judge(
    tables: Sequence[Table], known: Known, scope: Scope | None, pass_score: float = PASS_SCORE
) -> list[Judged]:
    """Each table against what stands and what the tables before it bring; in the order of `KINDS`.
    `pass_score`: of programmes without one of their own."""
    judges: dict[str, Callable[[Table], Judged]] = {
        "labs": lambda t: judge_labs(t, known),
        "applications": lambda t: judge_applications(t, known),
        "programmes": lambda t: judge_programmes(t, known),
        "rounds": lambda t: judge_rounds(t, known),
        "enrolments": lambda t: judge_enrolments(t, known, scope),
        "submissions": lambda t: judge_submissions(t, known, scope),
        "receipts": lambda t: judge_receipts(t, known),
        "scores": lambda t: judge_scores(t, known, pass_score),
        "certificates": lambda t: judge_certificates(t, known),
        "members": lambda t: judge_members(t, known),
    }
    order = list(KINDS)
    judged = [judges[table.kind](table) for table in sorted(tables, key=lambda t: order.index(t.kind))]
    settle_lists(judged, known)
    settle_members(judged, known)
    return judged


@dataclass(frozen=True, slots=True)
class Written:
    """`assigned`: units whose waiting application found its code in the roster just imported. `changed`:
    activities (year, n) whose new arrangement is announced. `slips`: programmes whose deadline is past now, which
    is not."""

    batches: tuple[int, ...]
    assigned: tuple[str, ...]
    changed: tuple[tuple[int, int], ...] = ()
    slips: tuple[str, ...] = ()


async def write(
    tx: Tx, who: Principal, judged: Sequence[Judged], run: str, now: datetime, phone: str = ""
) -> Written:
    """Everything in one transaction: rows, dates of the data, audit, announcements. `phone`: the centre's, for
    those whose binding is suspended because the roster names others."""
    newest = await tx.newest_batch()
    if any(one.after not in (None, newest) for one in judged):
        raise DomainError("workbook/meanwhile")
    before = await rounds_before(tx, judged)
    batches = []
    for one in judged:
        await _write_one(tx, one, now)
        batch = await tx.note_batch(one, now)
        await tx.audit(who, "workbooks.import", f"batch:{batch}", {"kind": one.table.kind, **one.counts}, now)
        batches.append(batch)
    for kind in FACTS:
        bearers = [one for one in judged if one.table.kind == kind]
        if any(one.marks for one in bearers):
            await tx.publish(run, kind, now)
        for one in bearers:
            await tx.note_lists(kind, one.lists, one.complete, now)
    assigned = await tx.settle_applications(now) if any(j.table.kind == "labs" for j in judged) else []
    if assigned:
        await tx.write_push(announcement(f"batch{batches[0]}", assigned, now), now)
    await suspend_contact(tx, who, naming_others(judged), now, phone)
    await suspended.announce_suspended(tx, judged, batches[0], now)
    moved = await announce_imported(tx, before, batches[0], now) if before else Imported()
    return Written(tuple(batches), tuple(assigned), moved.changed, moved.slips)


def naming_others(judged: Sequence[Judged]) -> list[str]:
    """Codes of labs whose entry names another contact or telephone than before."""
    rosters = [one for one in judged if one.table.kind == "labs"]
    return [change.key[0] for one in rosters for change in one.changed if change.named_others]


async def _write_one(tx: Tx, judged: Judged, now: datetime) -> None:
    writers: dict[str, Callable[[], Awaitable[None]]] = {
        "labs": lambda: tx.write_labs(judged, now),
        "applications": lambda: tx.write_applications(judged, now),
        "programmes": lambda: tx.write_programmes(judged),
        "rounds": lambda: tx.write_rounds(judged),
        "members": lambda: _write_members(tx, judged, now),
    }
    if judged.table.kind in writers:
        await writers[judged.table.kind]()


async def _write_members(tx: Tx, judged: Judged, now: datetime) -> None:
    for group, members in judged.members.items():
        await tx.write_members(Account("qq", group), [_member(values) for values in members], now)


def _member(values: Values) -> Member:
    at = values["joined_at"]
    return Member(**{**values, "joined_at": datetime.fromisoformat(at) if at else None})
