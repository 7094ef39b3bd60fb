"""Non-interference: the same scenario with other data of one laboratory must look the same to everybody
who is not bound to it, byte for byte.

Lab B's people, codes, states, scores, receipts, certificates, and what its own people did are drawn at random.
Declared aggregates are held fixed: how many labs have (not) reported a round, which lab C, whom nobody is
bound to, makes up for.
"""

import random
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from bot.answers import Attachment, Recall
from bot.app import App, build
from bot.channels.terminal import TerminalChannel
from bot.incoming import Incoming, Job
from bot.settings import Settings
from core.access import Account, PlaceKind
from core.clock import ManualClock
from core.pushes.models import Target
from db.activities import submission, submission_list
from db.bindings import binding, binding_code
from db.certificates import certificate, certificate_release
from db.enrolment import enrolment, enrolment_list
from db.labs import lab
from db.migrate import upgrade
from db.receipts import own_word, receipt
from db.scores import score, score_release
from db.unit import Database, Unit
from tests.cast import HEFEI, OFFICE, OPERATOR, PROGRAMMES, ROUNDS, WANNAN, at, bring, table

NOW = at("2026-03-24 10:00")
REMINDER = at("2026-03-24 17:00")  # 3 days before the deadline
NAMES = {"A": "合肥演示晴川医院", "B": "芜湖演示云栖医院", "C": "太和演示青禾卫生院", "D": "池州演示听涛医院"}
CODES = {"A": "0340101", "B": "0340102", "C": "0340103", "D": "0340104"}
LABS = table("labs", "code name city", *([CODES[key], NAMES[key], "合肥市"] for key in NAMES))
MEMBER_A, MEMBER_B, PRETENDER, OWNER = "300400501", "300400502", "300400503", "300400504"
_ASKED = """
帮助|流程|查重 {B}|查重 {A}|申请状态 {B}|申请状态 {A}|申请状态|项目|项目 凝血|截止|截止 凝血|我的|报名|报名 2026
上报|上报 2026 第1次|已报 糖化|签收|签收 凝血|成绩|成绩 2025|成绩 2026 第1次|成绩 凝血|成绩 {B}|证书|证书 2025
绑定 {B}|绑定 0000-0000-0000|单位 {B}|未上报 2026 第1次|待办|绑定码 {B}|{B}上报了吗|成绩什么时候出来
我们单位的编码是多少
"""
QUESTIONS = tuple(_ASKED.format(**NAMES).strip().replace("\n", "|").split("|"))
PEOPLE_OF_B = (MEMBER_B, *(f"30040060{number}" for number in range(5)))
ASKERS = (
    (MEMBER_A, PlaceKind.PRIVATE, ""),
    (MEMBER_A, PlaceKind.GROUP, HEFEI.id),
    (PRETENDER, PlaceKind.PRIVATE, ""),
    (PRETENDER, PlaceKind.GROUP, HEFEI.id),
    (PRETENDER, PlaceKind.TEMPORARY, ""),
    (OWNER, PlaceKind.GROUP, OFFICE.id),
)


