"""The wire: what is pushed, what is answered, in which shape, and what the judge sees of it."""

import asyncio
from typing import Any

import pytest

from tests.fakeqq.cast import FRIEND, GROUP, MEMBER, OTHER, OWNER, STRANGER
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.double import SHAPES, Bot, message, shape


@pytest.mark.parametrize("hard", [False, True])
async def test_it_introduces_itself(qq: FakeQQ, bot: Bot, hard: bool) -> None:
    await qq.disconnect(hard=hard)
    first = await bot.event()
    beat = await asyncio.wait_for(bot.heartbeats.get(), 5)
    assert shape(first) == SHAPES["lifecycle_connect"]
    assert shape(beat) == SHAPES["heartbeat"]
    assert (first["sub_type"], beat["interval"]) == ("connect", 50)
    headers = bot.connections[-1]
    assert headers["X-Self-ID"] == "10001"
    assert headers["X-Client-Role"] == "Universal"
    assert headers["User-Agent"] == "OneBot/11"
    assert headers["Authorization"] == "Bearer t0ken"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"user": FRIEND, "group": GROUP, "at_me": True}, "group_message"),
        ({"user": STRANGER, "group": GROUP}, "group_message_sender_not_cached"),
        ({"user": FRIEND}, "private_message"),
        ({"user": MEMBER, "sub_type": "group", "group": GROUP}, "private_message_group_temp"),
    ],
)
async def test_events_have_the_true_shape(qq: FakeQQ, bot: Bot, said: dict[str, Any], name: str) -> None:
    message_id = await qq.say("查询", **said)
    event = await bot.event()
    assert shape(event) == SHAPES[name]
    assert event["message_id"] == message_id > 0


async def test_at_and_reply_stand_before_the_text(qq: FakeQQ, bot: Bot) -> None:
    await qq.say("收到[1]", user=FRIEND, group=GROUP, at_me=True, reply_to=5)
    event = await bot.event()
    assert [part["type"] for part in event["message"]] == ["reply", "at", "text"]
    assert event["raw_message"] == "[CQ:reply,id=5][CQ:at,qq=10001] 收到&#91;1&#93;"
    assert event["sender"] == {"user_id": FRIEND, "nickname": "小明", "card": "合肥一院-张三", "role": "member"}


async def test_a_new_card_is_told_with_the_next_message(qq: FakeQQ, bot: Bot) -> None:
    await qq.say("大家好", user=MEMBER, group=GROUP, card="合肥二院-李四")
    notice, event = await bot.event(), await bot.event()
    assert shape(notice) == SHAPES["group_card"]
    assert (notice["card_old"], notice["card_new"]) == ("", "合肥二院-李四")
    assert event["sender"]["card"] == "合肥二院-李四"


async def test_the_same_message_twice_is_one_in_history(qq: FakeQQ, bot: Bot) -> None:
    await qq.say("帮助", user=FRIEND, group=GROUP, message_id=77, time=1_700_000_000)
    await qq.say("帮助", user=FRIEND, group=GROUP, message_id=77)
    first, second = await bot.event(), await bot.event()
    assert first == second
    assert first["time"] == 1_700_000_000
    found = await bot.call("get_group_msg_history", group_id=GROUP)
    assert [event["message_id"] for event in found["data"]["messages"]] == [77]


async def test_own_messages_in_history(qq: FakeQQ, bot: Bot) -> None:
    await bot.send("您好", group=GROUP)
    found = await bot.call("get_group_msg_history", group_id=GROUP)
    sample = {key: kind for key, kind in SHAPES["message_sent_self"].items() if key != "target_id"}
    assert shape(found["data"]["messages"]) == [sample]  # only the pushed event says target_id


async def test_a_send_is_shown_and_answered(qq: FakeQQ, bot: Bot) -> None:
    reply = await bot.send("您好", group=GROUP)
    assert shape(reply) == SHAPES["send_ok"]
    (entry,) = await qq.shown(group=GROUP)
    wanted = {"n": 1, "conversation": f"group:{GROUP}", "text": "您好", "self": True, "as_string": False}
    assert wanted.items() <= entry.items()
    assert entry["message_id"] == reply["data"]["message_id"]
    assert await qq.shown(user=FRIEND) == []


async def test_a_string_is_parsed_and_flagged(qq: FakeQQ, bot: Bot) -> None:
    await bot.call("send_group_msg", group_id=str(GROUP), message="[CQ:at,qq=all] 通知&#91;1&#93;")
    await bot.call("send_group_msg", group_id=GROUP, message="[CQ:at,qq=all]", auto_escape=True)
    parsed, escaped = await qq.shown()
    assert parsed["as_string"] is True
    assert [part["type"] for part in parsed["segments"]] == ["at", "text"]
    assert parsed["text"] == " 通知[1]"
    assert escaped["text"] == "[CQ:at,qq=all]"


