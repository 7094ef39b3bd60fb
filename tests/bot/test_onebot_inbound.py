"""What comes in twice, late or from before: one effect, or none; and 收到 that quotes a push."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest

from bot.acknowledging import acknowledges
from bot.answers import Answer
from bot.channels.onebot.adapter import Gate
from bot.channels.onebot.send import OneBotChannel
from bot.commands import Ask, Command, Context, Slot, Table, Where, Who
from bot.door import Door
from bot.settings import load
from core.access import Principal
from core.clock import SystemClock
from core.pushes.models import Target
from db.unit import Database
from tests.bot.desk import commands
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.live import connected, dialled

GROUP, OTHER, FRIEND = 700100200, 700100201, 300400500
PEOPLE = [300400600 + n for n in range(30)]
PUSH = "【上报提醒】凝血试验 3月27日（周五）17:00 截止\n〔通知 26-0317-2〕"


class Clock(SystemClock):
    """The machine's own, set back by so much."""

    def __init__(self, back: float = 0) -> None:
        self.back = timedelta(seconds=back)

    def real(self) -> datetime:
        return super().real() - self.back


class House:
    """A door with two commands: 在吗 is answered with a number that grows; 收到 keeps what it was given."""

    def __init__(self, db: Database) -> None:
        self.db, self.received, self.asked, self.doors = db, list[Ask](), list[str](), list[Door]()
        self.clock = Clock()

    async def hello(self, ask: Ask, who: Principal, ctx: Context) -> None:
        self.asked.append(who.account.id)

    async def noted(self, ask: Ask, who: Principal, ctx: Context) -> Answer | None:
        self.received.append(ask)
        return None

    async def open(self, began: float = 60) -> Door:
        """A process that began so many seconds ago takes over."""
        for door in self.doors:
            await door.stop()
        self.clock = Clock(began)
        hello = Command(("在吗",), self.hello, (), (), Who.ANYONE, Where.ANYWHERE, "在吗", "", personal=False)
        noted = Command(("收到",), self.noted, (Slot.TEXT,), (), Who.ANYONE, Where.ANYWHERE, "收到", "")
        door = Door(self.db, self.clock, Table([hello, noted], []), load(None))
        self.clock.back = timedelta()
        door.start()
        import_module("bot.plugins.door").install(door)
        self.doors.append(door)
        return door

    async def until_asked(self, times: int) -> None:
        await until(lambda: len(self.asked) >= times)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


@pytest.fixture
async def qq(tmp_path: Path) -> AsyncIterator[FakeQQ]:
    members = [{"user_id": user} for user in (*PEOPLE, FRIEND)]
    groups = [{"group_id": group, "members": members} for group in (GROUP, OTHER)]
    scene = tmp_path / "scene.json"
    scene.write_text(json.dumps({"groups": groups, "friends": [{"user_id": FRIEND}]}), encoding="utf-8")
    async with FakeQQ(listen=0, heartbeat=0, scene=scene) as qq:
        yield qq