class Scenario:
    """One run: a copy of the base, lab B's drawn data, what everybody else then sees."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(  # type: ignore[call-arg]
            _env_file=None, EQABOT_DATA_DIR=folder, EQABOT_PACE_SECONDS="0"
        )

    def _url(self, name: str) -> str:
        return f"sqlite+aiosqlite:///{self.folder / name}"

    async def prepare(self) -> None:
        """The base that all runs share: groups, roster, programmes, lab A's own data, a released round of 2025."""
        db = Database(self._url("base.db"))
        await upgrade(db)
        for group in (HEFEI, WANNAN, OFFICE):
            await db.write(lambda tx, group=group: tx.set_group(group, NOW, OPERATOR))  # type: ignore[misc]
        last_year = table("programmes", "year code name aliases", [2025, "A01", "凝血试验", ["凝血"]])
        closed = table("rounds", "year n programme deadline", [2025, 2, "A01", "2025-09-18T09:00:00Z"])
        await bring(db, LABS, PROGRAMMES, last_year, ROUNDS, closed, now=NOW)
        await db.write(_shared)
        await db.close()

    async def seen(self, seed: int) -> list[str]:
        """Everything said to those not bound to B, with B's data drawn from `seed`."""
        shutil.copyfile(self.folder / "base.db", self.folder / "run.db")
        clock = ManualClock(NOW)
        said: list[str] = []

        def shown(target: Target, text: str) -> None:
            if target.place == "group" or target.id not in PEOPLE_OF_B:
                said.append(f"{target}: {text}")

        app = build(self.settings.model_copy(update={"database_url": self._url("run.db")}), clock,
                    [TerminalChannel(shown, "qq")], commands_table())  # fmt: skip
        try:
            chance = random.Random(seed)
            await app.db.write(lambda tx: _drawn(tx, chance))
            await app.door.refresh()
            said += await self._asked(app, clock)
            clock.move_to(REMINDER)
            await app.tick.once()
            await app.tick.once()
            for deliverer in app.deliverers:
                await deliverer.deliver_due()
        finally:
            await app.stop()
            for ending in ("", "-wal", "-shm", ".lock"):
                (self.folder / f"run.db{ending}").unlink(missing_ok=True)
        return said

    async def _asked(self, app: App, clock: ManualClock) -> list[str]:
        said: list[str] = []
        for user, place, group in ASKERS:
            for number, question in enumerate(QUESTIONS):
                answer = await _ask(app, clock, user, place, group, question, number)
                said.append(f"{user} {place} {question}: {answer}")
        return said


async def _ask(
    app: App, clock: ManualClock, user: str, place: PlaceKind, group: str, text: str, number: int
) -> str:
    message = Incoming("qq", Account("qq", user), place, group, text, str(number), clock.real(), bool(number % 2))
    said: list[str] = []

    async def reply(part: str | Attachment | Recall) -> None:
        said.append(str(part))

    if (found := app.door.recognise(message)) is not None:
        await app.door.handle(Job(message, reply, *found))
    return "\n".join(said)


def commands_table() -> Any:
    from tests.bot.desk import commands

    return commands()


async def _ids(tx: Unit) -> tuple[dict[str, int], dict[tuple[int, int, str], tuple[int, int]]]:
    labs = {key: found.id for key, code in CODES.items() if (found := await tx.lab_with_code(code))}
    views = [*await tx.rounds(2026, None), *await tx.rounds(2025, None)]
    return labs, {
        (v.round.year, v.round.n, v.round.programme.code): (v.round.id, v.round.programme.id) for v in views
    }


async def _shared(tx: Unit) -> None:
    """Lab A's own data, and the dates of all lists."""
    labs, rounds = await _ids(tx)
    spring, programme = rounds[2026, 1, "A01"]
    autumn, last = rounds[2025, 2, "A01"]
    listed = NOW - timedelta(days=1)
    await _add(tx, binding, platform="qq", account=MEMBER_A, lab_id=labs["A"], bound_at=listed, how="code")
    await _add(tx, submission, round_id=spring, lab_id=labs["A"], state="unsubmitted")
    await _add(tx, submission_list, round_id=spring, as_of=listed, full_as_of=listed)
    await _add(tx, enrolment, lab_id=labs["A"], programme_id=programme, state="applied")
    await _add(tx, enrolment_list, programme_id=programme, as_of=listed, full_as_of=listed)
    await _score(tx, labs["A"], autumn, 5, listed)
    await _add(tx, score_release, round_id=autumn, as_of=listed, released_at=listed)
    await _add(tx, certificate, lab_id=labs["A"], programme_id=last, number="演示-1", state="issued")
    await _add(tx, certificate_release, programme_id=last, as_of=listed, released_at=listed)


