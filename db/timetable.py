"""Pushes whose time has not come: planned, withdrawn, skipped, moved by staff; and whether all sending is held."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update

from core.pushes.hold import Hold, Queue
from core.pushes.models import Kind, Planned, PushState, Target, Timed
from core.pushes.states import WAITING, State
from core.pushes.timetable import Coming, Waiting
from db.base import Queries, chunks
from db.pushes import ASIDE, delivery, hold, push, to_push, to_timed

MAYBE_SENT = "备份之后可能已发送，请核对"

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

    async def times_by_rule(self, kind: Kind, now: datetime) -> dict[str, tuple[datetime, datetime]]:
        """Key → (due, expires) of what is planned and not due yet, but for what staff moved."""
        c = push.c
        ahead = (c.kind == str(kind), c.expires_at > now, _PLANNED, c.due_at > now, c.moved.is_(False))
        rows = await self._all(select(c.key, c.due_at, c.expires_at).where(*ahead))
        return {row.key: (row.due_at, row.expires_at) for row in rows}

    async def revive(self, planned: Planned) -> None:
        """What was withdrawn is wanted after all, or at another time; nothing that went out or was skipped."""
        values = {"state": str(PushState.PLANNED), "due_at": planned.due_at, "expires_at": planned.expires_at}
        ahead = push.c.state.in_([str(PushState.WITHDRAWN), str(PushState.PLANNED)])
        await self._run(update(push).where(push.c.key == planned.key, ahead).values(**values, moved=False))

    async def reopen(self, kind: Kind, keys: Collection[str], now: datetime) -> None:
        """Deliveries put aside at the claim because what they rested on was gone, and now stands again."""
        c, waits = delivery.c, (ASIDE, delivery.c.expires_at > now)
        query = select(push.c.id, push.c.key).distinct().join(delivery, c.push_id == push.c.id)
        rows = await self._all(query.where(*waits, push.c.kind == str(kind)))
        for some in chunks([row.id for row in rows if row.key in keys]):
            values = {"state": str(State.READY), "words": ""}
            await self._run(update(delivery).where(*waits, c.push_id.in_(some)).values(**values))

    async def coming(self, until: datetime) -> list[Timed]:
        """What is planned to go out until then, soonest first, with what staff skipped."""
        return [to_timed(row) for row in await self._planned(push.c.due_at <= until)]

    async def timetable(self, now: datetime, until: datetime) -> list[Coming]:
        """The same with whom it is for; without what was skipped and is past its time."""
        return [
            Coming(to_timed(row), row.groups, tuple(map(Target.parse, row.targets)), row.persons_after is not None)
            for row in await self._planned(push.c.due_at <= until, push.c.expires_at > now)
        ]

    async def _planned(self, *when: Any) -> Sequence[Any]:
        waiting = push.c.state.in_([str(PushState.PLANNED), str(PushState.SKIPPED)])
        return await self._all(select(push).where(waiting, *when).order_by(push.c.due_at, push.c.id))

    async def timed(self, year: int, number: int) -> Timed | None:
        row = await self._one(select(push).where(push.c.year == year, push.c.number == number))
        return to_timed(row) if row else None

    async def set_push(self, ident: int, old: PushState, new: PushState, due_at: datetime) -> bool:
        """False when it has gone out or was changed meanwhile."""
        moved = push.c.moved | (push.c.due_at != due_at)
        values = {"state": str(new), "due_at": due_at, "moved": moved}
        result = await self._run(update(push).where(push.c.id == ident, push.c.state == str(old)).values(**values))
        return bool(result.rowcount)

    async def hold(self) -> Hold | None:
        row = await self._one(select(hold))
        return Hold(row.since, row.by, row.backup_at, row.reason) if row else None

    async def set_hold(self, new: Hold) -> None:
        """The first one stands: who holds again what is held already changes nothing."""
        values = {"id": 1, "since": new.since, "by": new.by, "backup_at": new.backup_at, "reason": new.reason}
        await self._run(self._insert(hold).values(**values).on_conflict_do_nothing())

    async def release_hold(self) -> bool:
        return bool((await self._run(delete(hold))).rowcount)

    async def queue(self, now: datetime) -> Queue:
        """What is due and not sent."""
        c = delivery.c
        due = and_(c.state.in_([str(s) for s in WAITING]), c.due_at <= now)
        counted = (c.state == str(State.NEEDS_STAFF), c.place == "group")
        query = select(*counted, func.count()).where(due | counted[0]).group_by(*counted)
        found = {(bool(row[0]), bool(row[1])): row[2] for row in await self._all(query)}
        doubtful = found.get((True, True), 0) + found.get((True, False), 0)
        return Queue(found.get((False, True), 0), found.get((False, False), 0), doubtful)

    async def pushes_waiting(self, now: datetime, *some: int) -> list[Waiting]:
        """Pushes, or these of them, of which deliveries are due and not sent; the longest due first."""
        c = delivery.c
        due = [c.state.in_([str(s) for s in WAITING]), c.due_at <= now, c.expires_at > now]
        if some:
            due.append(c.push_id.in_(some))
        counts = select(c.push_id, func.count().label("waiting")).where(*due).group_by(c.push_id).subquery()
        query = select(push, counts.c.waiting).join(counts, counts.c.push_id == push.c.id)
        rows = await self._all(query.order_by(push.c.due_at, push.c.id))
        return [Waiting(to_push(row), row.waiting) for row in rows]

    async def doubt_restored(self, now: datetime) -> int:
        """After a restore what comes due waits for staff, until 恢复推送. Not alarms of the new program, nor
        notices that staff wrote since then. All else may be an old story: planners and repeated imports and
        commands write again what the lost program had sent."""
        restored = select(hold.c.id).where(hold.c.backup_at.is_not(None)).exists()
        since = select(hold.c.since).scalar_subquery()
        notice = and_(push.c.kind == str(Kind.NOTICE), push.c.created_at >= since)
        new = or_(push.c.kind == str(Kind.ALARM), notice)
        fresh = select(push.c.id).where(new, push.c.id == delivery.c.push_id).exists()
        due = (delivery.c.state == str(State.PLANNED), delivery.c.due_at <= now, restored, ~fresh)
        values = {"state": str(State.NEEDS_STAFF), "words": MAYBE_SENT, "told": False}
        return int((await self._run(update(delivery).where(*due).values(**values))).rowcount)
