"""Which labs have not reported and were not reached; for staff only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, select

from core.access import Principal
from core.activities.models import Reported
from core.notices.phone import UNBOUND, UNREACHED, Call, Count, count_calls
from core.pushes.models import Kind, PushState
from core.pushes.plan import GROUPS_ONLY, Deadline
from core.pushes.states import SHOWN
from core.requests.models import RequestState
from db.activities import programme, round_, submission
from db.base import Queries
from db.bindings import binding
from db.labs import lab
from db.own import ALIVE, known_of, may_remind, to_remind
from db.pushes import delivery, push

_r = round_.c


class PhoneList(Queries):
    async def to_call(self, who: Principal, rounds: Sequence[int]) -> list[Call]:
        """By deadline, city, county, name, those of which nothing is known last; PermissionError unless asked by
        staff. Read in pieces, for early on it is nearly every lab."""
        if not who.is_staff:
            raise PermissionError("phone list")
        return await self._calls(rounds)

    async def count_to_call(self, rounds: Sequence[int]) -> list[Count]:
        return count_calls(await self._calls(rounds))

    async def _calls(self, rounds: Sequence[int]) -> list[Call]:
        reached = await self._reached(rounds)
        found: dict[tuple[int, datetime], Call] = {}
        async for row in self._rows(_silent(rounds)):
            if row.bound and row.id in reached.get(row.deadline, {row.id}):
                continue
            call = found.get((row.id, row.deadline))
            if call is None:
                why = UNREACHED if row.bound else UNBOUND
                known = (row.id, row.lab_name, row.city, row.county, row.contact, row.phone)
                call = found[row.id, row.deadline] = Call(*known, row.deadline, why)
            (call.unreported if row.listed else call.unknown).append(row.programme_name)
        return sorted(found.values(), key=_in_order)

    async def reminded(self, rounds: Sequence[int]) -> bool:
        """Whether a reminder of one of their deadlines went out to people."""
        return bool(await self._reminders_out(rounds))

    async def _reached(self, rounds: Sequence[int]) -> dict[datetime, set[int]]:
        """By deadline of which a reminder was due: labs with a bound account that has one in private."""
        out = await self._reminders_out(rounds)
        return {deadline: await self._labs_told(pushes) for deadline, pushes in out.items()}

    async def _reminders_out(self, rounds: Sequence[int]) -> dict[datetime, list[int]]:
        query = select(_r.year, _r.n, _r.deadline).where(_r.id.in_(rounds)).distinct()
        deadlines = [Deadline(row.year, row.n, row.deadline) for row in await self._all(query)]
        return {one.at: pushes for one in deadlines if (pushes := await self._reminders(one))}

    async def _reminders(self, deadline: Deadline) -> list[int]:
        """Those that went to people as well."""
        mine = push.c.key.startswith(f"{Kind.REMINDER}:{deadline.key}:", autoescape=True)
        kind = (push.c.kind == str(Kind.REMINDER), push.c.expires_at <= deadline.at)
        query = select(push.c.id, push.c.facts).where(*kind, mine, push.c.state == str(PushState.OUT))
        return [row.id for row in await self._all(query) if GROUPS_ONLY not in row.facts]

    async def next_reminder(self, deadline: Deadline) -> datetime | None:
        """When the next planned one of this deadline is due."""
        mine = push.c.key.startswith(f"{Kind.REMINDER}:{deadline.key}:", autoescape=True)
        planned = (push.c.kind == str(Kind.REMINDER), push.c.state == str(PushState.PLANNED))
        row = await self._one(select(func.min(push.c.due_at)).where(*planned, mine))
        return row[0] if row else None

    async def _labs_told(self, pushes: Sequence[int]) -> set[int]:
        b, into = binding.c, delivery.alias("into")
        source = delivery.outerjoin(into, into.c.id == delivery.c.merged_into).join(
            binding, and_(b.platform == delivery.c.channel, b.account == delivery.c.place_id)
        )
        state = func.coalesce(into.c.state, delivery.c.state)
        shown = (delivery.c.place == "private", state.in_([str(one) for one in SHOWN]))
        query = select(b.lab_id).distinct().select_from(source).where(delivery.c.push_id.in_(pushes), *shown)
        return {row.lab_id for row in await self._all(query)}


def _in_order(one: Call) -> tuple[object, ...]:
    return not one.unreported, one.deadline, one.city, one.county, one.name, one.lab_id


def _silent(rounds: Sequence[int]) -> Any:
    """A row for each lab and round that `OwnRound.to_remind` holds for, or would but for a 不能检测 that waits."""
    bound = exists().where(binding.c.lab_id == lab.c.id).label("bound")
    columns = (lab.c.id, lab.c.name.label("lab_name"), lab.c.city, lab.c.county, lab.c.contact, lab.c.phone)
    named = programme.c.name.label("programme_name")
    listed = (func.coalesce(submission.c.state, "") == str(Reported.UNSUBMITTED)).label("listed")
    source = known_of(
        lab.join(round_, _r.id.is_not(None)).join(programme, programme.c.id == _r.programme_id), lab.c.id
    )
    query = select(*columns, _r.deadline, named, bound, listed).select_from(source)
    of = (_r.id.in_(rounds), ALIVE)
    silent = to_remind(lab.c.id, excused=(str(RequestState.APPROVED),))
    return query.where(*of, lab.c.id.in_(may_remind(*of)), silent).order_by(lab.c.id, _r.deadline, _r.programme_id)
