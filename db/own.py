"""A lab's own rounds with everything known of them; never without the asker (style, habit 7)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, union, union_all

from core.access import PlaceKind, Principal
from core.activities.models import Reported, RoundState
from core.activities.own import OwnRound
from core.activities.unreported import Unreported
from core.enrolment.models import Enrolled
from core.labs.models import Lab
from core.pushes.spread import Walked
from core.requests.models import RequestKind
from db.activities import ROUND_COLUMNS, programme, round_, submission, submission_list, to_round
from db.bindings import binding
from db.certificates import certificate
from db.enrolment import enrolled, enrolment, enrolment_list
from db.labs import lab, lab_name
from db.receipts import own_word, receipt, receipt_list
from db.requests import STANDING, request
from db.scores import score
from db.spokesmen import Spokesmen, hears_reminders

_r = round_.c


def known_of(source: Any, lab_id: ColumnElement[int]) -> Any:
    """What is known of a lab joined to `source`, which holds rounds."""
    return (
        source.outerjoin(submission, and_(submission.c.round_id == _r.id, submission.c.lab_id == lab_id))
        .outerjoin(submission_list, submission_list.c.round_id == _r.id)
        .outerjoin(enrolment, and_(enrolment.c.programme_id == _r.programme_id, enrolment.c.lab_id == lab_id))
        .outerjoin(own_word, and_(own_word.c.round_id == _r.id, own_word.c.lab_id == lab_id))
    )


def _not_tested(lab_id: ColumnElement[int], states: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    """A lab asks little: by any other index than its own all requests of the centre would be looked at for each
    round, so only that one is left to choose."""
    c = request.c
    here = (c.lab_id == lab_id, c.round_id + 0 == _r.id)
    return *here, c.kind == str(RequestKind.NOT_TESTED), (c.state + "").in_(states)


def to_remind(lab_id: ColumnElement[int], excused: Sequence[str] = STANDING) -> ColumnElement[bool]:
    """`OwnRound.to_remind`, of what `known_of` joins; a 不能检测 in one of the states `excused` is respected."""
    silenced = and_(
        own_word.c.said_at.is_not(None),
        or_(submission_list.c.as_of.is_(None), own_word.c.said_at >= submission_list.c.as_of),
    )
    unsaid = and_(submission.c.state.is_(None), submission_list.c.full_as_of.is_(None))
    unknown = and_(unsaid, enrolment.c.state == str(Enrolled.APPLIED))
    told = exists().where(*_not_tested(lab_id, excused)).correlate_except(request)
    return and_(or_(submission.c.state == str(Reported.UNSUBMITTED), unknown), ~silenced, ~told)


def may_remind(*rounds: ColumnElement[bool]) -> Any:
    """Ids of all labs that `to_remind` can hold for in these rounds, and of some others: asked first, it spares
    looking at every lab in every round."""
    silent = select(submission.c.lab_id).join(round_, _r.id == submission.c.round_id)
    silent = silent.where(*rounds, submission.c.state == str(Reported.UNSUBMITTED))
    listed = submission_list.c.round_id == _r.id
    unlisted = select(enrolment.c.lab_id).select_from(
        round_.outerjoin(submission_list, listed).join(enrolment, enrolment.c.programme_id == _r.programme_id)
    )
    return union(silent, unlisted.where(*rounds, submission_list.c.full_as_of.is_(None)))


_SOURCE = (
    known_of(lab.join(round_, _r.id.is_not(None)).join(programme, programme.c.id == _r.programme_id), lab.c.id)
    .outerjoin(enrolment_list, enrolment_list.c.programme_id == _r.programme_id)
    .outerjoin(receipt, and_(receipt.c.round_id == _r.id, receipt.c.lab_id == lab.c.id))
    .outerjoin(receipt_list, receipt_list.c.round_id == _r.id)
)
_OWN = select(
    lab.c.id.label("lab_id"),
    lab.c.name.label("lab_name"),
    *ROUND_COLUMNS,
    submission.c.state.label("reported"),
    submission.c.reported_at,
    submission_list.c.as_of,
    submission_list.c.full_as_of,
    enrolment.c.state.label("enrolled"),
    enrolment_list.c.as_of.label("enrolled_as_of"),
    enrolment_list.c.full_as_of.label("enrolled_full_as_of"),
    own_word.c.said_at,
    receipt.c.state.label("receipt"),
    receipt.c.received_at,
    receipt_list.c.as_of.label("receipts_as_of"),
    select(func.min(request.c.state))  # approved before waiting
    .where(*_not_tested(lab.c.id, STANDING))
    .correlate(round_, lab)
    .scalar_subquery()
    .label("not_tested"),
).select_from(_SOURCE)
ALIVE = _r.state != str(RoundState.CANCELLED)


class Own(Spokesmen):
    async def own_labs(self, who: Principal) -> list[Lab]:
        """The labs that the asker is bound to, with their codes, in order of name."""
        rows = await self._all(select(lab).where(lab.c.id.in_(who.labs)).order_by(lab.c.name, lab.c.id))
        return [Lab(row.id, row.code, row.name, row.city, row.county, row.stopped) for row in rows]

    async def own_names(self, who: Principal) -> list[tuple[str, str, int]]:
        """(key, official name, id) of every name of the asker's labs."""
        own = select(lab.c.name_key, lab.c.name, lab.c.id).where(lab.c.id.in_(who.labs))
        joined = select(lab_name.c.name_key, lab.c.name, lab.c.id).join(lab, lab.c.id == lab_name.c.lab_id)
        rows = await self._all(union_all(own, joined.where(lab.c.id.in_(who.labs))))
        return [tuple(row) for row in rows]

    async def spoken_names(self, who: Principal, place: PlaceKind) -> list[str]:
        """What free words may name: programmes, and in private the asker's own labs."""
        found = set[str]()
        for row in await self._all(select(programme.c.name, programme.c.code, programme.c.aliases)):
            found |= {row.name, row.code, *row.aliases}
        if place is PlaceKind.PRIVATE and who.labs:
            own = select(lab.c.name).where(lab.c.id.in_(who.labs))
            others = select(lab_name.c.name).where(lab_name.c.lab_id.in_(who.labs))
            found |= {row.name for row in await self._all(union_all(own, others))}
        return sorted(found)

    async def own_rounds(
        self,
        who: Principal,
        year: int | None = None,
        n: int | None = None,
        *,
        deadline: datetime | None = None,
        since: datetime | None = None,
        lab_id: int | None = None,
    ) -> list[OwnRound]:
        """Of the asker's own labs, or of `lab_id` (PermissionError unless it may be seen); all rounds that
        match, also those in which the lab does not take part. `since`: closing then or later."""
        labs = who.labs if lab_id is None else frozenset({lab_id})
        if not all(map(who.may_see, labs)):
            raise PermissionError("own rounds")
        conditions: list[ColumnElement[bool]] = [lab.c.id.in_(labs), ALIVE]
        for wanted, column in ((year, _r.year), (n, _r.n), (deadline, _r.deadline)):
            if wanted is not None:
                conditions.append(column == wanted)
        if since is not None:
            conditions.append(_r.deadline >= since)
        query = _OWN.where(*conditions).order_by(lab.c.id, _r.deadline, _r.programme_id)
        return [_own(row) for row in await self._all(query)]

    async def labs_not_reported(self, who: Principal, rounds: Sequence[int], most: int) -> list[Unreported]:
        """At most `most` labs of each round that the last list calls 未上报, by name; for staff only."""
        if not who.is_staff:
            raise PermissionError("labs not reported")
        place = func.row_number().over(partition_by=submission.c.round_id, order_by=(lab.c.name, lab.c.id))
        silent = (submission.c.round_id.in_(rounds), submission.c.state == str(Reported.UNSUBMITTED))
        ranked = (
            select(submission.c.round_id, lab.c.id, lab.c.name, place.label("place"))
            .join(lab, lab.c.id == submission.c.lab_id)
            .where(*silent)
            .subquery()
        )
        query = select(ranked).where(ranked.c.place <= most).order_by(ranked.c.round_id, ranked.c.place)
        return [Unreported(row.round_id, row.id, row.name) for row in await self._all(query)]

    async def people_not_reported(self, year: int, n: int, deadline: datetime, after: int, limit: int) -> Walked:
        """One account for each bound lab that `OwnRound.to_remind` holds for in a round of this deadline;
        asked again at the claim."""
        late = (_r.year == year, _r.n == n, _r.deadline == deadline, ALIVE, to_remind(binding.c.lab_id))
        source = known_of(round_, binding.c.lab_id)
        concerned = exists().select_from(source).where(*late).correlate(binding)
        return await self._spokesmen(concerned, after, limit, hears_reminders)

    async def people_with_scores(self, rounds: Sequence[int], after: int, limit: int) -> Walked:
        mine = (score.c.lab_id == binding.c.lab_id, score.c.round_id.in_(rounds))
        return await self._spokesmen(exists().where(*mine), after, limit)

    async def people_with_certificates(self, programmes: Sequence[int], after: int, limit: int) -> Walked:
        mine = (certificate.c.lab_id == binding.c.lab_id, certificate.c.programme_id.in_(programmes))
        return await self._spokesmen(exists().where(*mine), after, limit)


def _own(row: Any) -> OwnRound:
    absent = Reported.UNLISTED if row.full_as_of else Reported.UNKNOWN
    return OwnRound(
        row.lab_id,
        to_round(row),
        Reported(row.reported) if row.reported else absent,
        row.reported_at,
        row.as_of,
        enrolled(row.enrolled, row.enrolled_full_as_of),
        row.enrolled_as_of,
        row.said_at,
        row.receipt or "",
        row.received_at,
        row.receipts_as_of,
        row.lab_name,
        row.not_tested or "",
    )
