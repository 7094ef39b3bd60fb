"""Pushes written, and their deliveries when they are due: one for each target, in the order of urgency."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import String, case, cast, func, literal, or_, select, update

from core.calendar import SHANGHAI
from core.pushes.models import COURTESIES, Kind, Planned, PushState, Target, Timed
from core.pushes.numbers import DRAWN, RESTORED, RESUMED, draw, ordinals
from core.pushes.spread import Spreading
from core.pushes.states import WAITING, State
from db.access import chat_group, to_group
from db.base import Queries
from db.pushes import URGENT, delivery, push, to_push, to_timed

AT_ONCE = 250  # rows: the event loop makes their parameters in one go
COUNTED = or_(push.c.number < DRAWN, push.c.number.between(RESUMED, RESTORED - 1))


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
            counted = (push.c.year == year, COUNTED)
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
        part = delivery.c.part
        some = literal("过期未发，只发出第 1 至 ") + cast(part, String) + " 条"
        words = case((part > 0, some), else_="过期未发")
        courtesy = delivery.c.push_id.in_(select(push.c.id).where(push.c.kind.in_(COURTESIES)))
        told = or_(delivery.c.place == "private", courtesy)
        values = {"state": str(State.EXPIRED), "words": words, "told": told}
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
