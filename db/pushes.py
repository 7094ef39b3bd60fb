"""Pushes, deliveries, attempts, instances: the queue is these tables and nothing else (architecture §4)."""

from collections.abc import Sequence
from datetime import datetime

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
    column,
    func,
    select,
    update,
)

from core.calendar import SHANGHAI
from core.pushes.models import Kind, Planned, Push, Target
from core.pushes.numbers import DRAWN, draw, ordinal
from core.pushes.spread import Spreading
from core.pushes.states import WAITING, State
from db.access import chat_group
from db.base import Queries, chunks
from db.types import Moment, metadata

_UNSPREAD = column("persons_after").is_not(None)

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
    Column("persons_after", Integer),  # id of the last lab whose people got a delivery; None: nobody to add
    UniqueConstraint("year", "number"),
    Index("ix_push_persons", "due_at", sqlite_where=_UNSPREAD, postgresql_where=_UNSPREAD),
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
    UniqueConstraint("push_id", "channel", "place", "place_id"),
    UniqueConstraint("push_id", "ordinal"),
    Index("ix_delivery_state_due", "state", "channel", "due_at"),
)

attempt = Table(
    "attempt",
    metadata,
    Column("delivery_id", ForeignKey("delivery.id"), primary_key=True),
    Column("fence", Integer, primary_key=True),
    Column("started_at", Moment, nullable=False, index=True),
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


class Pushes(Queries):
    async def unwritten(self, planned: Sequence[Planned]) -> list[Planned]:
        """Those that do not stand yet, or that a group added since then does not have yet."""
        keys = [p.key for p in planned]
        have: dict[str, set[tuple[str, str]]] = {}
        for some in chunks(keys):
            query = (
                select(push.c.key, delivery.c.channel, delivery.c.place_id)
                .outerjoin(delivery, (delivery.c.push_id == push.c.id) & (delivery.c.place == "group"))
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
        groups = await self._targets(planned.kind) if planned.groups else []
        await self._add_deliveries(ident, [*groups, *planned.persons], planned.due_at, planned.expires_at)

    async def _add_deliveries(
        self, ident: int, targets: Sequence[Target], due_at: datetime, expires_at: datetime
    ) -> None:
        """One for each target that has none of this push yet."""
        c = delivery.c
        mine = c.push_id == ident
        have = {Target(*row) for row in await self._all(select(c.channel, c.place, c.place_id).where(mine))}
        new = [t for t in dict.fromkeys(targets) if t not in have]
        taken = set((await self._run(select(c.ordinal).where(mine))).scalars())
        common = {
            "push_id": ident,
            "state": str(State.PLANNED),
            "due_at": due_at,
            "expires_at": expires_at,
        }
        rows = [
            {
                **common,
                "channel": t.channel,
                "place": t.place,
                "place_id": t.id,
                "ordinal": ordinal(t, taken),
            }
            for t in new
        ]
        if rows:
            await self._run(delivery.insert(), rows)

    async def spreading(self, now: datetime) -> list[Spreading]:
        """Pushes that are due and whose people do not all have a delivery yet."""
        p = push.c
        due = (p.persons_after.is_not(None), p.due_at <= now, p.expires_at > now)
        return [
            Spreading(Push(r.id, Kind(r.kind), r.number, r.year, r.facts), r.persons_after, r.due_at, r.expires_at)
            for r in await self._all(select(push).where(*due).order_by(p.due_at))
        ]

    async def spread_to(self, spreading: Spreading, targets: Sequence[Target], last: int | None) -> None:
        """Deliveries for these people; `last`: the lab to go on behind, None when all are served."""
        await self._add_deliveries(spreading.push.id, targets, spreading.due_at, spreading.expires_at)
        await self._run(update(push).where(push.c.id == spreading.push.id).values(persons_after=last))

    async def _add_push(self, planned: Planned, now: datetime) -> int:
        year = now.astimezone(SHANGHAI).year
        values = {
            "kind": str(planned.kind),
            "key": planned.key,
            "year": year,
            "number": await self._number(planned, year),
            "facts": dict(planned.facts),
            "due_at": planned.due_at,
            "expires_at": planned.expires_at,
            "created_at": now,
            "persons_after": 0 if planned.spread else None,
        }
        return int((await self._run(push.insert().values(**values).returning(push.c.id))).scalar_one())

    async def _number(self, planned: Planned, year: int) -> int:
        """Announcements are counted. What only some see has a number drawn from its key: how many such there
        were, and so what others did, can't be read from the next announcement's."""
        if planned.groups and planned.kind is not Kind.ALARM:
            counted = (push.c.year == year, push.c.number < DRAWN)
            query = select(func.coalesce(func.max(push.c.number), 0)).where(*counted)
            return int((await self._one(query))[0]) + 1
        drawn = (push.c.year == year, push.c.number >= DRAWN)
        taken = set((await self._run(select(push.c.number).where(*drawn))).scalars())
        return draw(planned.key, taken)

    async def _targets(self, kind: Kind) -> list[Target]:
        rows = await self._all(select(chat_group).order_by(chat_group.c.platform, chat_group.c.id))
        if kind is Kind.ALARM:
            rows = [row for row in rows if row.staff]
        wanting = [row for row in rows if not row.receives or kind in row.receives]
        return [Target(row.platform, "group", row.id) for row in wanting]

    async def count_targets(self, kind: str) -> int:
        """How many conversations a push of this kind would go to."""
        return len(await self._targets(Kind(kind)))

    async def ripen(self, now: datetime) -> int:
        """planned -> ready for all that is due."""
        due = (delivery.c.state == str(State.PLANNED), delivery.c.due_at <= now)
        result = await self._run(update(delivery).where(*due).values(state=str(State.READY)))
        return int(result.rowcount)

    async def expire(self, now: datetime) -> int:
        """Whatever still waits past its time; staff see it, nothing is sent late."""
        late = (delivery.c.state.in_([str(s) for s in WAITING]), delivery.c.expires_at <= now)
        values = {"state": str(State.EXPIRED), "words": "过期未发"}
        return int((await self._run(update(delivery).where(*late).values(**values))).rowcount)
