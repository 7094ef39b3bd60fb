"""/readyz: whether pushes can go out, and what stands in the way; names of channels, never of groups or people."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.watch.board import Board
from core.clock import Clock
from core.pushes.states import State
from core.watch.seen import SILENT
from db.unit import Database, Unit

PATIENCE = 5.0
REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Picture:
    """What the database tells; `oldest` is the age of the longest due message that waits."""

    oldest: timedelta
    held: bool
    last_sent: dict[str, datetime]
    counts: dict[State, int]


async def ask(db: Database, clock: Clock) -> Picture | None:
    """None where the database does not answer within PATIENCE."""
    now, since = clock.now(), clock.real() - REMEMBERED

    async def work(tx: Unit) -> Picture:
        dues = [one.oldest for one in (await tx.waiting(now)).values()]
        oldest = now - min(dues) if dues else timedelta()
        return Picture(oldest, await tx.hold() is not None, await tx.last_sent(since), await tx.state_counts())

    try:
        async with asyncio.timeout(PATIENCE):
            return await db.read(work)
    except (SQLAlchemyError, OSError, TimeoutError):
        return None


async def readiness(db: Database, board: Board, clock: Clock) -> dict[str, Any]:
    """`problems` is empty when all is well. What waits for the end of quiet hours or of a hold is none."""
    state = await ask(db, clock)
    real = clock.real()
    problems = [f"channel:{one.name}" for one in board.channels if not one.is_online()]
    problems += [f"barred:{one.name}" for one in board.channels if one.is_online() and one.health.lost_at]
    if not board.is_alive(real):
        problems.append("tick")
    if state is None:
        problems.append("database")
    problems += [f"stuck:{name}" for name, since in board.stuck.items() if real - since >= SILENT]
    return {
        "ready": not problems,
        "problems": problems,
        "database": state is not None,
        "channels": {one.name: {"online": one.is_online()} for one in board.channels},
        "last_sent": {name: at.isoformat() for name, at in state.last_sent.items()} if state else {},
        "oldest_due_seconds": round(state.oldest.total_seconds()) if state else None,
        "held": state.held if state else None,
        "tick_age_seconds": round(board.tick_age(real).total_seconds(), 1),
    }
