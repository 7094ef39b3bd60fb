"""What was skipped and rests on nothing any more: its deadline moved, its round is cancelled.

It stays skipped, for a deadline may move back; but it is shown no more, and to take the skip back would promise
what never goes.
"""

from datetime import datetime
from typing import Any, Protocol

from core.pushes.models import Kind, PushState
from core.pushes.plan import Rules
from core.pushes.planners import PLANNERS


class Tx(Protocol):
    async def push_states(self, kind: Kind, now: datetime) -> dict[str, PushState]: ...


async def dead_keys(tx: Tx, rules: Rules, now: datetime) -> frozenset[str]:
    found: set[str] = set()
    for planner in PLANNERS:
        wanted: Any = await planner(tx, rules, now)
        states = await tx.push_states(wanted.kind, now)
        skipped = {key for key, state in states.items() if state is PushState.SKIPPED}
        found |= {key for key in skipped - wanted.possible if key.startswith(wanted.prefix)}
    return frozenset(found)