async def _drawn(tx: Unit, chance: random.Random) -> None:
    """Lab B's data; what counts towards an aggregate is made up for by lab C."""
    labs, rounds = await _ids(tx)
    b, c = labs["B"], labs["C"]
    (spring, programme), (autumn, last) = rounds[2026, 1, "A01"], rounds[2025, 2, "A01"]
    drawn = {"code": f"{chance.randrange(10**7):07d}", "phone": f"0553-{chance.randrange(10**7):07d}"}
    await tx._run(update(lab).where(lab.c.id == b).values(contact=chance.choice(("", "王", "李")), **drawn))
    states = ["submitted", "unsubmitted"]
    chance.shuffle(states)
    for who, state in zip((b, c), states, strict=True):
        when = _moment(chance) if state == "submitted" else None
        await _add(tx, submission, round_id=spring, lab_id=who, state=state, reported_at=when)
    enrolled = chance.choice(("applied", "suspended", "not_applied"))
    await _add(tx, enrolment, lab_id=b, programme_id=programme, state=enrolled)
    await _people_of(tx, b, chance)
    await _said_by(tx, b, spring, chance)
    await _results_of(tx, b, (autumn, spring, last), chance)


async def _people_of(tx: Unit, b: int, chance: random.Random) -> None:
    if chance.random() < 0.7:
        await _add(tx, binding, platform="qq", account=MEMBER_B, lab_id=b, bound_at=_moment(chance), how="code")
    for number in range(chance.randrange(5)):
        account = f"30040060{number}"
        await _add(tx, binding, platform="qq", account=account, lab_id=b, bound_at=_moment(chance), how="claim")
    if chance.random() < 0.5:
        code = {"digest": f"{chance.getrandbits(256):064x}", "issued_by": "qq:1", "issued_at": _moment(chance)}
        await _add(tx, binding_code, lab_id=b, expires_at=NOW + timedelta(days=14), **code)


async def _said_by(tx: Unit, b: int, spring: int, chance: random.Random) -> None:
    if chance.random() < 0.5:
        said = {"state": chance.choice(("received", "problem")), "received_at": _moment(chance)}
        await _add(tx, receipt, lab_id=b, round_id=spring, by="qq:1", **said)
    if chance.random() < 0.5:
        await _add(tx, own_word, lab_id=b, round_id=spring, said_at=_moment(chance), by="qq:1")


async def _results_of(tx: Unit, b: int, where: tuple[int, int, int], chance: random.Random) -> None:
    released, unreleased, last = where
    for round_id in (released, unreleased):
        if chance.random() < 0.7:
            await _score(tx, b, round_id, chance.randrange(6), _moment(chance))
    if chance.random() < 0.8:
        number, state = f"演示-{chance.randrange(1000)}", chance.choice(("issued", "not_issued"))
        await _add(tx, certificate, lab_id=b, programme_id=last, number=number, state=state)


def _moment(chance: random.Random) -> datetime:
    return NOW - timedelta(minutes=chance.randrange(1, 10_000))


async def _score(tx: Unit, lab_id: int, round_id: int, good: int, when: datetime) -> None:
    verdict = "satisfactory" if good >= 4 else "unsatisfactory"
    counted = {"acceptable": good, "total": 5, "pt": good * 20.0, "verdict": verdict, "at": when}
    await _add(tx, score, lab_id=lab_id, round_id=round_id, analyte="", version=1, **counted)


async def _add(tx: Unit, into: Any, **values: Any) -> None:
    await tx._run(insert(into).values(**values))


def differences(one: Sequence[str], other: Sequence[str]) -> list[tuple[str, str]]:
    """Where two runs differ; the whole list when their lengths do."""
    if len(one) != len(other):
        return [(str(len(one)), str(len(other))), *zip(one, other, strict=False)]
    return [(a, b) for a, b in zip(one, other, strict=True) if a != b]
