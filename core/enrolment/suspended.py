"""An imported list suspends labs: each is told in private of itself and of nobody else; groups hear nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from core.access import Account, Principal
from core.activities.use import local_day
from core.enrolment.models import Enrolled, EnrolmentView
from core.enrolment.use import LabYear
from core.labs.models import Lab
from core.pushes.models import Body, Delivery, Kind, Planned, Stop
from core.pushes.states import State
from core.workbooks.judged import Judged

TOLD_FOR = timedelta(days=14)  # one person a lab, some hundreds a day at most


class ImportTx(Protocol):
    async def lab_ids(self, codes: Sequence[str]) -> list[int]: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...


class SendTx(Protocol):
    async def principal(self, account: Account) -> Principal: ...

    async def own_enrolments(self, who: Principal, year: int) -> dict[int, list[EnrolmentView]]: ...

    async def own_labs(self, who: Principal) -> list[Lab]: ...


async def announce_suspended(tx: ImportTx, judged: Sequence[Judged], batch: int, now: datetime) -> None:
    """Of rows that are new; years gone by are only records."""
    codes: dict[int, set[str]] = {}
    for one in judged:
        for mark in one.marks if one.table.kind == "enrolments" else ():
            if mark.state == Enrolled.SUSPENDED and mark.key[0] >= local_day(now).year:
                codes.setdefault(mark.key[0], set()).add(mark.lab_code)
    for year, of_year in sorted(codes.items()):
        facts = {"year": year, "labs": await tx.lab_ids(sorted(of_year))}
        key = f"{Kind.SUSPENDED}:{year}:batch{batch}"
        await tx.write_push(
            Planned(Kind.SUSPENDED, key, now, now + TOLD_FOR, facts, groups=False, spread=True), now
        )


async def suspended(tx: SendTx, delivery: Delivery, now: datetime) -> Body | Stop:
    """Only of the account's own labs that this import suspended, as they stand now."""
    facts = delivery.push.facts
    who = await tx.principal(Account(delivery.target.channel, delivery.target.id))
    views = await tx.own_enrolments(who, facts["year"])
    mine = [one for one in await tx.own_labs(who) if one.id in facts["labs"]]
    if not mine:
        return Stop(State.CANCELLED, "已解除绑定")
    years = [LabYear(one.name, tuple(views.get(one.id, ()))) for one in mine]
    labs = [one for one in years if one.names(Enrolled.SUSPENDED)]
    if not labs:
        return Stop(State.CANCELLED, "已不在暂停名单中")
    return Body("pushes/samples.suspended", {"year": facts["year"], "labs": labs})
