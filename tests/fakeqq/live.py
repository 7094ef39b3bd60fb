"""The product's own adapter in this process, dialling the fake over a real socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import nonebot
import pytest
from nonebot.adapters.onebot.v11 import adapter as dialling
from nonebot.drivers import URL
from nonebot.drivers.aiohttp import Mixin
from nonebot.drivers.none import Driver as Silent

from bot.channels.onebot.adapter import Gate, install
from tests.fakeqq.client import FakeQQ


class Driver(Mixin, Silent):
    """Dials, and shares its connected accounts with whoever asks NoneBot for them."""


@asynccontextmanager
async def dialled(qq: FakeQQ, monkeypatch: pytest.MonkeyPatch, redial: float = 0.02) -> AsyncIterator[Gate]:
    """A gate that is connected to the fake (`FakeQQ(listen=0)`), and dials again when it is lost."""
    nonebot.init(_env_file=None, driver="~none", log_level="ERROR")
    monkeypatch.setattr(dialling, "RECONNECT_INTERVAL", redial)
    install(frozenset())
    common: Any = nonebot.get_driver()
    driver = Driver(nonebot.config.Env(environment="test"), common.config)
    driver._bots = common._bots
    gate = Gate(driver)
    task = asyncio.create_task(gate._forward_ws(URL(qq.forward_url)))
    try:
        await connected(gate)
        yield gate
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await gate._stop()


async def connected(gate: Gate, wanted: bool = True) -> None:
    async with asyncio.timeout(10):
        while bool(gate.connections) is not wanted:
            await asyncio.sleep(0.01)
