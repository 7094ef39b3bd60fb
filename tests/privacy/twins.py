"""Non-interference: the same scenario with other data of one laboratory must look the same to everybody
who is not bound to it, byte for byte.

Lab B's people, codes, states, scores, receipts, certificates, requests, and what its own people did are drawn at
random (`drawn.py`, which says what is held fixed)."""

import random
import re
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot.answers import Said
from bot.app import App, build
from bot.channels.terminal import TerminalChannel
from bot.incoming import Incoming, Job
from bot.settings import Settings
from core.access import Account, PlaceKind
from core.clock import ManualClock
from core.pushes.models import Target
from db.migrate import upgrade
from db.unit import Database
from tests.cast import HEFEI, OFFICE, OPERATOR, PROGRAMMES, ROUNDS, WANNAN, at, bring, table
from tests.privacy.drawn import LABS, MEMBER_A, MEMBER_B, NAMES, NOW, OWNER, PEOPLE_OF_B, PRETENDER, drawn, shared

REMINDER = at("2026-03-24 17:00")  # 3 days before the deadline
_ASKED = """
帮助|流程|查重 {B}|查重 {A}|申请状态 {B}|申请状态 {A}|申请状态|项目|项目 凝血|截止|截止 凝血|我的|报名|报名 2026
上报|上报 2026 第1次|已报 糖化|签收|签收 凝血|成绩|成绩 2025|成绩 2026 第1次|成绩 凝血|成绩 {B}
趋势 凝血|趋势 {B}|证书|证书 2025
绑定 {B}|绑定 0000-0000-0000|单位 {B}|未上报 2026 第1次|待办|绑定码 {B}|{B}上报了吗|成绩什么时候出来
我们单位的编码是多少|帮助 成绩|收到|成绩 2026|证书 2026|项目 糖化|截止 2026 第1次 糖化|解绑 {B}
"""
QUESTIONS = tuple(_ASKED.format(**NAMES).strip().replace("\n", "|").split("|"))
STAFF_SAY = (
    "通知 明天下午系统维护",
    "公布成绩 2026 第1次 凝血",
    "公布证书 2026",
    "发放 2026 第1次 凝血",
    "改期 2026 第1次 糖化 3月31日 17:00",
    "催报 2026 第1次 凝血",
)
B_SAYS = ("帮助", "我的", "已报 凝血", "签收 凝血", "上报 2026 第1次", "成绩 2025", "证书", "成绩 2026", "解绑")
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
        self._db = Database(self._url("run.db"))  # the same for all runs: its statements are compiled once

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
        await db.write(shared)
        await db.close()

    async def seen(self, seed: int) -> list[str]:
        """Everything said to those not bound to B, with B's data drawn from `seed`."""
        shutil.copyfile(self.folder / "base.db", self.folder / "run.db")
        clock = ManualClock(NOW)
        said: list[str] = []

        def shown(target: Target, text: str) -> None:
            if target.place == "group" or target.id not in PEOPLE_OF_B:
                said.append(f"{target}: {text}")

        with patch("bot.app.Database", lambda _url: self._db):
            app = build(self.settings, clock, [TerminalChannel(shown, "qq")], commands_table())
        try:
            chance = random.Random(seed)
            await app.db.write(lambda tx: drawn(tx, chance))
            await app.door.refresh()
            await self._work(app, clock)
            await self._stir(app, clock, said, chance)
            said += await self._asked(app, clock)
            clock.move_to(REMINDER)
            await app.tick.once()
            await _send(app)
        finally:
            await app.stop()
            for ending in ("", "-wal", "-shm", ".lock"):
                (self.folder / f"run.db{ending}").unlink(missing_ok=True)
        return said

    async def _work(self, app: App, clock: ManualClock) -> None:
        """What staff make known; what they are answered themselves may name lab B."""
        for number, order in enumerate(STAFF_SAY):
            who = (OPERATOR.account.id, PlaceKind.PRIVATE, "")
            found = re.search(r"确认 (\d{4})", await _ask(app, clock, *who, order, number))
            assert found, order
            await _ask(app, clock, *who, f"确认 {found[1]}", number)
        await _send(app)

    async def _stir(self, app: App, clock: ManualClock, said: list[str], chance: random.Random) -> None:
        """Lab B's people do this and that, and have seen this and that."""
        for number, words in enumerate(chance.sample(B_SAYS, chance.randrange(len(B_SAYS)))):
            await _ask(app, clock, MEMBER_B, PlaceKind.PRIVATE, "", words, number)
        shown = sorted({(found, 1) for text in said for found in re.findall(r"〔通知 (26-\d{4}-\d+)〕", text)})
        seen = (*chance.sample(shown, chance.randrange(len(shown))), shown[0])
        for who, mark in zip((*chance.choices(PEOPLE_OF_B, k=len(seen) - 1), MEMBER_A), seen, strict=True):
            heard = await _ask(app, clock, who, PlaceKind.GROUP, HEFEI.id, "收到", 0, (mark,))
            said.append(heard) if who == MEMBER_A else None

    async def _asked(self, app: App, clock: ManualClock) -> list[str]:
        said: list[str] = []
        for user, place, group in ASKERS:
            for number, question in enumerate(QUESTIONS):
                answer = await _ask(app, clock, user, place, group, question, number)
                said.append(f"{user} {place} {question}: {answer}")
        return said


async def _send(app: App) -> None:
    await app.tick.once()
    for deliverer in app.deliverers:
        await deliverer.deliver_due()


async def _ask(
    app: App,
    clock: ManualClock,
    user: str,
    place: PlaceKind,
    group: str,
    text: str,
    number: int,
    marks: tuple[tuple[str, int], ...] = (),
) -> str:
    message = Incoming("qq", Account("qq", user), place, group, text, str(number), clock.real(), bool(number % 2),
                       quoted_marks=marks)  # fmt: skip
    said: list[str] = []

    async def reply(part: Said) -> None:
        said.append(str(part))

    if (found := app.door.recognise(message)) is not None:
        await app.door.handle(Job(message, reply, *found))
    return "\n".join(said)


@cache
def commands_table() -> Any:
    from tests.bot.desk import commands

    return commands()


def differences(one: Sequence[str], other: Sequence[str]) -> list[tuple[str, str]]:
    """Where two runs differ; the whole list when their lengths do."""
    if len(one) != len(other):
        return [(str(len(one)), str(len(other))), *zip(one, other, strict=False)]
    return [(a, b) for a, b in zip(one, other, strict=True) if a != b]
