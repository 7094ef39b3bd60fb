"""Deliveries under way: claimed, merged, marked; conditional on the fence (architecture §4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, tuple_, update

from core.pushes.claim import Ask
from core.pushes.models import Delivery, Kind, Push, Target
from core.pushes.states import CLAIMABLE, FOR_STAFF, NOT_SHOWN, SHOWN, WAITING, Outcome, State, check_edge
from db.base import Queries
from db.pushes import URGENT, attempt, delivery, instance, push

CLOCK_SET = timedelta(hours=2)  # what lies so far ahead was written before the clock was set back

DELIVERY = select(delivery, push.c.kind, push.c.number, push.c.year, push.c.facts).join(
    push, push.c.id == delivery.c.push_id
)


class Deliveries(Queries):
    async def next_claimable(self, ask: Ask) -> Delivery | None:
        c = delivery.c
        # no wait is that long: the clock was set back
        wait_over = or_(c.retry_at.is_(None), c.retry_at <= ask.real, c.retry_at > ask.real + CLOCK_SET)
        states = c.state.in_([str(s) for s in CLAIMABLE])
        here = (c.channel == ask.channel, c.due_at <= ask.now, c.recall_at.is_(None))
        query = DELIVERY.where(states, wait_over, *here)
        if ask.only is not None:
            allowed = [(t.place, t.id) for t in ask.only if t.channel == ask.channel]
            query = query.where(tuple_(c.place, c.place_id).in_(allowed))
        if not ask.persons:
            query = query.where(c.place == "group")
        if ask.only_urgent:
            query = query.where(c.urgency == URGENT)
        if busy := [(t.place, t.id) for t in ask.busy if t.channel == ask.channel]:
            query = query.where(tuple_(c.place, c.place_id).not_in(busy))
        row = await self._one(query.order_by(c.urgency, c.due_at, c.id).limit(1))
        return to_delivery(row) if row else None

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
            "told": False,
            "body": body,
        }
        await self._run(update(delivery).where(c.id == claimed.id, c.fence == claimed.fence).values(**values))
        tried = {"delivery_id": claimed.id, "fence": claimed.fence + 1, "started_at": ask.real}
        await self._run(attempt.insert().values(**tried, part=claimed.part + 1))

    async def stop(self, waiting: Delivery, state: State, words: str) -> None:
        check_edge(waiting.state, state)
        here = (delivery.c.id == waiting.id, delivery.c.state == str(waiting.state))
        values = {"state": str(state), "words": words, "told": waiting.target.place == "private"}
        await self._run(update(delivery).where(*here).values(**values))

    async def merge(self, idents: Sequence[int], into: Delivery) -> None:
        """What these have to say goes along in `into`."""
        values = {"state": str(State.SUPERSEDED), "words": f"并入 {into.reference}", "merged_into": into.id}
        waiting = delivery.c.state.in_([str(s) for s in WAITING])
        await self._run(update(delivery).where(delivery.c.id.in_(idents), waiting).values(**values))

    async def _unmerge(self, ident: int, again: bool = False) -> None:
        """What went along in a message that was surely not shown waits by itself again; `again`: it may have
        been shown."""
        merged = (delivery.c.merged_into == ident, delivery.c.state == str(State.SUPERSEDED))
        values = {"state": str(State.READY), "words": "", "merged_into": None, "again": delivery.c.again | again}
        await self._run(update(delivery).where(*merged).values(**values))

    async def mark(
        self,
        claimed: Delivery,
        state: State,
        outcome: Outcome,
        words: str,
        message_id: str,
        real: datetime,
        retry_at: datetime | None,
    ) -> bool:
        """Only while the fence still is ours; the attempt's row is closed in any case."""
        c = delivery.c
        ours = (c.id == claimed.id, c.fence == claimed.fence, c.state == str(State.SENDING))
        values = {"words": words[:500], "message_id": message_id, "retry_at": retry_at}
        result = await self._run(update(delivery).where(*ours).values(**values, **ended(state, claimed.part)))
        if result.rowcount and state in NOT_SHOWN and not claimed.part:
            await self._unmerge(claimed.id)
        tried = (attempt.c.delivery_id == claimed.id, attempt.c.fence == claimed.fence)
        closing = {"ended_at": real, "outcome": str(outcome), "words": words[:500]}
        closing |= {"message_id": message_id} if message_id else {}  # the platform may have told it meanwhile
        await self._run(update(attempt).where(*tried).values(**closing))
        if not result.rowcount and outcome is Outcome.DELIVERED:  # a slow answer, after we were given up
            late = (c.id == claimed.id, c.fence == claimed.fence)
            await self._run(update(delivery).where(*late).values(shown=claimed.part + 1))
        return bool(result.rowcount)

    async def reminders_due(self, target: Target, now: datetime) -> list[Delivery]:
        """Reminders that wait for this target and are due, whatever their deadline."""
        return await self.due_here(target, Kind.REMINDER, now)

    async def due_here(self, target: Target, kind: Kind, now: datetime) -> list[Delivery]:
        """What of a kind waits for this target, is due, and has not begun to be shown."""
        c = delivery.c
        here = and_(c.channel == target.channel, c.place == target.place, c.place_id == target.id)
        waiting = and_(c.state.in_([str(s) for s in WAITING]), c.part == 0)
        query = DELIVERY.where(here, waiting, c.due_at <= now, push.c.kind == str(kind))
        return [to_delivery(row) for row in await self._all(query.order_by(c.due_at, c.id))]

    async def beat(self, ident: str, real: datetime) -> None:
        insert = self._insert(instance).values(id=ident, started_at=real, seen_at=real)
        await self._run(insert.on_conflict_do_update(index_elements=[instance.c.id], set_={"seen_at": real}))

    async def deliveries_of(self, year: int, number: int, ordinal: int | None) -> list[Delivery]:
        query = DELIVERY.where(push.c.year == year, push.c.number == number).order_by(delivery.c.ordinal)
        if ordinal is not None:
            query = query.where(delivery.c.ordinal == ordinal)
        return [to_delivery(row) for row in await self._all(query)]

    async def recent_deliveries(self, states: Sequence[State], newest: int) -> list[Delivery]:
        """In these states (none: all whose time has come), the last attempted first."""
        wanted = [str(s) for s in states] or [str(s) for s in State if s is not State.PLANNED]
        c = delivery.c
        query = DELIVERY.where(c.state.in_(wanted))
        query = query.order_by(c.claimed_at.desc().nulls_last(), c.due_at.desc(), c.id.desc())
        return [to_delivery(row) for row in await self._all(query.limit(newest))]

    async def state_counts(self) -> dict[State, int]:
        rows = await self._all(select(delivery.c.state, func.count()).group_by(delivery.c.state))
        return {State(row[0]): row[1] for row in rows}

    async def for_staff(self) -> list[Delivery]:
        """What only people can settle, newest first."""
        return await self.recent_deliveries([s for s in FOR_STAFF if s is not State.EXPIRED], 20)


def to_delivery(row: Any) -> Delivery:
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
        row.part,
        row.shown,
        row.again,
        row.doubt_at,
    )


def ended(state: State, part: int) -> dict[str, Any]:
    """The state after an attempt or a decision; one part more was shown, or not."""
    return {"state": str(state), "part": part + (state in (*SHOWN, State.PARTLY))}
