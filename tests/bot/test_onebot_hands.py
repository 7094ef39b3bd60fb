"""What the QQ channel does besides talking, tried on the fake QQ: friends, recalls, files."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import nonebot
import pytest
from loguru import logger
from nonebot.adapters import Bot as BaseBot
from nonebot.adapters.onebot.v11 import ActionFailed, Bot, Event, FriendRequestEvent
from nonebot.adapters.onebot.v11.utils import handle_api_result

from bot.channels.onebot.adapter import Gate, install
from bot.channels.onebot.classify import classify
from bot.channels.onebot.files import send_file
from bot.channels.onebot.recall import recall
from bot.channels.onebot.requests import befriend
from core.pushes.states import Outcome
from tests.fakeqq.cast import FRIEND, GROUP, MEMBER, OTHER, OWNER, SCENE, STRANGER
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.double import Bot as Double

MANAGED = [str(OTHER), str(GROUP)]
BOOK = b"PK\x03\x04" + bytes(range(256)) * 100


class Wire(Gate):
    """The adapter with its wire laid to the fake; what goes over it is the same."""

    double: Double

    async def _call_api(self, bot: BaseBot, api: str, **data: Any) -> Any:
        data.pop("_timeout")
        return handle_api_result(await self.double.call(api, **data))


@pytest.fixture(scope="module")
async def pair(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[FakeQQ, Double]]:
    scene = tmp_path_factory.mktemp("hands") / "scene.json"
    scene.write_text(json.dumps(SCENE), encoding="utf-8")
    double = Double()
    await double.start()
    async with FakeQQ(double.url, scene=scene, heartbeat=0) as qq:
        yield qq, double
    await double.stop()


@pytest.fixture
async def qq(pair: tuple[FakeQQ, Double]) -> FakeQQ:
    qq, double = pair
    await qq.wait_connected()
    await double.call("get_status")  # in order: whatever was pushed before has come now
    while not double.events.empty():
        double.events.get_nowait()
    await qq.reset()
    return qq


@pytest.fixture
def bot(pair: tuple[FakeQQ, Double], qq: FakeQQ) -> Bot:
    nonebot.init(_env_file=None, driver="~none", log_level="ERROR")
    install(frozenset())
    wire = Wire(nonebot.get_driver())
    wire.double = pair[1]
    wire.connections["10001"] = object()  # type: ignore[assignment]
    return Bot(wire, "10001")


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Everything that is logged, at any level."""
    lines: list[str] = []
    handler = logger.add(lambda line: lines.append(str(line)), level="TRACE")
    yield lines
    logger.remove(handler)


async def asked(qq: FakeQQ, bot: Bot, user: int, times: int = 1) -> FriendRequestEvent:
    """The event of a friend request, as the adapter reads it."""
    await qq.friend_request(user, "我是合肥演示晴川医院，编码0340101", times=times)
    event = await next_event(bot)
    assert isinstance(event, FriendRequestEvent)
    return event


async def next_event(bot: Bot) -> Event | None:
    assert isinstance(bot.adapter, Wire)
    return bot.adapter.json_to_event(await bot.adapter.double.event())


async def friends(qq: FakeQQ) -> list[int]:
    return [one["user_id"] for one in (await qq.state())["answered"] if one["approve"]]


# -- who is a friend


@pytest.mark.parametrize("known", [None, False], ids=["no list says", "an old list says no"])
async def test_a_member_of_a_managed_group_becomes_a_friend(qq: FakeQQ, bot: Bot, known: bool | None) -> None:
    assert await befriend(bot, await asked(qq, bot, MEMBER), MANAGED, known)
    await qq.say("帮助", user=MEMBER)
    await next_event(bot)  # friend_add
    found = await next_event(bot)
    assert found is not None
    assert found.get_event_name() == "message.private.friend"
    calls = [call["params"] for call in await qq.calls("get_group_member_info")]
    assert [(one["group_id"], one["no_cache"]) for one in calls] == [(OTHER, False), (GROUP, False)]


async def test_a_known_member_is_accepted_without_asking(qq: FakeQQ, bot: Bot) -> None:
    assert await befriend(bot, await asked(qq, bot, STRANGER), MANAGED, True)
    assert await qq.calls("get_group_member_info") == []
    assert await friends(qq) == [STRANGER]


@pytest.mark.parametrize("known", [None, False])
async def test_a_stranger_is_left_for_people_and_never_refused(qq: FakeQQ, bot: Bot, known: bool | None) -> None:
    assert not await befriend(bot, await asked(qq, bot, STRANGER), MANAGED, known)
    state = await qq.state()
    assert state["answered"] == []
    assert [one["user_id"] for one in state["requests"]] == [STRANGER]


async def test_a_member_of_other_peoples_groups_is_a_stranger(qq: FakeQQ, bot: Bot) -> None:
    for managed in ([], [str(OTHER)]):
        assert not await befriend(bot, await asked(qq, bot, MEMBER), managed, None)
    assert await friends(qq) == []


async def test_at_most_twenty_groups_are_asked(qq: FakeQQ, bot: Bot) -> None:
    many = [str(number) for number in range(1, 21)]
    assert not await befriend(bot, await asked(qq, bot, MEMBER), [*many, str(GROUP)], None)
    assert len(await qq.calls("get_group_member_info")) == 20


async def test_a_group_that_we_lost_does_not_keep_members_of_others_out(qq: FakeQQ, bot: Bot) -> None:
    await qq.leave(OTHER)
    await next_event(bot)
    assert await befriend(bot, await asked(qq, bot, MEMBER), MANAGED, None)


