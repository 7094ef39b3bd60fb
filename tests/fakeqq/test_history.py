"""History and member lists, true, off and stale."""

from tests.fakeqq.cast import FRIEND, GROUP, MEMBER
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.double import Bot

HERE = f"group:{GROUP}"


async def history(bot: Bot, **params: object) -> list[str]:
    found = await bot.call("get_group_msg_history", group_id=GROUP, **params)
    return [event["raw_message"] for event in found["data"]["messages"]]


async def test_history_pages_as_napcat_does(qq: FakeQQ, bot: Bot) -> None:
    ids = [await qq.say(str(n), user=FRIEND, group=GROUP) for n in range(5)]
    sent = await bot.send("5", group=GROUP)
    assert await history(bot, count=3) == ["3", "4", "5"]
    assert await history(bot, count=3, message_seq=ids[1]) == ["1", "2", "3"]
    assert await history(bot, count=2, message_seq=str(ids[3]), reverseOrder=True) == ["2", "3"]
    own = (await bot.call("get_msg", message_id=sent["data"]["message_id"]))["data"]
    assert (own["post_type"], own["message_sent_type"], own["sender"]["role"]) == ("message_sent", "self", "admin")
    assert "target_id" not in own  # only events have it
    assert (await bot.call("delete_msg", message_id=own["message_id"]))["status"] == "ok"
    assert await history(bot, count=1) == ["4"]
    assert (await qq.shown())[0]["recalled"] is True


async def test_history_of_a_private_talk_has_both_sides(qq: FakeQQ, bot: Bot) -> None:
    await qq.say("问", user=FRIEND)
    await bot.send("答", user=FRIEND)
    found = await bot.call("get_friend_msg_history", user_id=FRIEND, count=10)
    assert [(e["user_id"], e["raw_message"]) for e in found["data"]["messages"]] == [(FRIEND, "问"), (10001, "答")]


async def test_history_off_and_frozen(qq: FakeQQ, bot: Bot) -> None:
    await bot.send("旧", group=GROUP)
    await qq.fault(HERE, "history_frozen")
    await qq.fault(HERE, "history_off")
    await bot.send("新", group=GROUP)  # these faults don't touch sends
    assert await history(bot) == ["旧"]
    assert (await bot.call("get_group_msg_history", group_id=GROUP))["retcode"] == 1200
    assert await history(bot) == ["旧", "新"]


async def test_a_stale_member_list_is_refreshed_behind_the_answer(qq: FakeQQ, bot: Bot) -> None:
    await qq.fault(HERE, "members_stale")
    await qq.members(GROUP, {"user_id": MEMBER, "card": "合肥二院-李四"})
    cards = []
    for no_cache in (False, True, True):
        found = await bot.call("get_group_member_list", group_id=GROUP, no_cache=no_cache)
        cards += [item["card"] for item in found["data"] if item["user_id"] == MEMBER]
    assert cards == ["", "", "合肥二院-李四"]
