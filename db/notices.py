"""What free notices, recalls and reminders on demand ask of the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from core.access import Account
from core.notices.codes import ALIKE, BARE
from core.notices.recall import STOPPABLE, STOPPED, Shown
from core.notices.use import Had
from core.pushes.models import Kind, Target, Timed
from core.pushes.states import SHOWN, Outcome, State
from db.base import Queries, chunks
from db.labs import lab
from db.pushes import attempt, delivery, heard, push, to_timed

RECALLED_FOR = timedelta(days=1)  # what the platform did not take back by then it never will
AT_ONCE = 100


class Notices(Queries):
    async def holds_code(self, candidates: frozenset[str]) -> bool:
        """Whether any of these (`core.notices.codes`) is a lab's code, or one without its leading zeros."""
        code: ColumnElement[str] = func.lower(lab.c.code)
        for letter, digit in ALIKE:
            code = func.replace(code, letter, digit)
        bare = func.ltrim(code, "0")
        for some in chunks(sorted(candidates)):
            same = or_(code.in_(some), and_(func.length(bare) >= BARE, bare.in_(some)))
            if await self._one(select(lab.c.id).where(same).limit(1)):
                return True
        return False

    async def push_with_key(self, key: str) -> Timed | None:
        row = await self._one(select(push).where(push.c.key == key))
        return to_timed(row) if row else None

    async def count_keys(self, prefix: str) -> int:
        """How many pushes have keys that begin so."""
        query = select(func.count()).select_from(push).where(push.c.key.startswith(prefix, autoescape=True))
        return int((await self._one(query))[0])

    async def had_notice(self, prefix: str) -> list[Had]:
        """Where notices with such keys went or still go, the oldest first; not what was wholly taken back, nor
        what surely was not shown and will not be."""
        p, d = push.c, delivery.c
        never = d.state.in_([str(one) for one in (State.FAILED, State.CANCELLED, State.EXPIRED)]) & (d.part == 0)
        mine = (p.kind == str(Kind.NOTICE), p.key.startswith(prefix, autoescape=True))
        query = select(push, d.channel, d.place, d.place_id).join(delivery, d.push_id == p.id)
        query = query.where(*mine, p.key.not_like("%:recalled:%"), ~never).order_by(p.due_at, p.id)
        return [
            Had(Target(row.channel, row.place, row.place_id), to_timed(row).push.reference, row.due_at)
            for row in await self._all(query)
        ]

    async def want_back(self, push_id: int, deliveries: Sequence[int], real: datetime) -> None:
        """These deliveries are never claimed again; of a push without any, or all of them, nobody is added."""
        for some in chunks(deliveries):
            mine = (delivery.c.id.in_(some), delivery.c.recall_at.is_(None))
            await self._run(update(delivery).where(*mine).values(recall_at=real))
        left = select(delivery.c.id).where(delivery.c.push_id == push_id, delivery.c.recall_at.is_(None))
        if await self._one(left.limit(1)) is None:
            await self._run(update(push).where(push.c.id == push_id).values(persons_after=None))

    async def to_recall(self, channel: str, real: datetime) -> list[Shown]:
        """Messages of ours that staff want back and that were not tried yet, the oldest first."""
        d, a = delivery.c, attempt.c
        wanted = (d.recall_at > real - RECALLED_FOR, d.channel == channel)
        untried = (a.message_id != "", a.recalled.is_(None))
        query = select(d.id, a.fence, d.channel, d.place, d.place_id, a.message_id)
        query = query.select_from(attempt.join(delivery, d.id == a.delivery_id)).where(*wanted, *untried)
        rows = await self._all(query.order_by(a.started_at).limit(AT_ONCE))
        return [Shown(row[0], row[1], Target(*row[2:5]), row[5]) for row in rows]

    async def note_recalled(self, shown: Shown, done: bool) -> None:
        mine = (attempt.c.delivery_id == shown.delivery, attempt.c.fence == shown.fence)
        await self._run(update(attempt).where(*mine).values(recalled=done))
        of = await self._one(select(delivery.c.push_id).where(delivery.c.id == shown.delivery))
        await self.free_key(of.push_id)

    async def free_key(self, push_id: int) -> None:
        """Of a notice that stands nowhere any more: the same words may go out again that day. What may have been
        shown and was not surely taken back stands."""
        d, a = delivery.c, attempt.c
        surely_not = a.outcome.in_([str(Outcome.NOT_SENT), str(Outcome.REFUSED)])
        ended = d.state.in_([str(one) for one in (*SHOWN, State.CANCELLED, State.EXPIRED)])
        tried = exists().where(a.delivery_id == d.id, ~surely_not, a.recalled.is_not(True)).correlate(delivery)
        stands = select(d.id).where(d.push_id == push_id, or_(d.recall_at.is_(None), ~ended, tried))
        if await self._one(stands.limit(1)) is None:
            mine = and_(push.c.id == push_id, push.c.kind == str(Kind.NOTICE))
            gone = push.c.key + f":recalled:{push_id}"
            await self._run(update(push).where(mine, push.c.key.not_like("%:recalled:%")).values(key=gone))

    async def stop_recalled(self, real: datetime) -> int:
        """What waits again though staff want it back (an attempt was under way then) is not sent."""
        states = delivery.c.state.in_([str(state) for state in STOPPABLE])
        wanted = (delivery.c.recall_at > real - RECALLED_FOR, states)
        values = {"state": str(State.CANCELLED), "words": STOPPED}
        return int((await self._run(update(delivery).where(*wanted).values(**values))).rowcount)

    async def hear(self, year: int, number: int, who: Account, now: datetime) -> None:
        """收到, once per account and push; of a number that is no push nothing is kept."""
        of = await self._one(select(push.c.id).where(push.c.year == year, push.c.number == number))
        if of is not None:
            row = {"push_id": of.id, "platform": who.platform, "account": who.id, "at": now}
            await self._run(self._insert(heard).values(**row).on_conflict_do_nothing())
