"""The crash matrix: a case is a fault of the platform or the database and a moment at which the process dies."""

import asyncio
import gc
import json
import os
import traceback
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module
from itertools import count, product
from pathlib import Path
from typing import Any

import nonebot
from loguru import logger
from nonebot.adapters.onebot.v11 import adapter as onebot

from bot.channels.onebot.adapter import install
from bot.texts import say
from tests.faults.houses import Files, House, Server
from tests.faults.judge import TOKEN, FakeQQ, Row, Verdict, judge
from tests.faults.killing import KILLED, Life, unwatched
from tests.faults.lives import Bot, Flawed
from tests.faults.stage import BOTH, ONE, WORDS, scene

SENDS = ("ok", "refused", "timeout_shown", "timeout_hidden", "drop_before", "drop_after", "double_echo", "slow")
DELAY = 0.05  # seconds of a slow answer


@dataclass(frozen=True)
class Case:
    """`moment` 0: nobody dies. `commit` n > 0: the nth commit fails, `after` it was done or before."""

    fault: str
    moment: int = 0
    history: str = "readable"  # or "off", or "silent": nobody else says anything
    commit: int = 0
    after: bool = False


@dataclass(frozen=True)
class Played:
    """`moments` and `commits`: how many a first life had that nobody ended."""

    verdict: Verdict
    killed: bool
    moments: int = 0
    commits: int = 0


class Theatre:
    """One fake QQ and one furnished database for all cases; each case plays in processes of its own."""

    def __init__(self, house: House, qq: FakeQQ) -> None:
        self._house, self._qq, self._number = house, qq, 0

    def play(self, case: Case) -> Played:
        self._number += 1
        self._set(case)
        first = in_a_process(self._first(case))
        self._qq.settle()
        last = first if case.commit and first else in_a_process(self._second(case))
        rows = [Row(**row) for row in last["rows"]]
        verdict = judge(self._qq.get("shown"), rows, WORDS, case.history == "readable")
        return Played(verdict, not first, first.get("moments", 0), first.get("commits", 0))

    def _set(self, case: Case) -> None:
        """The fault strikes the first message to one group, and the second part of what goes to the other."""
        self._qq.post("reset")
        if case.history == "off":
            self._qq.post("fault", conversation="*", kind="history_off", times=-1)
        delay = DELAY if case.fault == "slow" else 0
        self._qq.post("fault", conversation=f"group:{ONE}", kind=case.fault, delay=delay)
        self._qq.post("fault", conversation=f"group:{BOTH}", kind="ok", times=2)
        self._qq.post("fault", conversation=f"group:{BOTH}", kind=case.fault, delay=delay)

    async def _first(self, case: Case) -> dict[str, Any]:
        """Send what is due; a minute later look into doubts and send again. With a flawed commit the same
        process has to go on by itself."""
        bot = Bot(await self._house.make(self._number), "first", self._qq.control, case.history != "silent")
        await bot.connect()
        await bot.beat()
        flawed, life = Flawed(bot.db, case.commit, case.after), Life(case.moment)
        await life.run(_delivery(bot))
        rows = [asdict(row) for row in await bot.settle()] if case.commit else []
        return {"moments": life.moments, "commits": flawed.commits, "rows": rows}

    async def _second(self, case: Case) -> dict[str, Any]:
        bot = Bot(await self._house.again(self._number), "second", self._qq.control, case.history != "silent")
        await bot.connect()
        await bot.later()
        await bot.later()
        rows = [asdict(row) for row in await bot.settle()]
        await bot.db.close()
        await self._house.drop(self._number)
        return {"rows": rows}


async def _delivery(bot: Bot) -> None:
    await bot.deliver()
    await unwatched(bot.later())
    await unwatched(bot.online())
    await bot.look()
    await bot.deliver()


def in_a_process(work: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """What it returned, or nothing when it was killed. The driver must have no threads and no loop."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _child(work, writing)
    work.close()
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, KILLED), f"a case ended with status {status}"
    return dict(json.loads(told)) if status == 0 else {}


def _child(work: Coroutine[Any, Any, dict[str, Any]], writing: int) -> None:
    status = 1
    try:
        told = asyncio.new_event_loop().run_until_complete(work)
        os.write(writing, json.dumps(told or {}).encode())
        status = 0
    except BaseException:  # noqa: BLE001 - a child must never go on as its parent
        traceback.print_exc()
    finally:
        os._exit(status)


@contextmanager
def theatre(kind: str, folder: Path) -> Iterator[Theatre]:
    """`kind`: sqlite or postgresql. NoneBot is made ready once; it connects in each process anew."""
    house: House = Files(folder) if kind == "sqlite" else Server(folder)
    in_a_process(_furnished(house))
    try:
        with FakeQQ(scene(folder / "scene.json")) as qq:
            _prepare(qq)
            yield Theatre(house, qq)
    finally:
        house.close()


async def _furnished(house: House) -> dict[str, Any]:
    await house.furnish()
    return {}


def _prepare(qq: FakeQQ) -> None:
    """All that can be done once is done here, before the processes part."""
    import_module("anyio._backends._asyncio")
    for template in ("application.assigned", "deadline.reminder"):
        say(f"pushes/{template}", {"units": (), "parts": (), "reference": ""})
    onebot.RECONNECT_INTERVAL = 0.05
    nonebot.init(
        _env_file=None,
        driver="~none+~aiohttp",
        log_level="CRITICAL",
        onebot_ws_urls=[qq.url],
        onebot_access_token=TOKEN,
    )
    logger.remove()
    nonebot.get_driver().register_adapter(install(frozenset()))
    gc.freeze()


def matrix(theatre: Theatre, histories: Sequence[str], every: int = 1) -> Iterator[tuple[Case, Played]]:
    """For each fault: the death at every moment of the delivery (or each `every`th, not always the same ones),
    and a database that fails at each commit, before and after it is done."""
    start = 0
    for history, fault in product(histories, SENDS):
        commits = 0
        for moment in count(1 + start, every):
            case = Case(fault, moment, history)
            played = theatre.play(case)
            yield case, played
            if not played.killed:
                commits = played.commits
                break
        for nth, after in product(range(1 + start, commits + 1, every), (False, True)):
            case = Case(fault, 0, history, nth, after)
            yield case, theatre.play(case)
        start = (start + 1) % every
