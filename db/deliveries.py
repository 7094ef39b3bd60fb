"""Deliveries under way: claimed, merged, marked, doubted, decided; conditional on the fence (architecture §4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, tuple_, update

from core.pushes.claim import Ask
from core.pushes.models import Delivery, Kind, Push, Target
from core.pushes.states import CLAIMABLE, FOR_STAFF, NOT_SHOWN, WAITING, State, check_edge
from db.base import Queries
from db.pushes import attempt, delivery, instance, push

LONGEST_ATTEMPT = timedelta(minutes=2)  # a channel gives up after 30 s

_DELIVERY = select(delivery, push.c.kind, push.c.number, push.c.year, push.c.facts).join(
    push, push.c.id == delivery.c.push_id
)


class Deliveries(Queries):
    async def next_claimable(self, ask: Ask) -> Delivery | None:
        c = delivery.c
        wait_over = or_(c.retry_at.is_(None), c.retry_at <= ask.real)
        states = c.state.in_([str(s) for s in CLAIMABLE])
        query = _DELIVERY.where(states, c.channel == ask.channel, c.due_at <= ask.now, wait_over)
        if ask.only is not None:
            allowed = [(t.place, t.id) for t in ask.only if t.channel == ask.channel]
            query = query.where(tuple_(c.place, c.place_id).in_(allowed))
        if not ask.persons:
            query = query.where(c.place == "group")
        row = await self._one(query.order_by(c.place, c.due_at, c.id).limit(1))  # groups before persons
        return _delivery(row) if row else None

    async def sent_to_persons(self, channel: str, since: datetime) -> int:
        """Attempts at private messages that nobody asked for, since then (real time)."""
        c = delivery.c
        mine = (c.channel == channel, c.place == "private", attempt.c.started_at > since)
        query = select(func.count()).select_from(attempt.join(delivery, c.id == attempt.c.delivery_id))
        return int((await self._one(query.where(*mine)))[0])

    async def take(self, claimed: Delivery, body: str, ask: Ask) -> None:
        check_edge(claimed.state, State.SENDING)
        c = delivery.c
        values = {
            "state": str(State.SENDING),
            "fence": claimed.fence + 1,
            "attempts": claimed.attempts + 1,
            "instance": ask.instance,
            "claimed_at": ask.real,
            "retry_at": None,
            "body": body,
        }
        await self._run(update(delivery).where(c.id == claimed.id, c.fence == claimed.fence).values(**values))
        values = {"delivery_id": claimed.id, "fence": claimed.fence + 1, "started_at": ask.real}
        await self._run(attempt.insert().values(**values))

    async def stop(self, ident: int, state: State, words: str) -> None:
        waiting = delivery.c.state.in_([str(s) for s in WAITING])
        values = {"state": str(state), "words": words}
        await self._run(update(delivery).where(delivery.c.id == ident, waiting).values(**values))

    async def merge(self, ident: int, into: Delivery) -> None:
        """What `ident` has to say goes along in `into`."""
        values = {"state": str(State.SUPERSEDED), "words": f"并入 {into.reference}", "merged_into": into.id}
        await self._run(update(delivery).where(delivery.c.id == ident).values(**values))

    async def _unmerge(self, ident: int) -> None:
        """What went along in a message that was surely not shown waits by itself again."""
        merged = (delivery.c.merged_into == ident, delivery.c.state == str(State.SUPERSEDED))
        values = {"state": str(State.READY), "words": "", "merged_into": None}
        await self._run(update(delivery).where(*merged).values(**values))

    async def mark(
        self,
        claimed: Delivery,
        state: State,
        words: str,
        message_id: str,
        real: datetime,
        retry_at: datetime | None,
    ) -> bool:
        """Only while the fence still is ours; the attempt's row is closed in any case."""
        c = delivery.c
        ours = (c.id == claimed.id, c.fence == claimed.fence, c.state == str(State.SENDING))
        values = {"state": str(state), "words": words[:500], "message_id": message_id, "retry_at": retry_at}
        result = await self._run(update(delivery).where(*ours).values(**values))
        if result.rowcount and state in NOT_SHOWN:
            await self._unmerge(claimed.id)
        tried = (attempt.c.delivery_id == claimed.id, attempt.c.fence == claimed.fence)
        closing = {"ended_at": real, "outcome": str(state), "words": words[:500]}
        await self._run(update(attempt).where(*tried).values(**closing))
        return bool(result.rowcount)

    async def reminders_due(self, target: Target, now: datetime) -> list[Delivery]:
        """Reminders that wait for this target and are due, whatever their deadline."""
        c = delivery.c
        here = and_(c.channel == target.channel, c.place == target.place, c.place_id == target.id)
        waiting = c.state.in_([str(s) for s in WAITING])
        query = _DELIVERY.where(here, waiting, c.due_at <= now, push.c.kind == str(Kind.REMINDER))
        return [_delivery(row) for row in await self._all(query.order_by(c.due_at, c.id))]

    async def beat(self, ident: str, real: datetime) -> None:
        insert = self._insert(instance).values(id=ident, started_at=real, seen_at=real)
        await self._run(insert.on_conflict_do_update(index_elements=[instance.c.id], set_={"seen_at": real}))

    async def bury_dead(self, silent_for: timedelta, real: datetime) -> int:
        """sending -> uncertain for rows of instances not heard of for `silent_for`, and for those that
        took longer than any attempt can: their outcome could not be written."""
        alive = select(instance.c.id).where(instance.c.seen_at > real - silent_for)
        stuck = delivery.c.claimed_at <= real - LONGEST_ATTEMPT
        lost = (delivery.c.state == str(State.SENDING), delivery.c.instance.not_in(alive) | stuck)
        values = {"state": str(State.UNCERTAIN), "words": "发送中断"}
        return int((await self._run(update(delivery).where(*lost).values(**values))).rowcount)

    async def uncertain(self, before: datetime) -> list[Delivery]:
        """Deliveries of unknown outcome whose attempt began before `before` (real time)."""
        c = delivery.c
        query = _DELIVERY.where(c.state == str(State.UNCERTAIN), c.claimed_at <= before)
        return [_delivery(row) for row in await self._all(query.order_by(c.id))]

    async def decide_delivery(self, ident: int, old: State, new: State, words: str) -> bool:
        check_edge(old, new)
        values = {"state": str(new), "words": words, "retry_at": None}
        where = (delivery.c.id == ident, delivery.c.state == str(old))
        decided = bool((await self._run(update(delivery).where(*where).values(**values))).rowcount)
        if decided and new in NOT_SHOWN:
            await self._unmerge(ident)
        return decided

    async def deliveries_of(self, year: int, number: int, ordinal: int | None) -> list[Delivery]:
        query = _DELIVERY.where(push.c.year == year, push.c.number == number).order_by(delivery.c.ordinal)
        if ordinal is not None:
            query = query.where(delivery.c.ordinal == ordinal)
        return [_delivery(row) for row in await self._all(query)]

    async def recent_deliveries(self, states: Sequence[State], newest: int) -> list[Delivery]:
        """In these states (none: all whose time has come), the last attempted first."""
        wanted = [str(s) for s in states] or [str(s) for s in State if s is not State.PLANNED]
        c = delivery.c
        query = _DELIVERY.where(c.state.in_(wanted))
        query = query.order_by(c.claimed_at.desc().nulls_last(), c.due_at.desc(), c.id.desc())
        return [_delivery(row) for row in await self._all(query.limit(newest))]

    async def state_counts(self) -> dict[State, int]:
        rows = await self._all(select(delivery.c.state, func.count()).group_by(delivery.c.state))
        return {State(row[0]): row[1] for row in rows}

    async def for_staff(self) -> list[Delivery]:
        """What only people can settle, newest first."""
        return await self.recent_deliveries([s for s in FOR_STAFF if s is not State.EXPIRED], 20)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        row.id,
        Push(row.push_id, Kind(row.kind), row.number, row.year, row.facts),
        Target(row.channel, row.place, row.place_id),
        row.ordinal,
        State(row.state),
        row.fence,
        row.attempts,
        row.due_at,
        row.expires_at,
        row.claimed_at,
        row.body,
        row.words,
    )
