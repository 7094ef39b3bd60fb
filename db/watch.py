"""What is asked to know whether all is well: what waits, what was sent last, how old the data are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core.pushes.states import WAITING, Outcome
from db.activities import submission_list
from db.base import Queries
from db.pushes import attempt, delivery


@dataclass(frozen=True, slots=True)
class Waiting:
    """Due messages to groups that no attempt has settled yet."""

    count: int
    oldest: datetime


class Watching(Queries):
    async def waiting(self, now: datetime) -> dict[str, Waiting]:
        """By channel. Private messages are left out: they may wait for the next day's quota."""
        c = delivery.c
        due = (c.state.in_([str(s) for s in WAITING]), c.due_at <= now, c.expires_at > now, c.place == "group")
        query = select(c.channel, func.count().label("count"), func.min(c.due_at).label("oldest"))
        return {
            r.channel: Waiting(r.count, r.oldest) for r in await self._all(query.where(*due).group_by(c.channel))
        }

    async def last_sent(self, since: datetime) -> dict[str, datetime]:
        """By channel, of this and earlier processes; not before `since` (real time), for the table grows."""
        query = (
            select(delivery.c.channel, func.max(attempt.c.ended_at).label("at"))
            .join(delivery, delivery.c.id == attempt.c.delivery_id)
            .where(attempt.c.started_at > since, attempt.c.outcome == str(Outcome.DELIVERED))
            .group_by(delivery.c.channel)
        )
        return {row.channel: row.at for row in await self._all(query)}

    async def last_list(self) -> datetime | None:
        """When a list of submissions was last imported."""
        row = await self._one(select(func.max(submission_list.c.as_of).label("at")))
        return row.at if row else None
