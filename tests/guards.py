"""Watches every test, whatever it is about: what reaches the log, and what is said in groups, bears no secret.

Only tests ask for it: nothing here is part of the product. `watch` is called round each test; a violation fails
that very test."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any

import aiohttp
from loguru import logger
from nonebot.log import LoguruHandler

from bot import log
from bot.dispatcher import Dispatcher
from bot.incoming import Job
from bot.scheduler.deliverer import Deliverer
from core.access import codes
from core.access.codes import say_code
from core.access.issue import Slip
from core.pushes.models import Delivery
from tests.e2e.process import TOKEN, Eqabot
from tests.fakeqq.client import FakeQQ

PUBLIC = re.compile(r"0551-62283619|〔通知 [\d-]+〕")  # the centre's own telephone
LAB_CODE = re.compile(r"(?<!\d)034\d{4}(?!\d)")  # those of the cast, the desk and the scene
TELEPHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-\d{7,8})(?!\d)")
ACCOUNT = re.compile(r"(?<!\d)3004\d{5}(?!\d)")  # QQ numbers of the persons in tests; groups begin with 7
FIGURE = re.compile(r"PT成绩\s*[:：]?\s*\d|\d\s*分(?![钟之前])")
SECRETS = (TOKEN, "lab-canary", "key=lab-")  # of the socket, of webhooks
_CHATTY = {"": 0, "nonebot": "WARNING", "uvicorn": "WARNING", "websockets": "WARNING"}


@dataclass
class Seen:
    """What this test has said so far; `minted` are the binding codes it gave out."""

    logged: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    minted: set[str] = field(default_factory=set)

    def faults(self) -> Iterator[str]:
        codes = sorted(self.minted | {say_code(code) for code in self.minted})
        yield from (f"the log: {fault}" for line in self.logged for fault in in_log(line, codes))
        yield from (f"a group: {fault}" for text in self.told for fault in in_group(text, codes))


def in_log(line: str, codes: list[str] | None = None) -> Iterator[str]:
    plain = PUBLIC.sub("", line)
    for what in (LAB_CODE, TELEPHONE, ACCOUNT):
        yield from (f"{found[0]} in {line!r}" for found in what.finditer(plain))
    yield from (f"{secret} in {line!r}" for secret in (*SECRETS, *(codes or ())) if secret in line)


def in_group(text: str, codes: list[str] | None = None) -> Iterator[str]:
    plain = PUBLIC.sub("", text)
    for what in (LAB_CODE, ACCOUNT, FIGURE):
        yield from (f"{found[0]} in {text!r}" for found in what.finditer(plain))
    yield from (f"{secret} in {text!r}" for secret in (*SECRETS, *(codes or ())) if secret in text)


_seen = Seen()


@contextmanager
def watch() -> Iterator[None]:
    """One in another sees for itself alone."""
    global _seen
    outer, _seen = _seen, Seen()
    sink = logger.add(_hear, level=0, format=log.formatter(()), filter=_CHATTY, diagnose=False)  # type: ignore[arg-type]
    try:
        yield
        faults = list(_seen.faults())
    finally:
        _seen = outer
        if sink in logger._core.handlers:  # type: ignore[attr-defined]
            logger.remove(sink)
    if faults:
        raise AssertionError("\n".join(faults))


def _hear(line: str) -> None:
    _seen.logged.append(line)


def install() -> None:
    """Once a process: every reply, every push, every binding code, the logs of what runs beside us."""
    logging.getLogger().addHandler(LoguruHandler(logging.WARNING))
    _wrap_handle()
    _wrap_attempt()
    _wrap_slips()
    _wrap_processes()


def _wrap_handle() -> None:
    handle = Dispatcher.handle

    @wraps(handle)
    async def noted(self: Dispatcher, job: Job) -> None:
        async def reply(part: Any) -> None:
            if job.incoming.group:
                _seen.told.append(str(part))
            await job.reply(part)

        await handle(self, replace(job, reply=reply))

    Dispatcher.handle = noted  # type: ignore[method-assign]


def _wrap_attempt() -> None:
    attempt = Deliverer._attempt

    @wraps(attempt)
    async def noted(self: Deliverer, delivery: Delivery) -> None:
        if delivery.target.place == "group":
            _seen.told.append(delivery.text)
        await attempt(self, delivery)

    Deliverer._attempt = noted  # type: ignore[method-assign]


def _wrap_slips() -> None:
    made = Slip.__init__

    @wraps(made)
    def noted(self: Slip, *args: Any, **more: Any) -> None:
        made(self, *args, **more)
        _seen.minted.add(codes.fold_code(self.code) or self.code)

    Slip.__init__ = noted  # type: ignore[method-assign]


def _wrap_processes() -> None:
    end, stop = Eqabot._end, FakeQQ.stop

    @wraps(end)
    async def ended(self: Eqabot, sign: Any) -> None:
        await end(self, sign)
        if self._log.exists():
            _seen.logged.append(self.log)

    @wraps(stop)
    async def stopped(self: FakeQQ) -> None:
        try:
            shown = await self.shown()
        except (aiohttp.ClientError, AssertionError):  # already gone
            shown = []
        _seen.told += [one["text"] for one in shown if one["conversation"].startswith("group:")]
        await stop(self)

    Eqabot._end, FakeQQ.stop = ended, stopped  # type: ignore[method-assign]