@pytest.fixture
async def house(db: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    commands()  # the plugin with the one matcher is loaded
    monkeypatch.setattr(Gate, "ears", {})
    house = House(db)
    await house.open()
    yield house
    for door in house.doors:
        await door.stop()
    import_module("bot.plugins.door")._door.clear()


@pytest.fixture
async def gate(qq: FakeQQ, house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gate]:
    async with dialled(qq, monkeypatch) as gate:
        yield gate


async def all_heard(qq: FakeQQ, house: House) -> None:
    """Events are taken in in order of arrival, so once this one is answered and no other waits, all are."""
    await qq.say("在吗", user=FRIEND)
    await until(lambda: str(FRIEND) in house.asked and not house.doors[-1]._waiting)
    house.asked.remove(str(FRIEND))


# -- twice, late, from before


async def test_thirty_old_messages_after_a_reconnect_have_no_second_effect(
    qq: FakeQQ, gate: Gate, house: House
) -> None:
    for user in PEOPLE:
        await qq.say("在吗", user=user, group=GROUP)
    await house.until_asked(30)
    await qq.disconnect()
    await connected(gate, False)
    await connected(gate)
    await qq.wait_connected()
    await qq.replay(30)
    await all_heard(qq, house)
    assert sorted(house.asked) == [str(user) for user in PEOPLE]


async def test_what_was_said_while_we_were_away_is_answered_when_it_comes_again(
    qq: FakeQQ, gate: Gate, house: House
) -> None:
    await qq.disconnect(hard=True)
    await connected(gate, False)
    await qq.post("say", user=PEOPLE[0], text="在吗", group=GROUP)
    await connected(gate)
    await qq.wait_connected()
    await qq.replay()
    await all_heard(qq, house)
    assert house.asked == [str(PEOPLE[0])]


async def test_a_doubled_message_has_one_effect(qq: FakeQQ, gate: Gate, house: House) -> None:
    message_id = await qq.say("在吗", user=PEOPLE[0], group=GROUP)
    for _ in range(5):
        await qq.say("在吗", user=PEOPLE[0], group=GROUP, message_id=message_id)
    await qq.say("在吗", user=PEOPLE[0], group=OTHER)
    await all_heard(qq, house)
    assert house.asked == [str(PEOPLE[0])] * 2


async def test_a_command_older_than_two_minutes_has_none(qq: FakeQQ, gate: Gate, house: House) -> None:
    await house.open(began=3600)
    for age in (30 * 86400, 3600, 121, 115):
        await qq.say("在吗", user=PEOPLE[0], group=GROUP, time=time.time() - age)
    await all_heard(qq, house)
    assert house.asked == [str(PEOPLE[0])]


async def test_after_a_restart_what_was_said_before_has_none(qq: FakeQQ, gate: Gate, house: House) -> None:
    for n, user in enumerate(PEOPLE):
        await qq.say("在吗", user=user, group=GROUP, time=time.time() - 31 + n)
    await house.until_asked(30)
    await house.open(began=0)
    await qq.replay(30)
    await all_heard(qq, house)
    assert len(house.asked) == 30


# -- 收到


@pytest.mark.parametrize(
    "text",
    [
        "收到",
        "收到。",
        "已收到！",
        "收到谢谢",
        "收到，谢谢老师",
        "合肥演示晴川医院 收到",
        "我科已收到了",
        "收悉",
        "【收到】👌",
    ],
)
def test_what_says_that_it_was_seen(text: str) -> None:
    assert acknowledges(text)


@pytest.mark.parametrize(
    "text",
    [
        "没收到",
        "没有收到质控品",
        "什么时候能收到",
        "收到了吗",
        "收到？",
        "收到后多久要上报",
        "收到 请问在哪里上报",
        "好的",
        "",
    ],
)
def test_what_says_something_else(text: str) -> None:
    assert not acknowledges(text)


async def pushed(text: str = PUSH, **to: int) -> int:
    place, peer = next(iter(to.items()))
    sent = await OneBotChannel().send(Target("qq", "group" if place == "group" else "private", str(peer)), text)
    return int(sent.message_id)


async def test_a_quote_of_a_push_is_counted_with_its_mark(qq: FakeQQ, gate: Gate, house: House) -> None:
    for text, mark in ((PUSH, ("26-0317-2", 1)), ("三\n〔通知 26-0317-2 3/3〕", ("26-0317-2", 3))):
        await qq.say("收到，谢谢老师", user=PEOPLE[0], group=GROUP, reply_to=await pushed(text, group=GROUP))
        await until(lambda: bool(house.received))
        assert house.received.pop().marks == (mark,)
    await qq.say("收到", user=FRIEND, reply_to=await pushed(user=FRIEND))
    await until(lambda: bool(house.received))
    (ask,) = house.received
    assert (ask.private, ask.marks) == (True, (("26-0317-2", 1),))


async def test_without_a_quote_of_a_push_it_is_a_courtesy(qq: FakeQQ, gate: Gate, house: House) -> None:
    answer = await pushed("没有找到项目「〔通知 26-0317-2〕」。发送「项目」查看全部项目名称。", group=GROUP)
    copied = await qq.say(PUSH, user=PEOPLE[1], group=GROUP)
    for quoted in (None, answer, copied):
        await qq.say("收到", user=PEOPLE[0], group=GROUP, reply_to=quoted)
    while len(await qq.calls("get_msg")) < 2:  # what is quoted is looked up
        await asyncio.sleep(0.01)
    for text in ("收到", "收到，谢谢！", "已收到。"):
        await qq.say(text, user=FRIEND)
    before = len(await qq.shown())
    await all_heard(qq, house)
    assert house.received == []
    assert len(await qq.shown()) == before


async def test_a_push_may_be_quoted_with_another_command(qq: FakeQQ, gate: Gate, house: House) -> None:
    await qq.say("在吗", user=PEOPLE[0], group=GROUP, reply_to=await pushed(group=GROUP))
    await house.until_asked(1)
    assert (house.asked, house.received) == ([str(PEOPLE[0])], [])
