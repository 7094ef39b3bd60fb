"""To whom a push goes besides the groups: people bound to the labs concerned, one a lab, found when it is due.

Found then and not when it was planned, so that those who bound themselves meanwhile are among them; a few
hundred labs a tick, so that no transaction grows with the number of labs. No more people than an account may write
to in a day: the other labs are on the 电话单 (architecture §4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.pushes.models import Kind, Push, Target

LABS_AT_ONCE = 300


@dataclass(frozen=True, slots=True)
class Spreading:
    """`after`: the id of the last lab that was served; `told`: how many people have a delivery already."""

    push: Push
    after: int
    due_at: datetime
    expires_at: datetime
    told: int = 0


@dataclass(frozen=True, slots=True)
class Spokesman:
    """The account that is told for a lab: the one bound first."""

    lab_id: int
    target: Target


@dataclass(frozen=True, slots=True)
class Walked:
    """Some bound labs in order of id, and whom to tell of those concerned; `last` is None at the end."""

    people: list[Spokesman]
    last: int | None


class SpreadTx(Protocol):
    async def spreading(self, now: datetime) -> list[Spreading]: ...

    async def spread_to(self, spreading: Spreading, targets: Sequence[Target], last: int | None) -> None: ...

    async def people_not_reported(
        self, year: int, n: int, deadline: datetime, after: int, limit: int
    ) -> Walked: ...

    async def people_with_scores(self, rounds: Sequence[int], after: int, limit: int) -> Walked: ...

    async def people_with_certificates(self, programmes: Sequence[int], after: int, limit: int) -> Walked: ...

    async def people_unsigned(
        self, year: int, n: int, since: date, now: datetime, after: int, limit: int
    ) -> Walked: ...

    async def people_suspended(self, year: int, labs: Sequence[int], after: int, limit: int) -> Walked: ...


async def spread(tx: SpreadTx, now: datetime, most: int) -> None:
    """The next labs of every push that is being spread, to `most` people each."""
    for spreading in await tx.spreading(now):
        walked = await _walk(tx, spreading)
        targets = list(dict.fromkeys(one.target for one in walked.people))[: max(0, most - spreading.told)]
        full = spreading.told + len(targets) >= most
        await tx.spread_to(spreading, targets, None if full else walked.last)


async def _walk(tx: SpreadTx, spreading: Spreading) -> Walked:
    facts, after = spreading.push.facts, spreading.after
    if spreading.push.kind is Kind.REMINDER:
        deadline = datetime.fromisoformat(facts["deadline"])
        return await tx.people_not_reported(facts["year"], facts["n"], deadline, after, LABS_AT_ONCE)
    if spreading.push.kind is Kind.RELEASED:
        return await tx.people_with_scores(facts["rounds"], after, LABS_AT_ONCE)
    if spreading.push.kind is Kind.OVERDUE:
        since, due = date.fromisoformat(facts["since"]), spreading.due_at
        return await tx.people_unsigned(facts["year"], facts["n"], since, due, after, LABS_AT_ONCE)
    if spreading.push.kind is Kind.SUSPENDED:
        return await tx.people_suspended(facts["year"], facts["labs"], after, LABS_AT_ONCE)
    return await tx.people_with_certificates(facts["programmes"], after, LABS_AT_ONCE)
