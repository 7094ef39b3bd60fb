"""The address asked after every tick: only then, never in a tick's way, and complained of once."""

import asyncio
from datetime import UTC, datetime

import pytest
from loguru import logger

from bot.watch.board import Board
from bot.watch.heartbeat import Heartbeat
from core.clock import SystemClock
from tests.bot.wecom import Wecom
from tests.e2e.process import free_port

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def heartbeat(url: str) -> Heartbeat:
    return Heartbeat(url, Board(LONG_AGO, []), SystemClock())


async def ring(one: Heartbeat) -> None:
    one.rung()
    assert one._asking is not None
    await one._asking


async def test_every_tick_asks_once() -> None:
    async with Wecom() as outside:
        one = heartbeat(f"http://127.0.0.1:{outside.port}/ping")
        for _ in range(3):
            await ring(one)
        assert outside.pings == 3
        assert not one.board.tick_age(datetime.now(UTC)).days


async def test_a_slow_address_is_not_asked_twice_at_once() -> None:
    async with Wecom() as outside:
        one = heartbeat(f"http://127.0.0.1:{outside.port}/ping")
        one.rung()
        one.rung()
        await asyncio.sleep(0.2)
        assert outside.pings == 1
        await one.close()


async def test_a_failure_is_logged_once_and_without_the_address() -> None:
    logged: list[str] = []
    handler = logger.add(lambda line: logged.append(str(line)), level="WARNING")
    try:
        async with Wecom() as outside:
            one = heartbeat(f"http://127.0.0.1:{outside.port}/ping?canary")
            for status in (500, 500, 200, 404):
                outside.status = status
                await ring(one)
        one.url = f"http://127.0.0.1:{free_port()}/canary"
        await ring(one)
    finally:
        logger.remove(handler)
    assert [line.rpartition(": ")[2].strip() for line in logged] == ["status 500", "status 404"]
    assert "canary" not in "".join(logged)


async def test_without_an_address_nobody_is_asked() -> None:
    one = heartbeat("")
    one.rung()
    assert one._asking is None


@pytest.mark.parametrize("url", ["https://hc.example.org/canary"])
def test_the_address_stands_in_no_repr(url: str) -> None:
    assert "canary" not in repr(heartbeat(url))
