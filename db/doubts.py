"""Attempts of unknown outcome: found, looked up, decided by a look or by staff, who are told of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select, update

from core.pushes.models import Delivery, Kind, Target
from core.pushes.numbers import RESTORED
from core.pushes.states import FOR_STAFF, NOT_SHOWN, Outcome, State, check_edge
from db.base import chunks
from db.deliveries import CLOCK_SET, DELIVERY, Deliveries, ended, to_delivery
from db.pushes import attempt, delivery, instance, push

LONGEST_ATTEMPT = timedelta(minutes=2)  # a channel gives up after 30 s
AT_ONCE = 500


class Doubts(Deliveries):
    """What comes after the attempt, on the same table."""

    async def shown_parts(self, ident: int) -> int:
        """How many parts the platform told us of by itself."""
        return int((await self._one(select(delivery.c.shown).where(delivery.c.id == ident)))[0])

    async def doubted(self, one: Delivery) -> int:
        """How many attempts at the part that is next may have shown it."""
        may = attempt.c.outcome.in_([str(Outcome.UNKNOWN), str(Outcome.DELIVERED)])
        tried = (attempt.c.delivery_id == one.id, attempt.c.part == one.part + 1)
        query = select(func.count()).select_from(attempt).where(*tried, may)
        return int((await self._one(query))[0])

    async def note_shown(
        self, target: Target, year: int, number: int, ordinal: int, part: int, message_id: str = ""
    ) -> None:
        """The platform shows a message of ours that bears this mark; of a part that was never tried it is none
        of ours. Its number is kept with the attempt, for a recall."""
        c, a = delivery.c, attempt.c
        of = select(push.c.id).where(push.c.year == year, push.c.number == number).scalar_subquery()
        here = (c.channel == target.channel, c.place == target.place, c.place_id == target.id)
        mine = (c.push_id == of, c.ordinal == ordinal, c.part >= part - 1, *here)
        joined = delivery.join(attempt, a.delivery_id == c.id)
        found = await self._one(select(c.id).select_from(joined).where(*mine, a.part == part).limit(1))
        if found is None:
            return
        await self._run(update(delivery).where(c.id == found.id, c.shown < part).values(shown=part))
        if message_id:
            await self._keep_number(found.id, part, message_id)

    async def _keep_number(self, ident: int, part: int, message_id: str) -> None:
        """With the last attempt that may have shown it, unless one of them has it already."""
        a = attempt.c
        of = (a.delivery_id == ident, a.part == part)
        if await self._one(select(a.fence).where(*of, a.message_id == message_id)) is None:
            open_ = (a.message_id == "", a.outcome.in_(["", str(Outcome.UNKNOWN)]))
            last = select(func.max(a.fence)).where(*of, *open_).scalar_subquery()
            await self._run(update(attempt).where(*of, a.fence == last).values(message_id=message_id))

    async def bury_dead(self, silent_for: timedelta, real: datetime) -> int:
        """sending -> uncertain for rows of instances not heard of for `silent_for`, and for those that
        took longer than any attempt can: their outcome could not be written."""
        heard = instance.c.seen_at
        alive = select(instance.c.id).where(heard > real - silent_for, heard <= real + silent_for)
        claimed_at = delivery.c.claimed_at
        stuck = (claimed_at <= real - LONGEST_ATTEMPT) | (claimed_at > real + LONGEST_ATTEMPT)
        lost = (delivery.c.state == str(State.SENDING), delivery.c.instance.not_in(alive) | stuck)
        values = {"state": str(State.UNCERTAIN), "words": "发送中断"}
        buried = await self._run(update(delivery).where(*lost).values(**values).returning(delivery.c.id))
        ids = [row.id for row in buried.all()]
        for some in chunks(ids):
            open_ = (attempt.c.delivery_id.in_(some), attempt.c.ended_at.is_(None))
            await self._run(update(attempt).where(*open_).values(outcome=str(Outcome.UNKNOWN), words="发送中断"))
        return len(ids)

    async def uncertain(self, channel: str, before: datetime) -> list[Delivery]:
        """Deliveries of unknown outcome whose attempt began before `before` (real time), or which the platform
        has shown meanwhile."""
        c = delivery.c
        ripe = or_(c.claimed_at <= before, c.claimed_at > before + CLOCK_SET, c.shown > c.part)
        doubtful = c.state.in_([str(State.UNCERTAIN), str(State.NEEDS_STAFF)])
        seen = or_(c.state == str(State.UNCERTAIN), c.shown > c.part)
        query = DELIVERY.where(doubtful, seen, c.channel == channel, ripe)
        return [to_delivery(row) for row in await self._all(query.order_by(c.id))]

    async def decide_delivery(self, doubtful: Delivery, new: State, words: str, real: datetime) -> bool:
        """False when somebody decided before, or it is being sent again."""
        check_edge(doubtful.state, new)
        values = {"words": words, "retry_at": None, "doubt_at": real if new is State.NEEDS_STAFF else None}
        c = delivery.c
        where = (c.id == doubtful.id, c.state == str(doubtful.state), c.fence == doubtful.fence)
        after = ended(new, doubtful.part)
        decided = bool((await self._run(update(delivery).where(*where).values(**values, **after))).rowcount)
        if decided and new in NOT_SHOWN and not doubtful.part:
            await self._unmerge(doubtful.id)
        return decided

    async def unanswered(self, since: datetime, now: datetime) -> list[Delivery]:
        """Reminders that wait for staff since then (real time), could still be sent, and were not sent twice.
        None tried before a restore: the lost program may have sent it, and its staff settled it."""
        c = delivery.c
        waiting = (c.state == str(State.NEEDS_STAFF), c.doubt_at <= since, c.again.is_(False), c.expires_at > now)
        restored = push.alias("restored").c
        lost = exists().where(restored.number >= RESTORED, restored.created_at >= c.claimed_at)
        query = DELIVERY.where(*waiting, push.c.kind == str(Kind.REMINDER), ~lost)
        return [to_delivery(row) for row in await self._all(query)]

    async def send_once_more(self, doubtful: Delivery, words: str) -> bool:
        """As what may be a second copy, and says so."""
        check_edge(doubtful.state, State.READY)
        where = (delivery.c.id == doubtful.id, delivery.c.state == str(doubtful.state))
        values = {"state": str(State.READY), "words": words, "again": True, "doubt_at": None}
        sent = bool((await self._run(update(delivery).where(*where).values(**values))).rowcount)
        if sent:
            await self._unmerge(doubtful.id, again=True)
        return sent

    async def untold(self) -> list[Delivery]:
        """What needs people and staff were not told of; of what expired only groups, persons are on the 电话单."""
        c = delivery.c
        fallen = c.state.in_([str(s) for s in FOR_STAFF])
        worth = or_(c.state != str(State.EXPIRED), c.place == "group")
        query = DELIVERY.where(fallen, c.told.is_(False), worth, push.c.kind != str(Kind.ALARM))
        return [to_delivery(row) for row in await self._all(query.order_by(c.id).limit(AT_ONCE))]

    async def note_told(self, ids: Sequence[int]) -> None:
        await self._run(update(delivery).where(delivery.c.id.in_(ids)).values(told=True))
