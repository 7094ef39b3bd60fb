"""Everything that is planned from facts and time, not from one act: asked again at every tick."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.pushes.models import Kind, Planned
from core.pushes.plan import Rules, plan_reminders, possible_keys


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of one kind: what must stand at `now`, and every key that may. A planned push whose key is none of them
    is withdrawn: what it rested on is gone."""

    kind: Kind
    planned: Sequence[Planned]
    possible: frozenset[str]


Planner = Callable[[Any, Rules, datetime], Awaitable[Wanted]]


async def reminders(tx: Any, rules: Rules, now: datetime) -> Wanted:
    deadlines = await tx.open_deadlines(now)
    planned = plan_reminders(deadlines, rules, now)
    return Wanted(Kind.REMINDER, planned, frozenset(possible_keys(deadlines, rules)))


PLANNERS: tuple[Planner, ...] = (reminders,)
