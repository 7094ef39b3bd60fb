"""报名: what a lab has applied for. 开放申请: the yearly window and its announcement (guide part 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from core.access import Principal
from core.activities.use import ProgrammesTx, local_day, newest_year
from core.calendar import SHANGHAI
from core.enrolment.models import Campaign, Enrolled, EnrolmentView, Rate
from core.errors import DomainError
from core.labs.models import Lab
from core.pushes.models import Kind, Planned
from core.words import parse_day

ANNOUNCED_FOR = timedelta(days=7)


class ReadTx(ProgrammesTx, Protocol):
    async def campaign(self, year: int) -> Campaign | None: ...

    async def campaign_on(self, day: date) -> Campaign | None: ...

    async def own_enrolments(self, who: Principal, year: int) -> dict[int, list[EnrolmentView]]: ...

    async def own_rates(self, who: Principal, year: int) -> dict[int, Rate]: ...

    async def own_labs(self, who: Principal) -> list[Lab]: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


class CampaignTx(Protocol):
    async def campaign(self, year: int) -> Campaign | None: ...

    async def add_campaign(self, new: Campaign, now: datetime) -> None: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class LabYear:
    """One lab in one year; `as_of` dates the oldest list that says anything. `rate`: of the year before, where the
    lab is suspended and lists say so."""

    name: str
    views: tuple[EnrolmentView, ...]
    rate: Rate | None = None

    def names(self, state: str) -> list[str]:
        return [view.programme.name for view in self.views if view.state == state]

    @property
    def as_of(self) -> datetime | None:
        return min((view.as_of for view in self.views if view.as_of), default=None)

    @property
    def known(self) -> bool:
        return any(view.state is not Enrolled.UNKNOWN for view in self.views)


@dataclass(frozen=True, slots=True)
class OwnYear:
    """Answer of 报名 on the Shanghai day `today`; `known` is False when no catalogue of that year was imported."""

    year: int
    window: Campaign | None
    labs: tuple[LabYear, ...]
    known: bool
    today: date

    @property
    def suspended(self) -> bool:
        return self.any(Enrolled.SUSPENDED)

    def any(self, state: str) -> bool:
        return any(lab.names(state) for lab in self.labs)

    @property
    def open(self) -> bool:
        """What is missing can be applied for today."""
        return self.window is not None and self.window.opens_on <= self.today <= self.window.closes_on

    @property
    def over(self) -> bool:
        return self.window is not None and self.today > self.window.closes_on


async def enrolments(tx: ReadTx, who: Principal, year: int | None, now: datetime) -> OwnYear:
    """By default the year that can be applied for now, else the newest."""
    today = local_day(now)
    open_now = await tx.campaign_on(today) if year is None else None
    wanted = year or (open_now.year if open_now else await newest_year(tx, today))
    for lab in sorted(who.labs):
        await tx.audit(who, "enrolment.own", f"lab:{lab}", {"year": wanted}, now)
    views = await tx.own_enrolments(who, wanted)
    suspended = any(view.state is Enrolled.SUSPENDED for own in views.values() for view in own)
    rates = await tx.own_rates(who, wanted - 1) if suspended else {}
    labs = [LabYear(lab.name, tuple(views.get(lab.id, ())), rates.get(lab.id)) for lab in await tx.own_labs(who)]
    return OwnYear(wanted, await tx.campaign(wanted), tuple(labs), bool(views), today)


async def propose_campaign(tx: CampaignTx, year: int, words: Sequence[str], now: datetime) -> Campaign:
    """A date without a year is one of the year before (guide part 2).

    DomainError: enrolment/dates, enrolment/order, enrolment/past, enrolment/announced.
    """
    if not 1 <= len(words) <= 2:
        raise DomainError("enrolment/dates", year=year)
    opens = parse_day(words[0], year - 1)
    closes = parse_day(words[-1], opens.year if opens else year - 1, last=True)
    if opens is None or closes is None:
        raise DomainError("enrolment/dates", year=year)
    if closes < opens or opens.year not in (year - 1, year):
        raise DomainError("enrolment/order", year=year, opens=opens, closes=closes)
    if closes < local_day(now):
        raise DomainError("enrolment/past", closes=closes)
    if stands := await tx.campaign(year):
        raise DomainError("enrolment/announced", stands=stands)
    return Campaign(year, opens, closes)


async def open_campaign(
    tx: CampaignTx, who: Principal, new: Campaign, words: Mapping[str, str], now: datetime
) -> None:
    """The window and its announcement commit together; `words` are names and addresses of the centre."""
    await tx.add_campaign(new, now)
    detail = {"opens_on": new.opens_on.isoformat(), "closes_on": new.closes_on.isoformat()}
    await tx.audit(who, "enrolment.open", f"campaign:{new.year}", detail, now)
    facts = {"year": new.year, "words": dict(words)}
    closes = datetime.combine(new.closes_on, time(23, 59, 59), SHANGHAI).astimezone(UTC)
    expires = min(now + ANNOUNCED_FOR, closes)
    await tx.write_push(Planned(Kind.OPENED, f"{Kind.OPENED}:{new.year}", now, expires, facts), now)
