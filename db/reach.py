"""Whom a push reached: one aggregate each, whatever the number of labs and groups."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, distinct, exists, func, or_, select, union

from core.access import Principal
from core.pushes.models import COURTESIES, Kind, Push
from core.pushes.reach import Attempt, Labs, Reach, Recalled, Unreached
from core.pushes.states import SHOWN, Outcome, State
from db.activities import round_
from db.base import Queries, chunks
from db.bindings import binding
from db.labs import lab
from db.members import group_member, member_list
from db.own import ALIVE, known_of, may_remind, to_remind
from db.pushes import attempt, delivery, heard
from db.pushes import push as pushes

_into = delivery.alias("into")
_SHOWN_STATE = func.coalesce(_into.c.state, delivery.c.state)
_WITH_INTO = delivery.outerjoin(_into, _into.c.id == delivery.c.merged_into)
_IS_SHOWN = _SHOWN_STATE.in_([str(state) for state in SHOWN])
_place = delivery.c.place


class Reaches(Queries):
    async def reach(self, who: Principal, push: Push) -> Reach:
        """For staff only: PermissionError is a defect of the caller."""
        if not who.is_staff:
            raise PermissionError("reach")
        counted = {row.place: row for row in await self._all(_counts(push))}
        groups, shown = _of(counted, "group")
        persons, persons_shown = _of(counted, "private")
        lists = await self._one(_lists(push))
        accounts, labs = await self._one(_heard(push))
        told = Labs(*(int(value or 0) for value in await self._one(_labs(push))))
        recalled = Recalled(*(int(value or 0) for value in await self._one(_recalled(push))))
        people = (persons, persons_shown, told, int(lists[0]), lists[1])
        return Reach(push, groups, shown, *people, int(accounts), int(labs), recalled)

    async def unreached(self, who: Principal, push: Push) -> list[Unreached]:
        """By city, county, name; for staff only."""
        if not who.is_staff:
            raise PermissionError("labs not reached")
        seen = _seen(push)
        columns = (lab.c.id, lab.c.name, lab.c.city, lab.c.county, lab.c.contact, lab.c.phone)
        query = select(*columns).select_from(lab.outerjoin(seen, seen.c.lab_id == lab.c.id))
        query = query.where(_concerned(push), ~_is_bound(), seen.c.lab_id.is_(None))
        found = [Unreached(*row) for row in await self._all(query)]
        return sorted(found, key=lambda one: (one.city, one.county, one.name, one.lab_id))

    async def attempts(self, ident: int) -> list[Attempt]:
        a = attempt.c
        query = select(a.part, a.started_at, a.ended_at, a.outcome, a.words).where(a.delivery_id == ident)
        return [Attempt(*row) for row in await self._all(query.order_by(a.fence))]

    async def recalls(self, deliveries: Sequence[int]) -> dict[int, Recalled]:
        """Of those that staff wanted back."""
        d, found = delivery.c, dict[int, Recalled]()
        tried = delivery.outerjoin(attempt, attempt.c.delivery_id == d.id)
        for some in chunks(deliveries):
            query = select(d.id, *_fates()).select_from(tried).where(d.id.in_(some), d.recall_at.is_not(None))
            found |= {row[0]: Recalled(*row[1:]) for row in await self._all(query.group_by(d.id))}
        return found

    async def expired_in_groups(self, since: datetime) -> int:
        """Deliveries to groups that nobody ever saw, due since then."""
        late = (delivery.c.state == str(State.EXPIRED), _place == "group", delivery.c.expires_at > since)
        missed = (*late, pushes.c.kind.not_in(COURTESIES))
        source = delivery.join(pushes, pushes.c.id == delivery.c.push_id)
        return int((await self._one(select(func.count()).select_from(source).where(*missed)))[0])


def _of(counted: dict[str, Any], place: str) -> tuple[int, int]:
    row = counted.get(place)
    return (int(row.all), int(row.shown)) if row else (0, 0)


def _counts(push: Push) -> Any:
    shown = func.sum(case((_IS_SHOWN, 1), else_=0)).label("shown")
    query = select(_place, func.count().label("all"), shown).select_from(_WITH_INTO)
    return query.where(delivery.c.push_id == push.id).group_by(_place)


def _shown_in(push: Push, place: str) -> Any:
    """(platform, id) of the conversations of this kind where it stands."""
    columns = (delivery.c.channel.label("platform"), delivery.c.place_id.label("place_id"))
    query = select(*columns).select_from(_WITH_INTO)
    return query.where(delivery.c.push_id == push.id, _place == place, _IS_SHOWN).subquery()


def _seen(push: Push) -> Any:
    """Labs with a member, by the card, in a group where it stands."""
    m, shown = group_member.c, _shown_in(push, "group")
    joined = shown.join(group_member, and_(m.platform == shown.c.platform, m.group_id == shown.c.place_id))
    return select(m.lab_id).distinct().select_from(joined).where(m.lab_id.is_not(None)).subquery()


def _told(push: Push) -> Any:
    """Labs of which a bound account has it in private."""
    b, shown = binding.c, _shown_in(push, "private")
    joined = shown.join(binding, and_(b.platform == shown.c.platform, b.account == shown.c.place_id))
    return select(b.lab_id).distinct().select_from(joined).subquery()


def _is_bound() -> ColumnElement[bool]:
    return exists().where(binding.c.lab_id == lab.c.id)


def _concerned(push: Push) -> ColumnElement[bool]:
    if push.kind is not Kind.REMINDER:
        return ~lab.c.stopped
    facts, r = push.facts, round_.c
    deadline = datetime.fromisoformat(facts["deadline"])
    rounds = (r.year == facts["year"], r.n == facts["n"], r.deadline == deadline, ALIVE)
    late = exists().select_from(known_of(round_, lab.c.id)).where(*rounds, to_remind(lab.c.id)).correlate(lab)
    return and_(lab.c.id.in_(may_remind(*rounds)), late)


def _labs(push: Push) -> Any:
    told, seen = _told(push), _seen(push)
    source = lab.outerjoin(told, told.c.lab_id == lab.c.id).outerjoin(seen, seen.c.lab_id == lab.c.id)
    neither = and_(seen.c.lab_id.is_(None), ~_is_bound())
    columns = (func.count(), func.count(told.c.lab_id), func.count(seen.c.lab_id))
    query = select(*columns, func.sum(case((neither, 1), else_=0))).select_from(source)
    return query.where(_concerned(push))


def _lists(push: Push) -> Any:
    of, shown = member_list.c, _shown_in(push, "group")
    matched = of.matched_of == of.as_of  # until then no member's lab is known
    here = and_(of.platform == shown.c.platform, of.group_id == shown.c.place_id, matched)
    return select(func.count(), func.min(of.as_of)).select_from(shown.join(member_list, here))


def _heard(push: Push) -> Any:
    """How many accounts, and of how many labs by binding or card."""
    h, b, m = heard.c, binding.c, group_member.c
    said = h.push_id == push.id
    bound = select(b.lab_id).where(exists().where(said, h.platform == b.platform, h.account == b.account))
    carded = select(m.lab_id).where(
        m.lab_id.is_not(None), exists().where(said, h.platform == m.platform, h.account == m.account)
    )
    labs = union(bound, carded).subquery()
    accounts = select(func.count()).select_from(heard).where(said).scalar_subquery()
    return select(accounts, select(func.count(distinct(labs.c.lab_id))).scalar_subquery())


def _fates() -> list[Any]:
    """Messages taken back, refused, not tried yet; one whose number was never told can't be taken back."""
    a, d = attempt.c, delivery.c
    known = a.message_id != ""
    unnumbered = and_(d.state == str(State.OBSERVED), a.outcome == str(Outcome.UNKNOWN), a.part == d.part)
    shown = or_(known, unnumbered)
    done = and_(known, a.recalled.is_(True))
    refused = and_(shown, or_(~known, a.recalled.is_(False)))
    open_ = and_(known, a.recalled.is_(None))
    return [func.sum(case((one, 1), else_=0)) for one in (done, refused, open_)]


def _recalled(push: Push) -> Any:
    query = select(*_fates()).select_from(delivery.join(attempt, attempt.c.delivery_id == delivery.c.id))
    return query.where(delivery.c.push_id == push.id, delivery.c.recall_at.is_not(None))
