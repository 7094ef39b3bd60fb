"""Pushes whose time has not come: planned, withdrawn, skipped, moved by staff; and whether all sending is held."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from core.pushes.hold import Hold
from core.pushes.models import Kind, Planned, PushState, Timed
from db.base import Queries, chunks
from db.pushes import hold, push, to_timed

_PLANNED = push.c.state == str(PushState.PLANNED)


class Timetable(Queries):
    async def push_states(self, kind: Kind, now: datetime) -> dict[str, PushState]:
        """By key, of all pushes of a kind that are not past."""
        query = select(push.c.key, push.c.state).where(push.c.kind == str(kind), push.c.expires_at > now)
        return {row.key: PushState(row.state) for row in await self._all(query)}

    async def withdraw(self, keys: Sequence[str]) -> None:
        values = {"state": str(PushState.WITHDRAWN)}
        for some in chunks(keys):
            await self._run(update(push).where(push.c.key.in_(some), _PLANNED).values(**values))

    async def revive(self, planned: Planned) -> None:
        """What was withdrawn is wanted after all, at its new time."""
        values = {"state": str(PushState.PLANNED), "due_at": planned.due_at, "expires_at": planned.expires_at}
        gone = push.c.state == str(PushState.WITHDRAWN)
        await self._run(update(push).where(push.c.key == planned.key, gone).values(**values))

    async def coming(self, until: datetime) -> list[Timed]:
        """What is planned to go out until then, soonest first, with what staff skipped."""
        waiting = push.c.state.in_([str(PushState.PLANNED), str(PushState.SKIPPED)])
        query = select(push).where(waiting, push.c.due_at <= until).order_by(push.c.due_at, push.c.id)
        return [to_timed(row) for row in await self._all(query)]

    async def timed(self, year: int, number: int) -> Timed | None:
        row = await self._one(select(push).where(push.c.year == year, push.c.number == number))
        return to_timed(row) if row else None

    async def set_push(self, ident: int, old: PushState, new: PushState, due_at: datetime) -> bool:
        """False when it has gone out or was changed meanwhile."""
        values = {"state": str(new), "due_at": due_at}
        result = await self._run(update(push).where(push.c.id == ident, push.c.state == str(old)).values(**values))
        return bool(result.rowcount)

    async def hold(self) -> Hold | None:
        row = await self._one(select(hold))
        return Hold(row.since, row.by, row.backup_at) if row else None

    async def set_hold(self, new: Hold) -> None:
        """The first one stands: who holds again what is held already changes nothing."""
        values = {"id": 1, "since": new.since, "by": new.by, "backup_at": new.backup_at}
        await self._run(self._insert(hold).values(**values).on_conflict_do_nothing())

    async def release_hold(self) -> bool:
        return bool((await self._run(delete(hold))).rowcount)
