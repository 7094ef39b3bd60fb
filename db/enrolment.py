"""The yearly window, enrolments, and the lists they came from."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, and_, case, func, select, update

from core.access import Principal
from core.activities.models import Programme, Reported, RoundState
from core.calendar import shanghai
from core.enrolment.models import Campaign, Enrolled, EnrolmentView, Rate
from core.pushes.models import Kind
from db.activities import programme, round_, submission, submission_list
from db.base import Queries
from db.labs import lab
from db.pushes import push
from db.types import Moment, metadata

campaign = Table(
    "campaign",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("opens_on", Date, nullable=False),
    Column("closes_on", Date, nullable=False),
    Column("announced_at", Moment, nullable=False),
)

enrolment = Table(
    "enrolment",
    metadata,
    Column("lab_id", ForeignKey("lab.id"), primary_key=True),
    Column("programme_id", ForeignKey("programme.id"), primary_key=True, index=True),
    Column("state", String(24), nullable=False),
)

enrolment_list = Table(
    "enrolment_list",
    metadata,
    Column("programme_id", ForeignKey("programme.id"), primary_key=True),
    Column("as_of", Moment, nullable=False),
    Column("full_as_of", Moment),
)


class Enrolments(Queries):
    async def campaign(self, year: int) -> Campaign | None:
        """The application window of that year, once it was announced."""
        row = await self._one(select(campaign).where(campaign.c.year == year))
        return Campaign(row.year, row.opens_on, row.closes_on) if row else None

    async def campaign_on(self, day: date) -> Campaign | None:
        """The window that is open on that Shanghai day."""
        open_ = (campaign.c.opens_on <= day, campaign.c.closes_on >= day)
        row = await self._one(select(campaign).where(*open_).order_by(campaign.c.year.desc()).limit(1))
        return Campaign(row.year, row.opens_on, row.closes_on) if row else None

    async def add_campaign(self, new: Campaign, now: datetime) -> None:
        values = {"year": new.year, "opens_on": new.opens_on, "closes_on": new.closes_on, "announced_at": now}
        await self._run(campaign.insert().values(**values))

    async def set_campaign_end(self, new: Campaign) -> None:
        await self._run(update(campaign).where(campaign.c.year == new.year).values(closes_on=new.closes_on))

    async def campaigns_closing(self, now: datetime) -> list[Campaign]:
        """Windows that are not over."""
        coming = campaign.c.closes_on >= shanghai(now).date()
        rows = await self._all(select(campaign).where(coming).order_by(campaign.c.year))
        return [Campaign(row.year, row.opens_on, row.closes_on) for row in rows]

    async def campaign_words(self, year: int) -> Mapping[str, str]:
        """Names and addresses of the centre, as the window was announced with."""
        row = await self._one(select(push.c.facts).where(push.c.key == f"{Kind.OPENED}:{year}"))
        return row.facts["words"] if row else {}

    async def own_enrolments(self, who: Principal, year: int) -> dict[int, list[EnrolmentView]]:
        """By lab, how each of the asker's own stands to each programme offered in `year`."""
        source = (
            lab.join(programme, programme.c.year == year)
            .outerjoin(
                enrolment,
                and_(enrolment.c.programme_id == programme.c.id, enrolment.c.lab_id == lab.c.id),
            )
            .outerjoin(enrolment_list, enrolment_list.c.programme_id == programme.c.id)
        )
        columns = (lab.c.id.label("lab_id"), programme, enrolment.c.state, enrolment_list)
        query = select(*columns).select_from(source).where(lab.c.id.in_(who.labs))
        found: dict[int, list[EnrolmentView]] = {}
        for row in await self._all(query.order_by(lab.c.id, programme.c.id)):
            words = (row.year, row.code, row.name, tuple(row.aliases), row.rounds, row.scored, row.plan_url)
            view = EnrolmentView(Programme(row.id, *words), enrolled(row.state, row.full_as_of), row.as_of)
            found.setdefault(row.lab_id, []).append(view)
        return found

    async def own_rates(self, who: Principal, year: int) -> dict[int, Rate]:
        """By lab, of the asker's own: rounds in which a complete list names it, and which of them it reported.
        None for a lab that no such list names."""
        s, listed = submission.c, submission_list.c
        reported = func.sum(case((s.state == str(Reported.SUBMITTED), 1), else_=0))
        query = (
            select(s.lab_id, func.count().label("expected"), reported.label("reported"), func.min(listed.as_of))
            .join(round_, round_.c.id == s.round_id)
            .join(submission_list, listed.round_id == s.round_id)
            .where(s.lab_id.in_(who.labs), s.state.in_([str(Reported.SUBMITTED), str(Reported.UNSUBMITTED)]))
            .where(round_.c.year == year, round_.c.state != str(RoundState.CANCELLED))
            .where(listed.full_as_of.is_not(None))
            .group_by(s.lab_id)
        )
        return {row[0]: Rate(int(row[2]), row[1], row[3]) for row in await self._all(query)}


def enrolled(state: str | None, full_as_of: datetime | None) -> Enrolled:
    """A lab that no list names has not applied only if a complete list leaves it out."""
    if state:
        return Enrolled(state)
    return Enrolled.NOT_APPLIED if full_as_of else Enrolled.UNKNOWN
