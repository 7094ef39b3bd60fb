"""What goes wrong on demand, history, and that the fake outlives the bot."""

import asyncio

import pytest

from tests.fakeqq.cast import FRIEND, GROUP, OTHER
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.double import Bot, message

HERE = f"group:{GROUP}"


async def texts(qq: FakeQQ) -> list[str]:
    return [entry["text"] for entry in await qq.shown()]


@pytest.mark.parametrize(
    ("kind", "shown", "words"),
    [
        ("ok", True, ""),
        ("refused", False, "EventChecker Failed: NTEvent serviceAndMethod:"),
        ("timeout_shown", True, "Timeout: NTEvent"),
        ("timeout_hidden", False, "Timeout: NTEvent"),
    ],
)
async def test_answered_faults(qq: FakeQQ, bot: Bot, kind: str, shown: bool, words: str) -> None:
    await qq.fault(HERE, kind)
    reply = await bot.send("甲", group=GROUP)
    assert reply["retcode"] == (1200 if words else 0)
    assert reply["message"].startswith(words)
    assert await texts(qq) == (["甲"] if shown else [])
    (call,) = await qq.calls()
    assert call["fault"] == kind
    assert (await bot.send("乙", group=GROUP))["retcode"] == 0  # used up


@pytest.mark.parametrize(("kind", "shown"), [("silent_shown", True), ("silent_hidden", False)])
async def test_no_answer_at_all(qq: FakeQQ, bot: Bot, kind: str, shown: bool) -> None:
    await qq.fault(HERE, kind)
    never = await bot.begin("send_msg", **message("甲", group=GROUP))
    await bot.call("get_status")  # answered in order, so the first would have been answered by now
    assert not never.done()
    assert await texts(qq) == (["甲"] if shown else [])
    assert (await qq.calls())[0]["outcome"] == "silent"


async def test_a_timeout_can_come_late_or_never(qq: FakeQQ, bot: Bot) -> None:
    await qq.fault(HERE, "timeout_shown", delay=0.2)
    late = await bot.begin("send_msg", **message("甲", group=GROUP))
    await qq.wait_shown("甲")
    assert not late.done()
    assert (await asyncio.wait_for(late, 5))["retcode"] == 1200
    await qq.fault(HERE, "timeout_hidden", delay=-1)
    never = await bot.begin("send_msg", **message("乙", group=GROUP))
    await bot.call("get_status")
    assert not never.done()
    assert await texts(qq) == ["甲"]


async def test_slow_is_shown_and_answered_after_the_delay(qq: FakeQQ, bot: Bot) -> None:
    await qq.fault(HERE, "slow", delay=0.2)
    slow = await bot.begin("send_msg", **message("慢", group=GROUP))
    await bot.send("快", group=GROUP)
    assert not slow.done()
    assert (await asyncio.wait_for(slow, 5))["retcode"] == 0
    assert await texts(qq) == ["快", "慢"]


async def test_double_echo(qq: FakeQQ, bot: Bot) -> None:
    await qq.fault(HERE, "double_echo")
    reply = await bot.send("甲", group=GROUP)
    await bot.call("get_status")
    assert [item for item in bot.replies if item["echo"] == reply["echo"]] == [reply, reply]
    assert await texts(qq) == ["甲"]


@pytest.mark.parametrize(("kind", "shown"), [("drop_before", False), ("drop_after", True)])
async def test_the_connection_is_lost_and_dialled_again(qq: FakeQQ, bot: Bot, kind: str, shown: bool) -> None:
    before = (await qq.state())["connects"]
    await qq.fault(HERE, kind)
    never = await bot.begin("send_msg", **message("甲", group=GROUP))
    await qq.wait_state(connected=True, connects=before + 1)
    assert not never.done()
    assert await texts(qq) == (["甲"] if shown else [])
    assert (await qq.calls())[0]["outcome"] == "dropped"
    assert (await bot.send("乙", group=GROUP))["retcode"] == 0


async def test_faults_stand_in_line_per_conversation(qq: FakeQQ, bot: Bot) -> None:
    await qq.fault("*", "timeout_hidden", times=-1)
    await qq.fault(HERE, "ok")
    await qq.fault(HERE, "refused", times=2)
    got = [(await bot.send("x", group=GROUP))["message"][:7] for _ in range(4)]
    assert got == ["", "EventCh", "EventCh", "Timeout"]
    assert (await bot.send("x", user=FRIEND))["message"].startswith("Timeout")
    await qq.fault("*", "clear")
    assert (await bot.send("x", group=OTHER))["retcode"] == 0


async def test_a_wrong_fault_is_refused_in_words(qq: FakeQQ) -> None:
    with pytest.raises(ValueError, match="none of clear, ok, refused"):
        await qq.fault(HERE, "typo")
