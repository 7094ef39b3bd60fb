"""The running program, watched from outside: alarms by the second way, signs of life, addresses for machines."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.bot.wecom import Wecom
from tests.e2e import scene
from tests.e2e.process import TOKEN, Eqabot
from tests.e2e.scene import OFFICE, STAFF
from tests.fakeqq.client import FakeQQ


@asynccontextmanager
async def centre(folder: Path, wecom: Wecom, **env: str) -> AsyncIterator[tuple[Eqabot, FakeQQ]]:
    """Running, with a staff group in QQ and one in WeCom."""
    webhooks = json.dumps({"值班群": wecom.address("lab-canary")})
    ping = f"http://127.0.0.1:{wecom.port}/ping"
    bot = Eqabot(folder, EQABOT_WECOM_WEBHOOKS=webhooks, EQABOT_HEARTBEAT_URL=ping, **env)
    await bot.cli("staff", "add", f"qq:{STAFF}")
    await bot.cli("group", "add", f"qq:{OFFICE}", "--staff")
    await bot.cli("group", "add", "wecom:值班群", "--staff")
    world = scene.scene(folder / "s.json")
    async with bot, FakeQQ(bot.url, token=TOKEN, self_id=scene.SELF, scene=world, heartbeat=1) as qq:
        await bot.start()
        await qq.wait_connected(20)
        yield bot, qq


@pytest.fixture
async def wecom() -> AsyncIterator[Wecom]:
    async with Wecom() as wecom:
        yield wecom


async def test_an_account_that_goes_offline_is_told_by_wecom_within_30_seconds(
    tmp_path: Path, wecom: Wecom
) -> None:
    async with centre(tmp_path, wecom) as (bot, qq):
        await until(lambda: wecom.pings > 0)
        await qq.online(False, message="您的账号在另一地点登录")
        await until(lambda: wecom.said, 30)
        ((_, text),) = wecom.said
        assert text.startswith("【告警】QQ 账号离线\n自 ")
        assert "原因：账号已下线：您的账号在另一地点登录\n" in text
        status, ready = await get(bot, "readyz")
        assert (status, ready["problems"]) == (503, ["channel:qq"])
        assert await get(bot, "healthz") == (200, {"alive": True})
        assert (await metrics(bot))['eqabot_attempts_total{channel="wecom",outcome="delivered"}'] == 1
        await qq.online()
        await until_ready(bot)
        assert not [one for one in await qq.shown() if "【告警】" in one["text"]]
    assert "canary" not in bot.log
    assert "/ping" not in bot.log


async def test_machines_are_told_whether_all_is_well(tmp_path: Path, wecom: Wecom) -> None:
    async with centre(tmp_path, wecom) as (bot, qq):
        await until(lambda: wecom.pings > 1)
        status, ready = await get(bot, "readyz")
        assert (status, ready["ready"], ready["problems"]) == (200, True, [])
        assert ready["channels"] == {"qq": {"online": True}, "wecom": {"online": True}}
        assert ready["database"] is True
        await qq.say("状态", user=STAFF)
        said = (await qq.wait_shown("【状态】一切正常", conversation=f"private:{STAFF}"))["text"]
        assert "· 企业微信：在线" in said
        figures = await metrics(bot)
        assert figures['eqabot_channel_online{channel="qq"}'] == 1
        assert figures["eqabot_inbound_total"] == 1
        assert figures["eqabot_oldest_due_seconds"] == 0
        assert 0 <= figures["eqabot_tick_age_seconds"] < 10
        assert 'eqabot_deliveries{state="delivered"}' in figures


async def test_outside_this_machine_the_token_is_asked_for(tmp_path: Path, wecom: Wecom) -> None:
    async with centre(tmp_path, wecom, HOST="0.0.0.0", ONEBOT_SECRET="secret-for-tests-only") as (bot, _qq):
        assert (await get(bot, "healthz"))[0] == 200
        for name in ("readyz", "metrics"):
            assert (await get(bot, name))[0] == 401
            assert (await get(bot, name, "wrong"))[0] == 401
        assert (await get(bot, "readyz", TOKEN))[0] == 200


async def get(bot: Eqabot, name: str, token: str = "") -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{bot.port}/{name}", headers=headers) as response,
    ):
        return response.status, await response.json()


async def metrics(bot: Eqabot) -> dict[str, float]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{bot.port}/metrics") as response:
        assert response.status == 200
        lines = [line.rpartition(" ") for line in (await response.text()).splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


async def until_ready(bot: Eqabot) -> None:
    async with asyncio.timeout(20):
        while (await get(bot, "readyz"))[0] != 200:
            await asyncio.sleep(0.1)


async def until(true: Any, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.05)
