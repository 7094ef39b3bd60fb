"""What waits for staff: one source for 待办 and for the digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.access.agreements import Agreement
from core.activities.models import RoundView
from core.labs.models import Application
from core.notices.phone import Soon, SoonTx, calls_soon
from core.pushes.models import Delivery
from core.requests.models import Request
from core.scores.todo import ScoresTodo, scores_todo
from core.scores.todo import Tx as ScoresTx

SOON = timedelta(days=10)  # a little before the first reminder
LATELY = timedelta(days=2)


class Tx(ScoresTx, SoonTx, Protocol):
    async def applications_waiting(self) -> list[Application]: ...

    async def requests_waiting(self, now: datetime) -> list[Request]: ...

    async def agreements_waiting(self, now: datetime) -> list[Agreement]: ...

    async def for_staff(self) -> list[Delivery]: ...

    async def expired_in_groups(self, since: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Todo:
    """`stale`: rounds that close soon and have no list. `expired`: group messages of late that nobody saw."""

    applications: Sequence[Application]
    requests: Sequence[Request]
    deliveries: Sequence[Delivery]
    stale: Sequence[RoundView]
    scores: ScoresTodo
    expired: int
    calls: Sequence[Soon]
    agreements: Sequence[Agreement]


async def todo(tx: Tx, now: datetime) -> Todo:
    return Todo(
        await tx.applications_waiting(),
        await tx.requests_waiting(now),
        await tx.for_staff(),
        [view for view in await tx.rounds_closing(now) if _wants_list(view, now)],
        await scores_todo(tx, now),
        await tx.expired_in_groups(now - LATELY),
        await calls_soon(tx, now),
        await tx.agreements_waiting(now),
    )


def _wants_list(view: RoundView, now: datetime) -> bool:
    return view.tally.as_of is None and view.deadline - now < SOON
