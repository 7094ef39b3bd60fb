"""Who is told for a lab in private: of its accounts the one that was bound first."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select, true, tuple_

from core.pushes.models import Target
from core.pushes.spread import Spokesman, Walked
from db.base import Queries
from db.bindings import binding
from db.receipts import reminder_off


class Spokesmen(Queries):
    async def _spokesmen(
        self,
        concerned: ColumnElement[bool],
        after: int,
        limit: int,
        hears: Callable[[Any], ColumnElement[bool]] = lambda _: true(),
    ) -> Walked:
        """Of the next `limit` bound labs: a transaction costs the same however many labs there are. `hears`: which
        bindings speak for a lab at all."""
        b, e = binding.c, binding.alias("earlier").c
        page = select(b.lab_id).distinct().where(b.lab_id > after).order_by(b.lab_id).limit(limit)
        walked = [row.lab_id for row in await self._all(page)]
        if not walked:
            return Walked([], None)
        order = tuple_(e.bound_at, e.platform, e.account) < tuple_(b.bound_at, b.platform, b.account)
        first = and_(hears(b), ~exists().where(e.lab_id == b.lab_id, order, hears(e)))
        here = b.lab_id.between(walked[0], walked[-1])
        query = select(b.lab_id, b.platform, b.account).where(here, first, concerned)
        rows = await self._all(query.order_by(b.lab_id))
        people = [Spokesman(r.lab_id, Target(r.platform, "private", r.account)) for r in rows]
        return Walked(people, walked[-1] if len(walked) == limit else None)


def hears_reminders(bound: Any) -> ColumnElement[bool]:
    """Bindings of accounts that did not say 提醒 关."""
    off = reminder_off.c
    return ~exists().where(off.platform == bound.platform, off.account == bound.account)
