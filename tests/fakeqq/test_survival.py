"""The fake outlives the bot, keeps the record of what was shown, and ends with its parent."""

import asyncio
import json
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.fakeqq.cast import FRIEND, GROUP
from tests.fakeqq.client import MAIN, FakeQQ
from tests.fakeqq.double import Bot, message

HERE = f"group:{GROUP}"


async def test_it_outlives_the_bot(qq: FakeQQ, bot: Bot) -> None:
    await bot.send("生前", group=GROUP)
    await bot.stop()
    await qq.wait_state(connected=False)
    await qq.say("没人听见", user=FRIEND, group=GROUP)
    await qq.say("留着", user=FRIEND, group=GROUP, queue=True)
    await bot.start()
    await qq.wait_connected()
    assert (await bot.event())["meta_event_type"] == "lifecycle"
    assert (await bot.event())["raw_message"] == "留着"
    found = await bot.call("get_group_msg_history", group_id=GROUP)
    assert [event["raw_message"] for event in found["data"]["messages"]] == ["生前", "没人听见", "留着"]
    assert [entry["text"] for entry in await qq.shown()] == ["生前"]


@pytest.mark.parametrize("seconds", [None, 0.3])
async def test_while_paused_nothing_is_read(qq: FakeQQ, bot: Bot, seconds: float | None) -> None:
    await qq.pause(seconds)
    waiting = await bot.begin("send_msg", **message("甲", group=GROUP))
    with pytest.raises(TimeoutError, match="not shown"):
        await qq.wait_shown("甲", timeout=0.1)
    if seconds is None:
        await qq.resume()
    assert (await asyncio.wait_for(waiting, 5))["retcode"] == 0
    assert (await qq.wait_shown("甲", conversation=HERE))["n"] == 1


async def test_what_was_sent_before_the_bot_died_is_shown(qq: FakeQQ, bot: Bot) -> None:
    await qq.pause()
    never = await bot.begin("send_msg", **message("遗言", group=GROUP))
    await bot.stop()
    await qq.resume()
    await qq.wait_shown("遗言")
    assert not never.done()
    await bot.start()


async def test_off_line_qq_times_out_and_says_so(qq: FakeQQ, bot: Bot) -> None:
    await qq.post("online", online=False)
    assert (await bot.send("甲", group=GROUP))["message"].startswith("Timeout")
    assert (await bot.call("get_status"))["data"]["online"] is False
    assert await qq.shown() == []


async def test_the_journal_has_every_shown_message(tmp_path: Path) -> None:
    journal, bot = tmp_path / "shown.jsonl", Bot()
    await bot.start()
    async with FakeQQ(bot.url, journal=journal) as qq:
        await qq.groups({"group_id": 5})
        await qq.wait_connected()
        await qq.fault("group:5", "timeout_shown")
        await bot.send("甲", group=5)
        await bot.send("乙", group=5)
        shown = await qq.shown()
    await bot.stop()
    assert [json.loads(line) for line in journal.read_text("utf-8").splitlines()] == shown
    assert [entry["text"] for entry in shown] == ["甲", "乙"]


async def test_forward_connections_need_the_token() -> None:
    async with FakeQQ(listen=0, token="right") as qq, aiohttp.ClientSession() as session:
        async with session.ws_connect(qq.forward_url, headers={"Authorization": "Bearer wrong"}) as ws:
            assert (await ws.receive_json())["retcode"] == 1403
            assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE
        async with session.ws_connect(qq.forward_url, headers={"Authorization": "Bearer right"}) as ws:
            assert (await ws.receive_json())["meta_event_type"] == "lifecycle"
            await ws.send_json({"action": "get_login_info", "echo": 1})
            assert (await ws.receive_json())["data"]["user_id"] == 10001


async def test_it_ends_with_the_process_that_started_it() -> None:
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, str(MAIN), "--listen", "0", "--watch-stdin"]
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    await process.stdout.readline()
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 5) == 0
