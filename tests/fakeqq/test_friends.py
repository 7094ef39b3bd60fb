"""Who may write to whom: friends, those who ask to be, and strangers through a group."""

import pytest

from tests.fakeqq.cast import FRIEND, GROUP, MEMBER, STRANGER
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.double import SHAPES, Bot, shape


async def test_a_stranger_asks_and_is_a_friend_once_approved(qq: FakeQQ, bot: Bot) -> None:
    assert "无法获取用户信息" in (await bot.send("您好", user=STRANGER))["message"]
    flag = await qq.friend_request(STRANGER, "我是合肥一院王五")
    event = await bot.event()
    assert shape(event) == SHAPES["friend_request"]
    assert (event["user_id"], event["comment"], event["flag"]) == (STRANGER, "我是合肥一院王五", flag)
    assert "请先添加对方为好友" in (await bot.send("您好", user=STRANGER))["message"]

    assert (await bot.call("set_friend_add_request", flag=flag, approve=True))["status"] == "ok"
    notice = await bot.event()
    assert (notice["notice_type"], notice["user_id"]) == ("friend_add", STRANGER)
    assert (await bot.send("您好", user=STRANGER))["status"] == "ok"
    await qq.say("帮助", user=STRANGER)
    assert (await bot.event())["sub_type"] == "friend"
    friends = (await bot.call("get_friend_list"))["data"]
    assert [item["user_id"] for item in friends] == [FRIEND, STRANGER]
    assert (await bot.call("set_friend_add_request", flag=flag, approve=True))["message"] == "No such request"


async def test_a_declined_stranger_stays_one(qq: FakeQQ, bot: Bot) -> None:
    flag = await qq.friend_request(STRANGER)
    assert (await bot.call("set_friend_add_request", flag=flag, approve=False))["status"] == "ok"
    assert "请先添加对方为好友" in (await bot.send("您好", user=STRANGER))["message"]
    assert (await qq.state())["answered"][0]["approve"] is False


async def test_a_request_may_be_told_twice_and_flags_are_never_used_again(qq: FakeQQ, bot: Bot) -> None:
    first = await qq.friend_request(STRANGER, times=2)
    assert await bot.event() == await bot.event()
    await bot.call("set_friend_add_request", flag=first)
    assert await qq.friend_request(MEMBER) != first
    with pytest.raises(ValueError, match="a friend already"):
        await qq.friend_request(STRANGER)


async def test_a_private_talk_through_a_group_becomes_one_among_friends(qq: FakeQQ, bot: Bot) -> None:
    await qq.say("帮助", user=MEMBER)
    event = await bot.event()
    assert (event["sub_type"], event["group_id"], event["temp_source"]) == ("group", GROUP, 0)
    await qq.befriend(MEMBER)
    await qq.say("帮助", user=MEMBER)
    assert (await bot.event())["sub_type"] == "friend"
    await bot.send("好的", user=MEMBER)
    history = (await bot.call("get_friend_msg_history", user_id=MEMBER))["data"]["messages"]
    assert history[-1]["sub_type"] == "friend"
    await qq.unfriend(MEMBER)
    assert "请先添加对方为好友" in (await bot.send("好的", user=MEMBER))["message"]


async def test_roles_and_titles_are_told(qq: FakeQQ, bot: Bot) -> None:
    await qq.members(GROUP, {"user_id": MEMBER, "role": "admin", "title": "联络人"})
    found = (await bot.call("get_group_member_info", group_id=GROUP, user_id=MEMBER))["data"]
    assert (found["role"], found["title"]) == ("admin", "联络人")
    await qq.say("大家好", user=MEMBER, group=GROUP)
    assert (await bot.event())["sender"]["role"] == "admin"


async def test_coming_and_going_is_told(qq: FakeQQ, bot: Bot) -> None:
    await qq.members(GROUP, {"user_id": STRANGER}, notify=True)
    came = await bot.event()
    assert shape(came) == SHAPES["group_increase_approve"]
    await qq.members(GROUP, remove=[STRANGER], notify=True)
    await qq.members(GROUP, remove=[MEMBER], notify=True, by=FRIEND)
    left, removed = await bot.event(), await bot.event()
    assert (left["sub_type"], left["operator_id"]) == ("leave", 0)
    assert (removed["sub_type"], removed["operator_id"], removed["user_id"]) == ("kick", FRIEND, MEMBER)


@pytest.mark.parametrize("how", ["kick_me", "disband"])
async def test_the_account_itself_can_lose_a_group(qq: FakeQQ, bot: Bot, how: str) -> None:
    await qq.leave(GROUP, how, by=FRIEND)
    notice = await bot.event()
    assert shape(notice) == SHAPES[f"group_decrease_{how}"]
    assert (notice["sub_type"], notice["user_id"]) == (how, 10001)
    asked = await bot.call("get_group_member_info", group_id=GROUP, user_id=MEMBER)
    assert asked["message"] == f"群({GROUP})成员{MEMBER}不存在"


async def test_one_members_info_and_an_old_list(qq: FakeQQ, bot: Bot) -> None:
    """Who came after the list was taken is not found; of the others only ``no_cache=False`` is old."""
    await qq.fault(f"group:{GROUP}", "members_stale", times=-1)
    await qq.members(GROUP, {"user_id": MEMBER, "card": "合肥二院-李四"}, {"user_id": STRANGER})

    async def card(user: int, **params: bool) -> str:
        reply = await bot.call("get_group_member_info", group_id=GROUP, user_id=user, **params)
        return str(reply["data"]["card"] if reply["data"] else reply["message"])

    assert await card(STRANGER) == f"群({GROUP})成员{STRANGER}不存在"
    assert [await card(MEMBER, no_cache=value) for value in (False, True)] == ["", "合肥二院-李四"]
    assert await card(MEMBER) == "合肥二院-李四"