@pytest.mark.parametrize(
    ("action", "params", "retcode", "words"),
    [
        ("send_msg", message("x", group=1), 1200, "你已被移出该群"),
        ("send_msg", message("x", user=STRANGER), 1200, "无法获取用户信息"),
        ("send_msg", message("x", user=MEMBER), 1200, "请先添加对方为好友"),
        ("send_msg", message("", group=GROUP), 1200, "消息体无法解析"),
        ("send_group_msg", {"group_id": GROUP}, 1400, "Key: message"),
        ("send_group_msg", {"group_id": GROUP, "message": "[CQ:at,qq=999]"}, 1200, "Get Uid Error"),
        ("get_msg", {"message_id": 1}, 1200, "消息不存在"),
        ("get_group_member_list", {}, 1400, "Key: group_id"),
        ("get_group_member_list", {"group_id": 1}, 1200, "Failed to get group member list for group 1"),
        ("get_group_member_info", {"group_id": OTHER, "user_id": FRIEND}, 1200, "成员300不存在"),
        ("set_group_add_request", {"flag": "1"}, 1200, "No such request"),
        ("get_group_msg_history", {"group_id": GROUP}, 1200, "消息undefined不存在"),
        ("nope", {}, 1404, "不支持的Api nope"),
    ],
)
async def test_refusals(
    qq: FakeQQ, bot: Bot, action: str, params: dict[str, Any], retcode: int, words: str
) -> None:
    reply = await bot.call(action, **params)
    assert shape(reply) == SHAPES["unknown_action_1404"]
    assert reply["retcode"] == retcode
    assert words in reply["message"]
    assert await qq.shown() == []
    (call,) = await qq.calls()
    assert (call["action"], call["outcome"], call["retcode"]) == (action, "failed", retcode)


async def test_a_private_talk_through_a_group_can_be_answered(qq: FakeQQ, bot: Bot) -> None:
    await qq.say("帮助", user=MEMBER, sub_type="group")
    assert (await bot.send("好的", user=MEMBER))["status"] == "ok"


async def test_an_unresolved_user_with_a_group_beside_is_answered_in_the_group(qq: FakeQQ, bot: Bot) -> None:
    await qq.say("成绩", user=MEMBER, sub_type="group", group=GROUP, unresolved=True)
    await bot.call("send_private_msg", group_id=GROUP, **message("98 分", user=MEMBER))
    assert (await qq.shown())[0]["conversation"] == f"group:{GROUP}"


async def test_members_and_removal(qq: FakeQQ, bot: Bot) -> None:
    listed = await bot.call("get_group_member_list", group_id=GROUP)
    assert shape(listed) == SHAPES["get_group_member_list"]
    for user in (MEMBER, OWNER):  # the owner can't be removed, and NapCat doesn't say so
        assert (await bot.call("set_group_kick", group_id=GROUP, user_id=user))["status"] == "ok"
    left = [item["user_id"] for item in (await bot.call("get_group_member_list", group_id=GROUP))["data"]]
    assert sorted(left) == [FRIEND, OWNER, 10001]
    notice = await bot.event()
    assert shape(notice) == SHAPES["group_decrease_kick_me"]
    assert (notice["user_id"], notice["sub_type"]) == (MEMBER, "kick")


@pytest.mark.parametrize("approve", [True, False])
async def test_requests_to_join_are_answered_once(qq: FakeQQ, bot: Bot, approve: bool) -> None:
    request = {"post_type": "request", "request_type": "group", "sub_type": "add", "comment": "答案：合肥一院"}
    await qq.event(request | {"group_id": GROUP, "user_id": STRANGER, "flag": "f1"})
    event = await bot.event()
    assert event["self_id"] == 10001
    assert (await bot.call("set_group_add_request", flag="f1", approve=approve))["status"] == "ok"
    assert (await bot.call("set_group_add_request", flag="f1", approve=approve))["status"] == "failed"
    asked = await bot.call("get_group_member_info", group_id=GROUP, user_id=STRANGER)
    assert asked["status"] == ("ok" if approve else "failed")
    if approve:
        assert shape(await bot.event()) == SHAPES["group_increase_approve"]


async def test_what_it_knows_of_itself_and_others(qq: FakeQQ, bot: Bot) -> None:
    answers = {
        "get_login_info": {"user_id": 10001, "nickname": "质评助手"},
        "get_status": {"online": True, "good": True, "stat": {}},
        "get_group_at_all_remain": {
            "can_at_all": True,
            "remain_at_all_count_for_group": 10,
            "remain_at_all_count_for_uin": 10,
        },
    }
    for action, wanted in answers.items():
        assert (await bot.call(action, group_id=GROUP))["data"] == wanted
    groups = (await bot.call("get_group_list"))["data"]
    assert [(item["group_id"], item["member_count"]) for item in groups] == [(GROUP, 4), (OTHER, 1)]
    assert (await bot.call("get_group_info", group_id=GROUP))["data"]["group_name"] == "合肥质评群"
    assert [item["user_id"] for item in (await bot.call("get_friend_list"))["data"]] == [FRIEND]
    assert (await bot.call("get_stranger_info", user_id=MEMBER))["data"]["nickname"] == "小红"
    assert (await bot.call("get_version_info"))["data"]["app_name"] == "NapCat.Onebot"