async def test_a_request_told_twice_is_accepted_once(qq: FakeQQ, bot: Bot) -> None:
    event = await asked(qq, bot, MEMBER, times=2)
    assert [await befriend(bot, event, MANAGED, None) for _ in range(2)] == [True, False]
    assert await friends(qq) == [MEMBER]


async def test_what_people_write_into_requests_and_cards_is_not_logged(
    qq: FakeQQ, bot: Bot, log: list[str]
) -> None:
    request = await asked(qq, bot, STRANGER)
    await befriend(bot, request, MANAGED, None)
    await qq.say("大家好", user=MEMBER, group=GROUP, card="0340101-李四")
    card = await next_event(bot)
    assert card is not None
    assert card.get_event_name() == "notice.group_card"
    join = {"post_type": "request", "request_type": "group", "sub_type": "add", "comment": "答案：0340101"}
    joining = Gate.json_to_event(join | {"time": 1, "self_id": 1, "group_id": GROUP, "user_id": 2, "flag": "f"})
    assert joining is not None
    for event in (request, card, joining):
        with pytest.raises(nonebot.exception.NoLogException):
            event.get_log_string()
    assert "0340101" not in "".join(log)
    assert "a friend request is left for people" in "".join(log)


# -- recalls


async def test_an_admin_takes_a_members_message_back(qq: FakeQQ, bot: Bot) -> None:
    message_id = await qq.say("我的编码是0340101", user=MEMBER, group=GROUP)
    assert await recall(bot, message_id)
    assert [one["message_id"] for one in await qq.recalled()] == [message_id]


@pytest.mark.parametrize(
    ("user", "group", "role"),
    [(OWNER, GROUP, "admin"), (MEMBER, GROUP, "member"), (FRIEND, None, "admin")],
    ids=["the owner's", "a member's, being a member", "the other side's in private"],
)
async def test_what_could_not_be_recalled_is_said(
    qq: FakeQQ, bot: Bot, log: list[str], user: int, group: int | None, role: str
) -> None:
    await qq.groups({"group_id": GROUP, "self_role": role})
    message_id = await qq.say("我的编码是0340101", user=user, group=group)
    assert not await recall(bot, message_id)
    assert await qq.recalled() == []
    assert "a message was not recalled: UNKNOWN" in "".join(log)
    assert "0340101" not in "".join(log)


async def test_what_is_gone_already_or_was_never_there_is_no_recall_of_ours(qq: FakeQQ, bot: Bot) -> None:
    message_id = await qq.say("说错了", user=MEMBER, group=GROUP)
    await qq.recall(message_id)
    assert not await recall(bot, message_id)
    assert not await recall(bot, 1)


async def test_without_a_connection_nothing_is_recalled(qq: FakeQQ, bot: Bot) -> None:
    await qq.pause()
    assert isinstance(bot.adapter, Wire)
    bot.adapter.connections.clear()
    assert not await recall(bot, 1)
    await qq.resume()


# -- files


async def test_a_file_arrives_whole_and_under_its_name(qq: FakeQQ, bot: Bot) -> None:
    await send_file(bot, FRIEND, "2026年第1次 未上报.xlsx", BOOK)
    (file,) = await qq.files(user=FRIEND)
    assert (file.name, file.content) == ("2026年第1次 未上报.xlsx", BOOK)


async def test_a_large_file_arrives_too(qq: FakeQQ, bot: Bot) -> None:
    await send_file(bot, FRIEND, "大.xlsx", BOOK * 320)  # 8 MB
    assert (await qq.wait_file("大.xlsx", user=FRIEND)).content == BOOK * 320


@pytest.mark.parametrize(
    ("user", "outcome"), [(OWNER, Outcome.REFUSED), (STRANGER, Outcome.REFUSED), (MEMBER, Outcome.NOT_SENT)]
)
async def test_who_is_no_friend_gets_no_file(qq: FakeQQ, bot: Bot, user: int, outcome: Outcome) -> None:
    await qq.say("帮助", user=MEMBER)  # through a group, where QQ takes no files
    with pytest.raises(ActionFailed) as refused:
        await send_file(bot, user, "成绩.xlsx", BOOK)
    assert classify(refused.value)[0] is outcome
    assert await qq.files() == []


@pytest.mark.parametrize("kind", ["timeout_shown", "timeout_hidden"])
async def test_a_file_may_have_arrived_after_a_timeout(qq: FakeQQ, bot: Bot, kind: str) -> None:
    await qq.fault(f"private:{FRIEND}", kind)
    with pytest.raises(ActionFailed) as doubt:
        await send_file(bot, FRIEND, "成绩.xlsx", BOOK)
    assert classify(doubt.value)[0] is Outcome.UNKNOWN


async def test_a_lost_connection_ends_the_wait(qq: FakeQQ, bot: Bot) -> None:
    await qq.fault(f"private:{FRIEND}", "silent_shown")
    gate = bot.adapter
    assert isinstance(gate, Wire)
    gate.bot_connect(bot)
    sending = asyncio.create_task(send_file(bot, FRIEND, "成绩.xlsx", BOOK))
    await qq.wait_shown("[文件]成绩.xlsx", user=FRIEND)
    gate.connections.clear()
    gate.bot_disconnect(bot)
    with pytest.raises(ConnectionError) as lost:
        await asyncio.wait_for(sending, 1)
    assert classify(lost.value)[0] is Outcome.UNKNOWN
