"""Pushes, deliveries, attempts, instances: the queue is these tables and nothing else (architecture §4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    or_,
    select,
    tuple_,
    update,
)

from core.calendar import SHANGHAI
from core.pushes.claim import Ask
from core.pushes.models import Delivery, Kind, Planned, Push, Target
from core.pushes.states import CLAIMABLE, FOR_STAFF, NOT_SHOWN, WAITING, State, check_edge
from db.access import chat_group
from db.base import Queries, chunks
from db.types import Moment, metadata

push = Table(
    "push",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("year", "number"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("push_id", ForeignKey("push.id"), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("place", String(16), nullable=False),
    Column("place_id", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("fence", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("instance", String(40)),
    Column("merged_into", ForeignKey("delivery.id")),
    Column("claimed_at", Moment),
    Column("retry_at", Moment),
    Column("body", Text, nullable=False, default=""),
    Column("message_id", String(64), nullable=False, default=""),
    Column("words", Text, nullable=False, default=""),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("push_id", "channel", "place", "place_id"),
    UniqueConstraint("push_id", "ordinal"),
    Index("ix_delivery_state_due", "state", "channel", "due_at"),
)

attempt = Table(
    "attempt",
    metadata,
    Column("delivery_id", ForeignKey("delivery.id"), primary_key=True),
    Column("fence", Integer, primary_key=True),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", String(16), nullable=False, default=""),
    Column("words", Text, nullable=False, default=""),
)

instance = Table(
    "instance",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

LONGEST_ATTEMPT = timedelta(minutes=2)  # a channel gives up after 30 s

_DELIVERY = select(delivery, push.c.kind, push.c.number, push.c.year, push.c.facts).join(
    push, push.c.id == delivery.c.push_id
)


class Pushes(Queries):
    async def unwritten(self, planned: Sequence[Planned]) -> list[Planned]:
        """Those that do not stand yet, or that a group added since then does not have yet."""
        keys = [p.key for p in planned]
        have: dict[str, set[tuple[str, str]]] = {}
        for some in chunks(keys):
            query = (
                select(push.c.key, delivery.c.channel, delivery.c.place_id)
                .outerjoin(delivery, delivery.c.push_id == push.c.id)
                .where(push.c.key.in_(some))
            )
            for row in await self._all(query):
                have.setdefault(row.key, set()).add((row.channel, row.place_id))
        kinds = {p.kind for p in planned}
        wanted = {kind: {(t.channel, t.id) for t in await self._targets(kind)} for kind in kinds}
        return [p for p in planned if p.key not in have or wanted[p.kind] - have[p.key]]

    async def write_push(self, planned: Planned, now: datetime) -> None:
        """The push, if its key is new, and a delivery for each target that has none."""
        found = await self._one(select(push.c.id).where(push.c.key == planned.key))
        ident = found.id if found else await self._add_push(planned, now)
        mine = delivery.c.push_id == ident
        have = {(r.channel, r.place_id) for r in await self._all(select(delivery).where(mine))}
        new = [t for t in await self._targets(planned.kind) if (t.channel, t.id) not in have]
        last = (await self._one(select(func.coalesce(func.max(delivery.c.ordinal), 0)).where(mine)))[0]
        common = {
            "push_id": ident,
            "state": str(State.PLANNED),
            "due_at": planned.due_at,
            "expires_at": planned.expires_at,
            "changed_at": now,
        }
        rows = [
            {**common, "channel": t.channel, "place": t.place, "place_id": t.id, "ordinal": ordinal}
            for ordinal, t in enumerate(new, last + 1)
        ]
        if rows:
            await self._run(delivery.insert(), rows)

    async def _add_push(self, planned: Planned, now: datetime) -> int:
        year = now.astimezone(SHANGHAI).year
        query = select(func.coalesce(func.max(push.c.number), 0)).where(push.c.year == year)
        values = {
            "kind": str(planned.kind),
            "key": planned.key,
            "year": year,
            "number": (await self._one(query))[0] + 1,
            "facts": dict(planned.facts),
            "due_at": planned.due_at,
            "expires_at": planned.expires_at,
            "created_at": now,
        }
        return int((await self._run(push.insert().values(**values).returning(push.c.id))).scalar_one())

    async def _targets(self, kind: Kind) -> list[Target]:
        rows = await self._all(select(chat_group).order_by(chat_group.c.platform, chat_group.c.id))
        wanting = [row for row in rows if not row.receives or kind in row.receives]
        return [Target(row.platform, "group", row.id) for row in wanting]

    async def count_targets(self, kind: str) -> int:
        """How many conversations a push of this kind would go to."""
        return len(await self._targets(Kind(kind)))

    async def ripen(self, now: datetime) -> int:
        """planned -> ready for all that is due."""
        due = (delivery.c.state == str(State.PLANNED), delivery.c.due_at <= now)
        result = await self._run(update(delivery).where(*due).values(state=str(State.READY), changed_at=now))
        return int(result.rowcount)

    async def expire(self, now: datetime) -> int:
        """Whatever still waits past its time; staff see it, nothing is sent late."""
        late = (delivery.c.state.in_([str(s) for s in WAITING]), delivery.c.expires_at <= now)
        values = {"state": str(State.EXPIRED), "words": "过期未发", "changed_at": now}
        return int((await self._run(update(delivery).where(*late).values(**values))).rowcount)

    async def next_claimable(self, ask: Ask) -> Delivery | None:
        c = delivery.c
        wait_over = or_(c.retry_at.is_(None), c.retry_at <= ask.real)
        states = c.state.in_([str(s) for s in CLAIMABLE])
        query = _DELIVERY.where(states, c.channel == ask.channel, c.due_at <= ask.now, wait_over)
        if ask.only is not None:
            allowed = [(t.place, t.id) for t in ask.only if t.channel == ask.channel]
            query = query.where(tuple_(c.place, c.place_id).in_(allowed))
        row = await self._one(query.order_by(c.due_at, c.id).limit(1))
        return _delivery(row) if row else None

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
            "changed_at": ask.now,
        }
        await self._run(update(delivery).where(c.id == claimed.id, c.fence == claimed.fence).values(**values))
        values = {"delivery_id": claimed.id, "fence": claimed.fence + 1, "started_at": ask.real}
        await self._run(attempt.insert().values(**values))

    async def stop(self, ident: int, state: State, words: str, now: datetime) -> None:
        waiting = delivery.c.state.in_([str(s) for s in WAITING])
        values = {"state": str(state), "words": words, "changed_at": now}
        await self._run(update(delivery).where(delivery.c.id == ident, waiting).values(**values))

    async def merge(self, ident: int, into: Delivery, now: datetime) -> None:
        """What `ident` has to say goes along in `into`."""
        values = {"state": str(State.SUPERSEDED), "words": f"并入 {into.reference}", "merged_into": into.id}
        await self._run(update(delivery).where(delivery.c.id == ident).values(**values, changed_at=now))

    async def _unmerge(self, ident: int, now: datetime) -> None:
        """What went along in a message that was surely not shown waits by itself again."""
        merged = (delivery.c.merged_into == ident, delivery.c.state == str(State.SUPERSEDED))
        values = {"state": str(State.READY), "words": "", "merged_into": None, "changed_at": now}
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
        result = await self._run(update(delivery).where(*ours).values(**values, changed_at=real))
        if result.rowcount and state in NOT_SHOWN:
            await self._unmerge(claimed.id, real)
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
        values = {"state": str(State.UNCERTAIN), "words": "发送中断", "changed_at": real}
        return int((await self._run(update(delivery).where(*lost).values(**values))).rowcount)

    async def uncertain(self, before: datetime) -> list[Delivery]:
        """Deliveries of unknown outcome whose attempt began before `before` (real time)."""
        c = delivery.c
        query = _DELIVERY.where(c.state == str(State.UNCERTAIN), c.claimed_at <= before)
        return [_delivery(row) for row in await self._all(query.order_by(c.id))]

    async def decide_delivery(self, ident: int, old: State, new: State, words: str, now: datetime) -> bool:
        check_edge(old, new)
        values = {"state": str(new), "words": words, "retry_at": None, "changed_at": now}
        where = (delivery.c.id == ident, delivery.c.state == str(old))
        decided = bool((await self._run(update(delivery).where(*where).values(**values))).rowcount)
        if decided and new in NOT_SHOWN:
            await self._unmerge(ident, now)
        return decided

    async def deliveries_of(self, year: int, number: int, ordinal: int | None) -> list[Delivery]:
        query = _DELIVERY.where(push.c.year == year, push.c.number == number).order_by(delivery.c.ordinal)
        if ordinal is not None:
            query = query.where(delivery.c.ordinal == ordinal)
        return [_delivery(row) for row in await self._all(query)]

    async def recent_deliveries(self, states: Sequence[State], newest: int) -> list[Delivery]:
        query = _DELIVERY.order_by(delivery.c.changed_at.desc(), delivery.c.id.desc()).limit(newest)
        if states:
            query = query.where(delivery.c.state.in_([str(s) for s in states]))
        return [_delivery(row) for row in await self._all(query)]

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
