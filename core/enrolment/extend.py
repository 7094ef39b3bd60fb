"""延期申请: the yearly window closes later; the old end is kept in the audit row and said as old → new."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from core.access import Principal
from core.activities.use import local_day
from core.enrolment.closing import end_of
from core.enrolment.models import Campaign
from core.enrolment.use import ANNOUNCED_FOR
from core.errors import DomainError
from core.pushes.models import Kind, Planned
from core.words import parse_day

AT_MOST = timedelta(days=90)  # further off the year is more likely a slip


class ExtendTx(Protocol):
    async def campaign(self, year: int) -> Campaign | None: ...

    async def set_campaign_end(self, new: Campaign) -> None: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Extension:
    old: Campaign
    new: Campaign


async def propose_extension(tx: ExtendTx, year: int, words: Sequence[str], now: datetime) -> Extension:
    """A date without a year is one of the year in which the window ends.

    DomainError: enrolment/not_announced, enrolment/end, enrolment/not_later, enrolment/past,
    enrolment/too_far.
    """
    old = await tx.campaign(year)
    if old is None:
        raise DomainError("enrolment/not_announced", year=year)
    closes = parse_day(" ".join(words), old.closes_on.year, last=True) if words else None
    if closes is None:
        raise DomainError("enrolment/end", year=year, closes=old.closes_on)
    if closes <= old.closes_on:
        raise DomainError("enrolment/not_later", closes=closes, stands=old)
    if closes < local_day(now):
        raise DomainError("enrolment/past", closes=closes)
    if closes - old.closes_on > AT_MOST:
        raise DomainError("enrolment/too_far", closes=closes, stands=old, most=AT_MOST.days)
    return Extension(old, replace(old, closes_on=closes))


async def extend(tx: ExtendTx, who: Principal, extension: Extension, now: datetime) -> None:
    """The new end, audit row and announcement commit together; closing reminders follow at the next tick."""
    old, new = extension.old, extension.new
    await tx.set_campaign_end(new)
    detail = {"old": old.closes_on.isoformat(), "new": new.closes_on.isoformat()}
    await tx.audit(who, "enrolment.extend", f"campaign:{new.year}", detail, now)
    key = f"{Kind.EXTENDED}:{new.year}:{new.closes_on.isoformat()}"
    facts = {"year": new.year, "old": old.closes_on.isoformat()}
    await tx.write_push(Planned(Kind.EXTENDED, key, now, min(now + ANNOUNCED_FOR, end_of(new)), facts), now)
