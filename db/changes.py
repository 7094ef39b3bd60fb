"""Rounds as they are moved, put off and cancelled: here cancelled ones are among them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update

from core.activities.changes import SLIP, Slip
from core.activities.models import Round, RoundState
from core.pushes.models import Kind, PushState
from core.pushes.plan import Deadline
from db.activities import ROUND_COLUMNS, programme, round_, to_round
from db.base import Queries, chunks
from db.pushes import push

_ROUNDS = select(*ROUND_COLUMNS).select_from(round_.join(programme, programme.c.id == round_.c.programme_id))


class Changes(Queries):
    async def all_rounds(self, year: int, n: int) -> list[Round]:
        return await self._rounds_where(round_.c.year == year, round_.c.n == n)

    async def any_rounds_by_id(self, ids: Sequence[int]) -> list[Round]:
        return [one for some in chunks(ids) for one in await self._rounds_where(round_.c.id.in_(some))]

    async def _rounds_where(self, *where: Any) -> list[Round]:
        rows = await self._all(_ROUNDS.where(*where).order_by(round_.c.programme_id, round_.c.n))
        return [to_round(row) for row in rows]

    async def change_round(self, new: Round) -> None:
        """Unless it is cancelled now, whether its samples were announced tells its state."""
        sent = case(
            (round_.c.dispatched_at.is_not(None), str(RoundState.DISPATCHED)), else_=str(RoundState.PLANNED)
        )
        values = {
            "deadline": new.deadline,
            "dispatch_on": new.dispatch_on,
            "expected_on": new.expected_on,
            "sample_nos": new.sample_nos,
            "state": str(new.state) if new.state is RoundState.CANCELLED else sent,
        }
        await self._run(update(round_).where(round_.c.id == new.id).values(**values))

    async def was_reminded(self, year: int, n: int, deadline: datetime) -> bool:
        """Whether a reminder of this deadline went out."""
        key = f"{Kind.REMINDER}:{Deadline(year, n, deadline).key}:"
        p = push.c
        out = (p.kind == str(Kind.REMINDER), p.state == str(PushState.OUT), p.key.startswith(key, autoescape=True))
        return await self._one(select(p.id).where(*out).limit(1)) is not None

    async def slips(self) -> list[Slip]:
        """Newest first."""
        p = push.c
        alarms = (p.kind == str(Kind.ALARM), p.key.startswith(SLIP, autoescape=True))
        rows = await self._all(select(p.created_at, p.facts).where(*alarms).order_by(p.id.desc()))
        return [Slip(row.created_at, _by_round(row.facts.get("was", {}))) for row in rows]


def _by_round(was: Mapping[str, Any]) -> dict[int, Any]:
    return {int(ident): old for ident, old in was.items()}
