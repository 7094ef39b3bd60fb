"""A centre whose clocks, channel and facts are moved by hand; the deliverer and the tick are the product's own."""

import asyncio
import atexit
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

from loguru import logger
from sqlalchemy import select, update

from bot.door import Door
from bot.scheduler.deliverer import Deliverer
from bot.scheduler.tick import Tick
from bot.settings import Pace
from core.access import Account, ManagedGroup
from core.activities.models import RoundState
from core.calendar import QuietHours, WorkingDays, shanghai
from core.pushes.plan import Rules, Stage
from db.activities import round_
from db.bindings import binding
from db.labs import lab
from db.migrate import upgrade
from db.unit import Database, Unit
from tests.cast import CODES, HEFEI, LABS, OPERATOR, PROGRAMMES, WANNAN, at, bring, gather_groups, reports, table
from tests.db.stores import quick_folder
from tests.faults.planner_facts import NAMES, PERSONS, YEAR, Facts, N
from tests.faults.planner_line import About, Clocks, Line, Shown

T = TypeVar("T")
START = at("2026-12-14 09:00")
UNSURE = timedelta(seconds=60)
GROUPS = {group.id: group for group in (HEFEI, WANNAN, ManagedGroup("qq", "700100202", "省直演示质评群"))}
# Working days and a Monday after a weekend, mornings and nights, before and after New Year.
MOMENTS = [
    at(text)
    for text in (
        "2026-12-21 17:00", "2026-12-21 23:59:59", "2026-12-23 10:00", "2026-12-24 07:30", "2026-12-28 09:00",
        "2026-12-31 23:59:59", "2027-01-01 17:00", "2027-01-04 10:00", "2027-01-06 17:00",
    )
]  # fmt: skip


class _NoDoor:
    async def refresh(self) -> None: ...


async def _migrated(file: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{file}")
    await upgrade(database)
    await bring(database, LABS, PROGRAMMES, _enrolments())
    await gather_groups(database, HEFEI)
    await database.write(_bind)
    await database.close()


def _enrolments() -> Any:
    rows = [[YEAR, code, programme, "applied"] for code in CODES for programme in NAMES]
    return table("enrolments", "year lab_code programme state", *rows)


async def _bind(tx: Unit) -> None:
    for account, code in PERSONS.items():
        row = await tx._one(select(lab.c.id).where(lab.c.code == code))
        values = {"platform": "qq", "account": account, "lab_id": row.id, "bound_at": START, "how": "code"}
        await tx._run(binding.insert().values(**values))


class World:
    """`template`: a folder that keeps the migrated file from one example to the next."""

    template: Path | None = None

    def __init__(self, judge: Callable[["World", Shown, bool], Awaitable[None]]) -> None:
        logger.disable("bot.scheduler")
        self.runner = asyncio.Runner()
        self.file = self._copy()
        self.db = Database(f"sqlite+aiosqlite:///{self.file}")
        self.clock, self.facts = Clocks(START), Facts(groups={HEFEI.id})
        self.line = Line(self.clock, lambda shown, seen: judge(self, shown, seen))
        self.rest_days: dict[date, bool] = {}
        self.copies: Counter[About] = Counter()
        self.expected: set[str] = set()  # keys that were wanted at a tick
        self.out: set[str] = set()
        self.latest = START
        self.lives = 0
        self.restart()

    def do(self, work: Awaitable[T]) -> T:
        async def doing() -> T:
            return await work

        return self.runner.run(doing())

    def _copy(self) -> Path:
        if World.template is None:
            World.template = quick_folder()
            atexit.register(shutil.rmtree, World.template, ignore_errors=True)
            self.do(_migrated(World.template / "template.db"))
        copy = World.template / f"{id(self)}.db"
        shutil.copyfile(World.template / "template.db", copy)
        return copy

    def restart(self) -> None:
        """A new instance; what the old one had under way nobody will mark."""
        self.lives += 1
        days = WorkingDays(dict(self.rest_days))
        self.rules = Rules(Stage.parse_all("7d,3d,1d,3h"), QuietHours.parse("21:00-08:00"), days)
        name, db, clock = f"life {self.lives}", self.db, self.clock

        async def pause(_seconds: float) -> None: ...

        self.line.online = True
        self.deliverer = Deliverer(db, clock, self.line, self.rules, Pace(0, 0), name, UNSURE, sleep=pause)
        self.tick = Tick(db, clock, self.rules, cast(Door, _NoDoor()), [self.deliverer], name, UNSURE)

    @property
    def local_hour(self) -> int:
        return shanghai(self.clock.now()).hour

    async def turn(self) -> None:
        self.latest = max(self.latest, self.clock.now())
        await self.tick.once()
        await self.deliverer.deliver_due()
        if self.line.faults:
            raise self.line.faults[0]

    # -- what happens at the centre

    async def set_deadline(self, code: str, moment: datetime) -> None:
        rounds = table("rounds", "year n programme deadline", [YEAR, N, code, moment.isoformat()])
        await bring(self.db, rounds, now=self.clock.now())
        await self._set_state(code, RoundState.PLANNED)
        self.facts.deadlines[code] = moment
        self.facts.cancelled.discard(code)

    async def cancel(self, code: str) -> None:
        await self._set_state(code, RoundState.CANCELLED)
        self.facts.cancelled.add(code)

    async def _set_state(self, code: str, state: RoundState) -> None:
        programme = next(p.id for p in await self.db.read(lambda tx: tx.programmes(YEAR)) if p.code == code)
        change = update(round_).where(round_.c.programme_id == programme, round_.c.n == N)
        await self.db.write(lambda tx: tx._run(change.values(state=str(state))))

    async def report(self, code: str, reported: set[str], silent: set[str], full: bool) -> None:
        now = self.clock.now()
        sheet = reports(" ".join(sorted(reported)), " ".join(sorted(silent)), code)
        brought = await bring(self.db, sheet, now=now, scope="full" if full else "partial")
        assert not brought.reasons, brought.reasons
        self.facts.note_list(code, reported, silent, full, now)

    async def say_reported(self, code: str, account: str) -> None:
        now = self.clock.now()

        async def work(tx: Unit) -> None:
            who = await tx.principal(Account("qq", account))
            (lab_id,) = who.labs
            rounds = [v.round.id for v in await tx.rounds(YEAR, N) if v.round.programme.code == code]
            await tx.note_own_word(who, lab_id, rounds, now)

        await self.db.write(work)
        self.facts.said[code, PERSONS[account]] = now

    async def set_group(self, ident: str, managed: bool) -> None:
        now, group = self.clock.now(), GROUPS[ident]
        if managed:
            await self.db.write(lambda tx: tx.set_group(group, now, OPERATOR))
            self.facts.groups.add(ident)
        else:
            await self.db.write(lambda tx: tx.remove_group(group, now, OPERATOR))
            self.facts.groups.discard(ident)

    def close(self) -> None:
        self.do(self.db.close())
        self.runner.close()
        for ending in ("", "-wal", "-shm", ".lock"):
            Path(f"{self.file}{ending}").unlink(missing_ok=True)
