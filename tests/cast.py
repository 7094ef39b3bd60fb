"""One invented centre for all tests: who asks, who is spoken to, what is offered; and how it is imported."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.files.importing import preview, publish
from core.access import Account, ManagedGroup, Principal, Role
from core.calendar import SHANGHAI, QuietHours, WorkingDays
from core.errors import DomainError
from core.pushes.plan import Rules, Stage
from core.workbooks.judged import Judged, Known
from core.workbooks.tables import Scope, Table
from core.workbooks.use import FACTS, Written
from db.unit import Database, Unit


def at(text: str) -> datetime:
    """`2026-03-20 09:00` on Shanghai's clock, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


MORNING = at("2026-03-16 09:00")  # a Monday; nothing has been said yet
DEADLINE = at("2026-03-27 17:00")  # the Friday of next week

OPERATOR = Principal(Account("qq", "300400001"), Role.OPERATOR)
VIEWER = Principal(Account("qq", "300400002"), Role.VIEWER)
STRANGER = Principal(Account("qq", "300400900"))
APPLICANT = Account("qq", "300400500")

HEFEI = ManagedGroup("qq", "700100200", "合肥演示质评群")
WANNAN = ManagedGroup("qq", "700100201", "皖南演示质评群")
OFFICE = ManagedGroup("qq", "700100299", "中心演示工作群", staff=True, receives=("application.assigned",))

RULES = Rules(
    Stage.parse_all("7d,3d,1d,3h"),
    QuietHours.parse("21:00-08:00"),
    WorkingDays({}),
    personal=Stage.parse_all("3d,1d"),
)


def table(kind: str, columns: str, *rows: Sequence[Any], **more: Any) -> Table:
    """A sheet as the reader hands it on; `columns` is a blank-separated list of idents."""
    body = [list(row) for row in rows]
    numbers = list(range(2, len(body) + 2))
    return Table(kind, tuple(columns.split()), body, numbers, source=f"{kind}.xlsx", **more)


LABS = table(
    "labs",
    "code name aliases former_names city county",
    ["0340101", "合肥演示晴川医院", ["晴川医院"], ["合肥演示晴川诊所"], "合肥市", ""],
    ["0340102", "芜湖演示云栖医院", [], [], "芜湖市", ""],
    ["0340103", "太和演示青禾卫生院", [], [], "阜阳市", "太和县"],
    ["0340104", "池州演示听涛医院", [], [], "池州市", ""],
)
PROGRAMMES = table(
    "programmes",
    "year code name aliases rounds scored",
    [2026, "A01", "凝血试验", ["凝血"], 2, True],
    [2026, "A02", "糖化血红蛋白", ["糖化"], 2, True],
    [2026, "B01", "感染性疾病血清学标志物A", ["感A", "两对半"], 2, True],
    [2026, "B02", "感染性疾病血清学标志物B", ["感B", "两对半"], 2, True],
)
ROUNDS = table(
    "rounds",
    "year n programme deadline",
    [2026, 1, "凝血", "2026-03-27T09:00:00Z"],
    [2026, 1, "糖化血红蛋白", "2026-03-27T09:00:00Z"],
    [2026, 1, "B02", "2026-03-30T09:00:00Z"],
    [2026, 2, "A01", "2026-09-18T09:00:00Z"],
)
CODES = tuple(row[0] for row in LABS.rows)


def reports(reported: str = "", silent: str = "", programme: str = "A01", **more: Any) -> Table:
    """A list of activity 2026/1; `reported` and `silent` are blank-separated lab codes."""
    rows = [[2026, 1, programme, code, True] for code in reported.split()]
    rows += [[2026, 1, programme, code, False] for code in silent.split()]
    return table("submissions", "year n programme lab_code reported", *rows, **more)


def application(
    unit: str, *, city: str = "", county: str = "", qq: str = "", day: str | None = "2026-03-10"
) -> Table:
    return table("applications", "unit city county qq submitted_on", [unit, city, county, qq, day])


@dataclass
class Brought:
    """What an import made of its sheets."""

    judged: list[Judged]
    written: Written = field(default_factory=lambda: Written((), ()))

    @property
    def counts(self) -> list[tuple[int, int, int, int]]:
        """(new, changed, unchanged, refused) of each sheet, in order of judging."""
        return [tuple(one.counts.values()) for one in self.judged]  # type: ignore[misc]

    @property
    def reasons(self) -> list[str]:
        return [refused.reason for one in self.judged for refused in one.refused]


async def known_to(db: Database, tables: Sequence[Table]) -> Known:
    """What stands, as an import of these sheets would look it up, with all lists of their kinds."""
    known = await db.read(lambda tx: tx.known({one.kind for one in tables}))
    for kind in {one.kind for one in tables} & set(FACTS):
        of_year = kind in ("enrolments", "certificates")
        keys = [(year, 0, code) for year, code in known.programmes] if of_year else list(known.rounds)
        known.facts[kind] = await db.read(lambda tx, k=kind, of=keys: tx.standing(k, of))  # type: ignore[misc]
    return known


async def bring(
    db: Database, *tables: Table, now: datetime = MORNING, scope: Scope | None = None, who: Principal = OPERATOR
) -> Brought:
    """Import the sheets in one call, as staff's 确认 does; refused rows are left out."""
    judged = await preview(db, tables, scope)
    return Brought(judged, await publish(db, who, judged, now))


async def gather_groups(db: Database, *groups: ManagedGroup) -> None:
    async def work(tx: Unit) -> None:
        for group in groups:
            await tx.set_group(group, MORNING, OPERATOR)

    await db.write(work)


async def principal(db: Database, account: Account) -> Principal:
    return await db.read(lambda tx: tx.principal(account))


async def refusal(doing: Awaitable[object]) -> DomainError:
    """The refusal that `doing` must end in."""
    with pytest.raises(DomainError) as refused:
        await doing
    return refused.value
