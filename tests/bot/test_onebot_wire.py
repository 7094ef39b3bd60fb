"""What the QQ channel makes of an unreliable wire: lost sockets, doubled answers, histories, @全体, recalls."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from nonebot.adapters.onebot.v11 import MessageEvent
from nonebot.drivers import URL

from bot.channels import Sighting
from bot.channels.onebot.adapter import Answers, Gate
from bot.channels.onebot.receive import replier
from bot.channels.onebot.send import OneBotChannel
from core.pushes.models import Target
from core.pushes.states import Outcome
from tests.bot.test_onebot_shapes import shape
from tests.fakeqq.cast import FRIEND, GROUP, MEMBER, OTHER, SCENE
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.live import connected, dialled

HERE, THERE, FRIENDS = (
    Target("qq", "group", str(GROUP)),
    Target("qq", "group", str(OTHER)),
    Target("qq", "private", str(FRIEND)),
)
SELF, ANOTHER = 10001, 10002
WHERE = f"group:{GROUP}"
MARK = "〔通知 26-0317-2〕"
PUSH = f"【上报提醒】凝血试验 3月27日（周五）17:00 截止\n{MARK}"


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FakeQQ]:
    scene = tmp_path_factory.mktemp("wire") / "scene.json"
    scene.write_text(json.dumps(SCENE), encoding="utf-8")
    async with FakeQQ(listen=0, scene=scene, heartbeat=0) as qq:
        yield qq


@pytest.fixture
async def gate(served: FakeQQ, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gate]:
    await served.reset()
    async with dialled(served, monkeypatch) as gate:
        yield gate


@pytest.fixture
def qq(served: FakeQQ, gate: Gate) -> FakeQQ:
    return served


@pytest.fixture
def channel(gate: Gate) -> OneBotChannel:
    return OneBotChannel()


# -- the wire


async def test_what_was_taken_is_delivered_with_its_message_id(qq: FakeQQ, channel: OneBotChannel) -> None:
    before = datetime.now(UTC)
    sent = await channel.send(HERE, PUSH)
    shown = await qq.wait_shown(MARK, group=GROUP)
    assert (sent.outcome, sent.words, sent.message_id) == (Outcome.DELIVERED, "", str(shown["message_id"]))
    assert channel.health.sent_at
    assert channel.health.sent_at >= before


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
async def test_a_socket_that_closes_during_a_call_is_unknown_and_known_at_once(
    qq: FakeQQ, channel: OneBotChannel, kind: str
) -> None:
    await qq.fault(WHERE, kind)
    began = time.monotonic()
    sent = await channel.send(HERE, PUSH)
    assert time.monotonic() - began < 1
    assert (sent.outcome, sent.words) == (Outcome.UNKNOWN, "连接中断或超时")


async def test_a_call_ends_with_its_own_socket_though_another_has_come(
    qq: FakeQQ, gate: Gate, channel: OneBotChannel
) -> None:
    await qq.fault(WHERE, "silent_shown")
    sending = asyncio.create_task(channel.send(HERE, PUSH))
    await qq.wait_shown(MARK)
    lost = next(iter(gate.connections.values()))
    await qq.disconnect()
    assert (await asyncio.wait_for(sending, 1)).outcome is Outcome.UNKNOWN
    await connected(gate)
    assert lost not in gate.connections.values()
    assert (await channel.send(HERE, "再来")).outcome is Outcome.DELIVERED


async def test_without_a_connection_nothing_was_sent(qq: FakeQQ, gate: Gate, channel: OneBotChannel) -> None:
    [bot] = [channel.bot()]
    assert bot
    gate.connections.clear()
    sent = await channel.send(HERE, PUSH)
    assert (sent.outcome, sent.words) == (Outcome.NOT_SENT, "未连接")
    assert not await qq.shown()


@pytest.mark.parametrize("kind", ["timeout_shown", "timeout_hidden"])
async def test_a_time_out_is_unknown(qq: FakeQQ, channel: OneBotChannel, kind: str) -> None:
    await qq.fault(WHERE, kind)
    assert (await channel.send(HERE, PUSH)).outcome is Outcome.UNKNOWN
    assert channel.health.sent_at is None


async def test_a_group_that_we_lost_is_refused_for_good(qq: FakeQQ, channel: OneBotChannel) -> None:
    await qq.leave(GROUP)
    assert (await channel.send(HERE, PUSH)).outcome is Outcome.REFUSED


async def test_a_doubled_answer_does_not_end_the_connection(
    qq: FakeQQ, gate: Gate, channel: OneBotChannel
) -> None:
    socket = next(iter(gate.connections.values()))
    await qq.fault(WHERE, "double_echo", times=5)
    for text in "甲乙丙丁戊":
        assert (await channel.send(HERE, text)).outcome is Outcome.DELIVERED
    assert [one["text"] for one in await qq.shown()] == list("甲乙丙丁戊")
    assert list(gate.connections.values()) == [socket]


def test_a_late_answer_to_a_process_that_died_is_not_taken_for_ours() -> None:
    assert len({Answers().get_seq() for _ in range(8)}) == 8


# -- the history


async def test_our_mark_is_found_in_a_group_and_in_private(qq: FakeQQ, channel: OneBotChannel) -> None:
    since = datetime.now(UTC)
    for target in (HERE, FRIENDS):
        await qq.fault(f"{target.place}:{target.id}", "timeout_shown")
        await channel.send(target, PUSH)
        assert await channel.find(target, MARK, since) is Sighting.FOUND


@pytest.mark.parametrize("target", [HERE, FRIENDS], ids=["group", "private"])
async def test_absence_counts_only_where_something_newer_is_shown(
    qq: FakeQQ, channel: OneBotChannel, target: Target
) -> None:
    group = GROUP if target is HERE else None
    since = datetime.now(UTC) - timedelta(seconds=60)
    earlier, later = (since + timedelta(seconds=s) for s in (-2, 2))
    await qq.say("早", user=FRIEND, group=group, time=earlier.timestamp())
    assert await channel.find(target, MARK, since) is Sighting.UNCLEAR
    await qq.say("晚", user=FRIEND, group=group, time=later.timestamp())
    assert await channel.find(target, MARK, since) is Sighting.ABSENT


async def test_a_history_that_stands_still_or_is_not_shown_says_nothing(
    qq: FakeQQ, channel: OneBotChannel
) -> None:
    since = datetime.now(UTC) - timedelta(seconds=60)
    await qq.say("早", user=FRIEND, group=GROUP, time=(since - timedelta(seconds=2)).timestamp())
    await qq.fault(WHERE, "history_frozen", times=-1)
    await qq.say("晚", user=FRIEND, group=GROUP)
    assert await channel.find(HERE, MARK, since) is Sighting.UNCLEAR
    await qq.fault(WHERE, "clear")
    await qq.fault(WHERE, "history_off")
    assert await channel.find(HERE, MARK, since) is Sighting.UNCLEAR
    assert await channel.find(HERE, MARK, since) is Sighting.ABSENT


async def test_the_mark_is_found_behind_much_talk(qq: FakeQQ, channel: OneBotChannel) -> None:
    since = datetime.now(UTC)
    await channel.send(HERE, PUSH)
    for n in range(180):
        await qq.say(str(n), user=MEMBER, group=GROUP)
    assert await channel.find(HERE, MARK, since) is Sighting.FOUND
    assert len(await qq.calls("get_group_msg_history")) > 3


async def test_only_our_own_message_that_ends_with_the_mark_counts(qq: FakeQQ, channel: OneBotChannel) -> None:
    since = datetime.now(UTC) - timedelta(seconds=60)
    await qq.say(PUSH, user=MEMBER, group=GROUP)
    await channel.send(HERE, f"没有找到项目「{MARK}」。发送「项目」查看全部项目名称。")
    await channel.send(HERE, "〔通知 26-0317-2 1/2〕")
    assert await channel.find(HERE, MARK, since) is Sighting.ABSENT
    assert await channel.find(HERE, "〔通知 26-0317-2 1/2〕", since) is Sighting.FOUND


@pytest.mark.parametrize(("hours", "sighting"), [(23.9, Sighting.FOUND), (24.1, Sighting.ABSENT)])
async def test_what_is_a_day_older_than_the_attempt_was_another_push(
    qq: FakeQQ, channel: OneBotChannel, hours: float, sighting: Sighting
) -> None:
    since = datetime.now(UTC)
    await qq.say(PUSH, user=SELF, group=GROUP, time=(since - timedelta(hours=hours)).timestamp())
    await qq.say("有新消息", user=MEMBER, group=GROUP, time=since.timestamp() + 60)
    assert await channel.find(HERE, MARK, since) is sighting


async def test_a_rehearsal_is_no_sign_of_the_real_push_nor_the_other_way_round(
    qq: FakeQQ, channel: OneBotChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = datetime.now(UTC)
    rehearsed, real = (since - timedelta(hours=hours) for hours in (2, 1))
    await qq.say(f"〔演练〕{PUSH}", user=SELF, group=GROUP, time=rehearsed.timestamp())
    await qq.say("有新消息", user=MEMBER, group=GROUP, time=since.timestamp() + 60)
    assert await channel.find(HERE, MARK, since) is Sighting.ABSENT
    await qq.say(PUSH, user=SELF, group=GROUP, time=real.timestamp())
    assert await channel.find(HERE, MARK, since) is Sighting.FOUND
    monkeypatch.setattr(Gate, "rehearsing", True)
    assert await channel.find(HERE, MARK, since) is Sighting.FOUND


async def test_what_staff_begin_like_a_rehearsal_is_never_taken_for_absent(
    qq: FakeQQ, channel: OneBotChannel
) -> None:
    since = datetime.now(UTC)
    await channel.send(HERE, f"〔演练〕{PUSH}")
    await qq.say("有新消息", user=MEMBER, group=GROUP, time=since.timestamp() + 60)
    assert await channel.find(HERE, MARK, since) is Sighting.UNCLEAR


# -- two accounts


async def test_what_another_account_of_ours_sent_is_found_and_in_private_nobody_knows(
    qq: FakeQQ, channel: OneBotChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = datetime.now(UTC) - timedelta(seconds=60)
    await qq.say(PUSH, user=ANOTHER, group=GROUP)
    for group in (GROUP, None):
        await qq.say("有新消息", user=FRIEND, group=group)
    for target in (HERE, FRIENDS):
        assert await channel.find(target, MARK, since) is Sighting.ABSENT
    monkeypatch.setattr(Gate, "accounts", frozenset({f"qq:{SELF}", f"qq:{ANOTHER}"}))
    assert await channel.find(HERE, MARK, since) is Sighting.FOUND
    assert await channel.find(FRIENDS, MARK, since) is Sighting.UNCLEAR
    monkeypatch.setattr(Gate, "accounts", frozenset())
    monkeypatch.setattr(Gate, "known", {str(SELF), str(ANOTHER)})
    assert await channel.find(HERE, MARK, since) is Sighting.FOUND


async def test_the_account_that_is_well_speaks(qq: FakeQQ, gate: Gate, channel: OneBotChannel) -> None:
    async with FakeQQ(listen=0, heartbeat=0, self_id=ANOTHER) as other:
        await other.groups({"group_id": GROUP})
        dialling = asyncio.create_task(gate._forward_ws(URL(other.forward_url)))
        await until(lambda: len(gate.connections) == 2)
        assert speaker(channel) == str(SELF)
        await qq.online(False, message="登录状态已失效")
        await until(lambda: channel._watches[str(SELF)].health.lost_at is not None)
        assert speaker(channel) == str(ANOTHER)
        assert channel.is_online()
        assert (await channel.send(HERE, PUSH)).outcome is Outcome.DELIVERED
        assert [one["text"] for one in await other.shown()] == [PUSH]
        await other.online(False, message="登录状态已失效")
        await until(lambda: not channel.is_online())
        assert channel.health.why == "账号已下线：登录状态已失效"
        await qq.online()
        dialling.cancel()
        await asyncio.gather(dialling, return_exceptions=True)


def speaker(channel: OneBotChannel) -> str:
    bot = channel.bot()
    return bot.self_id if bot else ""


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.01)


# -- @全体


async def segments(qq: FakeQQ) -> list[str]:
    return [segment["type"] for segment in (await qq.shown())[-1]["segments"]]


async def test_at_all_where_there_is_one_left(qq: FakeQQ, channel: OneBotChannel) -> None:
    sent = await channel.send(HERE, "请尽快上报 [CQ:at,qq=all]", at_all=True)
    assert (sent.outcome, sent.words) == (Outcome.DELIVERED, "")
    (shown,) = await qq.shown()
    assert [one["type"] for one in shown["segments"]] == ["at", "text"]
    assert shown["segments"][0]["data"]["qq"] == "all"
    assert (shown["text"], shown["as_string"]) == ("请尽快上报 [CQ:at,qq=all]", False)


async def test_at_all_that_is_spent_or_not_ours_goes_without_and_says_so(
    qq: FakeQQ, channel: OneBotChannel
) -> None:
    await qq.groups({"group_id": GROUP, "at_all_remain": 1})
    await channel.send(HERE, PUSH, at_all=True)
    spent = await channel.send(HERE, PUSH, at_all=True)
    assert (spent.outcome, spent.words) == (Outcome.DELIVERED, "未@全体：今日次数已用完")
    assert await segments(qq) == ["text"]
    assert (await channel.send(THERE, PUSH, at_all=True)).words == "未@全体：今日次数已用完"


async def test_at_all_is_not_tried_where_nobody_can_say(qq: FakeQQ, channel: OneBotChannel) -> None:
    await qq.leave(OTHER)
    sent = await channel.send(THERE, PUSH, at_all=True)
    assert sent.outcome is Outcome.REFUSED
    assert sent.words.endswith("；未@全体：未能查询剩余次数")


async def test_nobody_is_at_in_private_or_unless_told(qq: FakeQQ, channel: OneBotChannel) -> None:
    await channel.send(FRIENDS, PUSH, at_all=True)
    assert await segments(qq) == ["text"]
    await channel.send(HERE, PUSH)
    assert await segments(qq) == ["text"]
    assert await qq.calls("get_group_at_all_remain") == []


# -- replies


async def test_a_reply_never_bears_the_mark_of_a_push(qq: FakeQQ, gate: Gate, channel: OneBotChannel) -> None:
    since, bot = datetime.now(UTC) - timedelta(seconds=60), channel.bot()
    asked = shape("napcat_group_message") | {"group_id": GROUP}
    event = Gate.json_to_event(asked)
    assert bot
    assert isinstance(event, MessageEvent)
    await replier(bot, event)(f"您要补发的是：\n{PUSH}")
    (shown,) = await qq.shown()
    assert shown["text"] == "您要补发的是：\n【上报提醒】凝血试验 3月27日（周五）17:00 截止"
    assert await channel.find(HERE, MARK, since) is Sighting.ABSENT


# -- taking back


async def test_our_own_push_is_taken_back(qq: FakeQQ, channel: OneBotChannel) -> None:
    sent = await channel.send(HERE, PUSH)
    assert await channel.take_back(HERE, sent.message_id)
    assert [str(one["message_id"]) for one in await qq.recalled()] == [sent.message_id]
    assert not await channel.take_back(HERE, sent.message_id)


async def test_what_we_do_not_know_is_not_taken_back(qq: FakeQQ, gate: Gate, channel: OneBotChannel) -> None:
    for message_id in ("", "x1", "77"):
        assert not await channel.take_back(HERE, message_id)
    sent = await channel.send(HERE, PUSH)
    gate.connections.clear()
    assert not await channel.take_back(HERE, sent.message_id)
