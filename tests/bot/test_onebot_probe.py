"""An account without heartbeats is asked how it is when it has said nothing for long."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.onebot import send
from bot.channels.onebot.adapter import Gate
from bot.channels.onebot.send import OneBotChannel
from tests.fakeqq.cast import GROUP
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.live import dialled

LONG = timedelta(minutes=6)


class Late:
    """A clock that can be put forward."""

    def __init__(self) -> None:
        self.by = timedelta()

    def real(self) -> datetime:
        return datetime.now(UTC) + self.by

    now = real


@pytest.fixture
async def qq() -> AsyncIterator[FakeQQ]:
    async with FakeQQ(listen=0, heartbeat=0) as qq:
        await qq.groups({"group_id": GROUP})
        yield qq


@pytest.fixture
async def gate(qq: FakeQQ, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gate]:
    async with dialled(qq, monkeypatch) as gate:
        yield gate


@pytest.fixture
def clock() -> Late:
    return Late()


@pytest.fixture
def channel(gate: Gate, clock: Late) -> OneBotChannel:
    channel = OneBotChannel(clock)
    assert channel.is_online()
    return channel


async def asked(qq: FakeQQ) -> int:
    return len(await qq.calls("get_status"))


async def test_it_is_asked_only_after_a_long_silence(qq: FakeQQ, channel: OneBotChannel, clock: Late) -> None:
    await channel.probe()
    assert await asked(qq) == 0
    clock.by = LONG
    await channel.probe()
    assert await asked(qq) == 1
    assert channel.is_online()
    await channel.probe()
    assert await asked(qq) == 1  # its answer was a sign of life


async def test_an_account_that_fell_off_line_says_so(qq: FakeQQ, channel: OneBotChannel, clock: Late) -> None:
    await qq.online(False)
    clock.by = LONG
    await channel.probe()
    assert not channel.is_online()
    assert (channel.health.why, channel.health.told) == ("账号已下线", True)


async def test_an_account_that_came_back_without_a_word_is_found_well(
    qq: FakeQQ, channel: OneBotChannel, clock: Late
) -> None:
    told = {"post_type": "notice", "notice_type": "bot_offline", "user_id": 10001, "message": "旧"}
    await qq.event(told | {"time": int(clock.real().timestamp())})
    async with asyncio.timeout(5):
        while channel.is_online():
            await asyncio.sleep(0.01)
    await channel.probe()
    assert await asked(qq) == 0
    clock.by = timedelta(seconds=31)
    await channel.probe()
    assert await asked(qq) == 1
    assert channel.is_online()


async def test_no_answer_means_silence_until_there_is_one(
    qq: FakeQQ, channel: OneBotChannel, clock: Late, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "PROBING", 0.3)
    clock.by = LONG
    await qq.pause()
    await channel.probe()
    assert not channel.is_online()
    assert (channel.health.why, channel.health.told) == ("心跳中断", False)
    await qq.resume()
    async with asyncio.timeout(5):
        while not channel.is_online():
            await channel.probe()
            await asyncio.sleep(0.05)
