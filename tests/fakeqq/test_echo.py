"""What the fake tells of itself on demand: its own messages, old ones again, the end of its login."""

import pytest

from tests.fakeqq.cast import FRIEND, GROUP, MEMBER
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.double import SHAPES, Bot, shape


@pytest.mark.parametrize("times", [1, 2])
async def test_own_messages_are_told_of_as_often_as_wanted(qq: FakeQQ, bot: Bot, times: int) -> None:
    await qq.report_self(times)
    sent = await bot.send("甲", group=GROUP)
    for _ in range(times):
        event = await bot.event()
        assert (event["post_type"], event["user_id"], event["target_id"]) == ("message_sent", 10001, GROUP)
        assert event["message_id"] == sent["data"]["message_id"]
    await bot.send("乙", user=FRIEND)
    event = await bot.event()
    assert (event["message_type"], event["target_id"], event["raw_message"]) == ("private", FRIEND, "乙")


async def test_nothing_is_told_of_what_was_not_shown(qq: FakeQQ, bot: Bot) -> None:
    await qq.report_self()
    await qq.fault(f"group:{GROUP}", "timeout_hidden")
    await bot.send("甲", group=GROUP)
    await qq.fault(f"group:{GROUP}", "timeout_shown")
    await bot.send("乙", group=GROUP)
    assert (await bot.event())["raw_message"] == "乙"


async def test_what_people_said_comes_again_in_order(qq: FakeQQ, bot: Bot) -> None:
    ids = [await qq.say(str(n), user=MEMBER, group=GROUP) for n in range(4)]
    await bot.send("我的", group=GROUP)
    await qq.recall(ids[2])
    await qq.replay(2)
    came = [await bot.event() for _ in range(7)]
    assert [event["message_id"] for event in came[-2:]] == [ids[1], ids[3]]


async def test_a_login_that_ends_is_told_of_at_once(qq: FakeQQ, bot: Bot) -> None:
    await qq.online(False, message="登录状态已失效")
    event = await bot.event()
    assert shape(event) == SHAPES["bot_offline_notice"]
    assert event["message"] == "登录状态已失效"
    assert (await bot.call("get_status"))["data"]["online"] is False
