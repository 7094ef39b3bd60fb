"""Pushes, deliveries, attempts, instances: the queue is these tables and nothing else (architecture §4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
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
    text,
    update,
)

from core.calendar import SHANGHAI
from core.pushes.models import Kind, Planned, Push, PushState, Target, Timed
from core.pushes.numbers import DRAWN, draw, ordinals
from core.pushes.spread import Spreading
from core.pushes.states import WAITING, State
from db.access import chat_group, to_group
from db.base import Queries
from db.types import Moment, metadata

URGENT = 0
AT_ONCE = 250  # rows: the event loop makes their parameters in one go

_UNSPREAD = column("persons_after").is_not(None)
# In words, for SQLite uses an index with a condition only where the query has just the same one.
ASIDE = text("delivery.state = 'superseded' AND delivery.merged_into IS NULL")
_ASIDE = text("state = 'superseded' AND merged_into IS NULL")
_RECALLED = column("recall_at").is_not(None)

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
    Column("state", String(16), nullable=False),
    Column("groups", Boolean, nullable=False),
    Column("targets", JSON, nullable=False),
    Column("moved", Boolean, nullable=False, default=False),  # by staff, so the rules move it no more
    Column("persons_after", Integer),  # id of the last lab whose people got a delivery; None: nobody to add
    UniqueConstraint("year", "number"),
    Index("ix_push_state_due", "state", "due_at"),
    Index("ix_push_kind_expires", "kind", "expires_at"),
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
    Column("urgency", Integer, nullable=False),
    Column("part", Integer, nullable=False, default=0),
    Column("shown", Integer, nullable=False, default=0),
    Column("again", Boolean, nullable=False, default=False),
    Column("told", Boolean, nullable=False, default=False),
    Column("doubt_at", Moment),
    Column("recall_at", Moment),  # real time since when staff want it back
    Column("instance", String(40)),
    Column("merged_into", ForeignKey("delivery.id")),
    Column("claimed_at", Moment),
    Column("retry_at", Moment),
    Column("body", Text, nullable=False, default=""),
    Column("message_id", String(64), nullable=False, default=""),
    Column("words", Text, nullable=False, default=""),
    UniqueConstraint("push_id", "channel", "place", "place_id"),
    UniqueConstraint("push_id", "ordinal"),
    Index("ix_delivery_claim", "state", "channel", "urgency", "due_at"),
    Index("ix_delivery_due", "state", "due_at"),
    Index("ix_delivery_expires", "state", "expires_at"),
    Index("ix_delivery_told", "state", "told"),
    Index("ix_delivery_target", "channel", "place", "place_id", "state"),
    Index("ix_delivery_aside", "expires_at", sqlite_where=_ASIDE, postgresql_where=_ASIDE),
    Index("ix_delivery_recall", "recall_at", sqlite_where=_RECALLED, postgresql_where=_RECALLED),
)

attempt = Table(
    "attempt",
    metadata,
    Column("delivery_id", ForeignKey("delivery.id"), primary_key=True),
    Column("fence", Integer, primary_key=True),
    Column("part", Integer, nullable=False, default=1),
    Column("started_at", Moment, nullable=False, index=True),
    Column("ended_at", Moment),
    Column("outcome", String(16), nullable=False, default=""),
    Column("words", Text, nullable=False, default=""),
    Column("message_id", String(64), nullable=False, default=""),
    Column("recalled", Boolean),  # None: not tried
)

instance = Table(
    "instance",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

# One row while all sending is held.
hold = Table(
    "hold",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("backup_at", Moment),
    Column("reason", Text, nullable=False, default=""),
)

# Who answered 收到 to a push: a statistic, it grants nothing.
heard = Table(
    "heard",
    metadata,
    Column("push_id", ForeignKey("push.id"), primary_key=True),
    Column("platform", String(32), primary_key=True),
    Column("account", Text, primary_key=True),
    Column("at", Moment, nullable=False),
)


class Pushes(Queries):
    async def write_push(self, planned: Planned, now: datetime) -> None:
        """The push, if its key is new; what is due already gets its deliveries in the same transaction."""
        found = await self._one(select(push.c.id).where(push.c.key == planned.key))
        if found is not None:
            return
        row = (await self._run(push.insert().values(**await self._values(planned, now)).returning(*push.c))).one()
        if planned.due_at <= now:
            await self._expand(row)

    async def has_push(self, key: str) -> bool:
        return await self._one(select(push.c.id).where(push.c.key == key)) is not None

    async def next_due(self, now: datetime) -> Timed | None:
        """The longest due push whose deliveries are not written yet."""
        due = (push.c.state == str(PushState.PLANNED), push.c.due_at <= now)
        row = await self._one(select(push).where(*due).order_by(push.c.due_at, push.c.id).limit(1))
        return to_timed(row) if row else None

    async def expand(self, timed: Timed) -> None:
        """A delivery for every managed group that wants it now, and the push is out."""
        row = await self._one(
            select(push).where(push.c.id == timed.push.id, push.c.state == str(PushState.PLANNED))
        )
        if row is not None:
            await self._expand(row)

    async def _expand(self, row: Any) -> None:
        groups = await self._targets(Kind(row.kind)) if row.groups else []
        await self._add_deliveries(row, [*groups, *(Target.parse(text) for text in row.targets)])
        await self._run(update(push).where(push.c.id == row.id).values(state=str(PushState.OUT)))

    async def _add_deliveries(self, row: Any, targets: Sequence[Target]) -> None:
        """One for each target that has none of this push yet; numbers of groups and of persons never meet."""
        c = delivery.c
        mine = (c.push_id == row.id, c.place.in_({target.place for target in targets}))
        stand = await self._all(select(c.channel, c.place, c.place_id, c.ordinal).where(*mine))
        have, taken = {Target(*one[:3]) for one in stand}, {one.ordinal for one in stand}
        new = [target for target in dict.fromkeys(targets) if target not in have]
        numbered = zip(new, ordinals(new, taken), strict=True)
        while some := list(islice(numbered, AT_ONCE)):
            await self._run(delivery.insert(), [_new_delivery(row, target, number) for target, number in some])

    async def spreading(self, now: datetime) -> list[Spreading]:
        """Pushes that are out and whose people do not all have a delivery yet."""
        p, d = push.c, delivery.c
        due = (p.persons_after.is_not(None), p.state == str(PushState.OUT), p.due_at <= now, p.expires_at > now)
        told = select(func.count()).where(d.push_id == p.id, d.place == "private").scalar_subquery()
        return [
            Spreading(to_push(r), r.persons_after, r.due_at, r.expires_at, r.told)
            for r in await self._all(select(push, told.label("told")).where(*due).order_by(p.due_at))
        ]

    async def spread_to(self, spreading: Spreading, targets: Sequence[Target], last: int | None) -> None:
        """Deliveries for these people; `last`: the lab to go on behind, None when all are served."""
        row = await self._one(select(push).where(push.c.id == spreading.push.id))
        await self._add_deliveries(row, targets)
        await self._run(update(push).where(push.c.id == spreading.push.id).values(persons_after=last))

    async def _values(self, planned: Planned, now: datetime) -> dict[str, Any]:
        year = now.astimezone(SHANGHAI).year
        return {
            "kind": str(planned.kind),
            "key": planned.key,
            "year": year,
            "number": await self._number(planned, year),
            "facts": dict(planned.facts),
            "due_at": planned.due_at,
            "expires_at": planned.expires_at,
            "created_at": now,
            "state": str(PushState.PLANNED),
            "groups": planned.groups,
            "targets": [str(target) for target in planned.to],
            "persons_after": 0 if planned.spread else None,
        }

    async def _number(self, planned: Planned, year: int) -> int:
        """Announcements are counted. What only some see has a number drawn from its key: how many such there
        were, and so what others did, can't be read from the next announcement's."""
        announced = planned.groups or any(target.place == "group" for target in planned.to)
        if announced and planned.kind is not Kind.ALARM:
            counted = (push.c.year == year, push.c.number < DRAWN)
            query = select(func.coalesce(func.max(push.c.number), 0)).where(*counted)
            return int((await self._one(query))[0]) + 1
        drawn = (push.c.year == year, push.c.number >= DRAWN)
        taken = set((await self._run(select(push.c.number).where(*drawn))).scalars())
        return draw(planned.key, taken)

    async def _targets(self, kind: Kind) -> list[Target]:
        groups = self._rows(select(chat_group).order_by(chat_group.c.platform, chat_group.c.id), AT_ONCE)
        return [Target(row.platform, "group", row.id) async for row in groups if to_group(row).wants(kind)]

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
        values = {"state": str(State.EXPIRED), "words": "过期未发", "told": delivery.c.place == "private"}
        return int((await self._run(update(delivery).where(*late).values(**values))).rowcount)


def _new_delivery(row: Any, target: Target, number: int) -> dict[str, Any]:
    return {
        "push_id": row.id,
        "state": str(State.PLANNED),
        "due_at": row.due_at,
        "expires_at": row.expires_at,
        "channel": target.channel,
        "place": target.place,
        "place_id": target.id,
        "ordinal": number,
        "urgency": urgency_of(Kind(row.kind), row.facts, target),
    }


def urgency_of(kind: Kind, facts: Mapping[str, Any], target: Target) -> int:
    """What goes first: alarms that cannot wait, then groups, then persons."""
    if kind is Kind.ALARM and facts.get("urgent"):
        return URGENT
    return 2 if target.place == "private" else 1


def to_push(row: Any) -> Push:
    return Push(row.id, Kind(row.kind), row.number, row.year, row.facts)


def to_timed(row: Any) -> Timed:
    return Timed(to_push(row), row.due_at, row.expires_at, PushState(row.state))
