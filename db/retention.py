"""What is kept too long is found by index and erased, a few hundred rows at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, exists, or_, select, update

from core.access import Account
from core.pushes.models import Kind
from core.pushes.states import WAITING, State
from core.requests.models import RequestState
from db.access import confirmation, staff
from db.agreements import agreement
from db.bindings import binding
from db.doubts import LONGEST_ATTEMPT
from db.erasing import Erasing, private
from db.members import departure
from db.naming import SAYING
from db.pushes import SAID as DELIVERED_WORDS
from db.pushes import attempt, delivery, push
from db.requests import SAID as ASKED_WORDS
from db.requests import request

# Not "is over": SQLite would take the index by state, which has all that ever was.
_ALIVE = [str(one) for one in (*WAITING, State.SENDING, State.UNCERTAIN)]


class Retention(Erasing):
    async def under_way(self, accounts: Sequence[Account], real: datetime) -> set[Account]:
        """To whom a message is just being sent; an attempt that takes longer than any can has been lost."""
        c = delivery.c
        sending = (c.state == str(State.SENDING), c.claimed_at > real - LONGEST_ATTEMPT)
        rows = await self._all(select(c.channel, c.place_id).where(private(accounts), *sending))
        return {Account(row.channel, row.place_id) for row in rows}

    async def departed(self, before: datetime, most: int) -> list[Account]:
        """Who left all groups by then; not staff, nor who has used a binding since."""
        d, b, s = departure.c, binding.c, staff.c
        office = exists().where(s.platform == d.platform, s.account == d.account)
        back = exists().where(b.platform == d.platform, b.account == d.account, b.used_at > d.left_at)
        query = select(d.platform, d.account).where(d.left_at <= before, ~office, ~back)
        rows = await self._all(query.order_by(d.left_at, d.platform, d.account).limit(most))
        return [Account(row.platform, row.account) for row in rows]

    async def blank_deliveries(self, before: datetime, most: int) -> int:
        """Of messages that were due by then and can't be sent any more."""
        c = delivery.c
        old = (DELIVERED_WORDS, c.due_at <= before, c.expires_at <= before, c.state.not_in(_ALIVE))
        ids = [row.id for row in await self._all(select(c.id).where(*old).order_by(c.due_at).limit(most))]
        if ids:
            await self._run(update(attempt).where(attempt.c.delivery_id.in_(ids)).values(words=""))
            await self._run(update(delivery).where(c.id.in_(ids)).values(body="", words=""))
        return len(ids)

    async def blank_pushes(self, before: datetime, most: int) -> int:
        """What pushes say that were over by then, whether or not anything of them was sent."""
        p, c = push.c, delivery.c
        lives = exists().where(c.push_id == p.id, or_(c.state.in_(_ALIVE), c.expires_at > before))
        over = (p.kind.in_([str(one) for one in Kind]), p.expires_at <= before)  # the index is by kind
        query = select(p.id).where(*over, SAYING, ~lives).order_by(p.expires_at).limit(most)
        return await self.blank_facts([row.id for row in await self._all(query)])

    async def blank_requests(self, before: datetime, most: int) -> int:
        """What was decided by then, or whose time was over by then."""
        c = request.c
        waits = c.state == str(RequestState.WAITING)
        decided = or_(and_(~waits, c.decided_at <= before), and_(waits, c.expires_at <= before))
        old = select(c.id).where(ASKED_WORDS, c.asked_at <= before, decided).order_by(c.asked_at).limit(most)
        ids = [row.id for row in await self._all(old)]
        if ids:
            await self._run(update(request).where(c.id.in_(ids)).values(text="", words=""))
        return len(ids)

    async def blank_commands(self, before: datetime, most: int) -> int:
        """Of 确认 and 同意 whose time was over by then."""
        a, c = agreement.c, confirmation.c
        late = select(c.code).where(c.expires_at <= before).limit(most)
        gone = (await self._run(delete(confirmation).where(c.code.in_(late)))).rowcount
        said = or_(a.text != "", a.summary != "")
        old = select(a.id).where(said, a.expires_at <= before).limit(most)
        values = {"text": "", "summary": ""}
        blanked = (await self._run(update(agreement).where(a.id.in_(old)).values(**values))).rowcount
        return int(gone) + int(blanked)
