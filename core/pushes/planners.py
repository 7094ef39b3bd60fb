"""Everything that is planned from facts and time, not from one act: asked again at every tick."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from core.activities.overdue import overdue_receipts
from core.enrolment.closing import closing_reminders
from core.pushes.models import Kind
from core.pushes.plan import Rules, plan_reminders, possible_keys
from core.pushes.wanted import Wanted
from core.watch.digest import digests

Planner = Callable[[Any, Rules, datetime], Awaitable[Wanted]]


async def reminders(tx: Any, rules: Rules, now: datetime) -> Wanted:
    deadlines = await tx.open_deadlines(now)
    planned = plan_reminders(deadlines, rules, now)
    return Wanted(Kind.REMINDER, planned, frozenset(possible_keys(deadlines, rules)))


PLANNERS: tuple[Planner, ...] = (reminders, closing_reminders, overdue_receipts, digests)
