"""Load by people: how many answers one person and one group get, and how a talk with another robot ends."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loguru import logger

from bot.door import WORKERS, Door
from bot.limits import WINDOW, Limit, Recent, Verdict
from bot.metrics import REGISTRY
from bot.settings import load
from core.access import PlaceKind
from db.unit import Database
from tests.bot.desk import GROUP, LABS, OFFICE, STAFF, STRANGER, Desk

NOW = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)
TOO_FAST = "您发得太快了，暂停回答一分钟。请一分钟后再试。"
GROUP_TOO_FAST = "本群提问较多，暂停在群里回答一分钟。请一分钟后再试，或加我为好友后私聊。"
AWAY = "您好，我现在有事不在，一会儿再和您联系。"
BURNT = "这是一张绑定码，已作废，请勿在群里发送。已通知中心；请私聊我绑定。"
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
CUT_AFTER_3 = [True, True, True, False, False, False]


@dataclass
class Watch:
    """A clock whose real time stands still, too."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    real = now

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Room:
    """The door as a channel uses it, and what it says to each message in turn."""

    desk: Desk
    watch: Watch = field(default_factory=Watch)

    async def open(self, person: int = 20, group: int = 60) -> "Room":
        settings = load(None).model_copy(update={"per_person": person, "per_group": group})
        self.door = Door(self.desk.db, self.watch, self.desk.door.table, settings)
        await self.door.refresh()
        self.door.start()
        return self

    async def say(self, text: str, user: str = STRANGER, group: str = "", **more: object) -> str:
        message = self.desk.incoming(text, user, group, at=self.watch.at, **more)  # type: ignore[arg-type]
        said: list[str] = []

        async def reply(part: object) -> None:
            said.append(part if isinstance(part, str) else f"〔{part}〕")

        if (found := self.door.recognise(message)) is not None:
            self.door.offer(message, reply, found)
        async with asyncio.timeout(10):
            while self.door._waiting or len(self.door._tasks) > WORKERS:
                await asyncio.sleep(0)
        return "\n".join(said)

    async def many(self, count: int, text: str, user: str = STRANGER, group: str = "") -> list[str]:
        """Different words each time, so that nobody is taken for a robot."""
        return [await self.say(f"{text}{'！' * n}", user, group) for n in range(count)]


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await Desk(db).open()


@pytest.fixture
async def room(desk: Desk) -> AsyncIterator[Room]:
    room = Room(desk)
    yield room
    await room.door.stop()


# -- one person, one group


async def test_one_person_is_answered_so_often_a_minute_told_once_and_heard_again_after_one(room: Room) -> None:
    await room.open(person=5)
    said = await room.many(8, "帮助")
    assert all(one.startswith("【质评助手】") for one in said[:5])
    assert said[5:] == [TOO_FAST, "", ""]
    assert await room.say("帮助", "300400777") != ""
    room.watch.wait(59)
    assert await room.say("帮助") == ""
    room.watch.wait(1)
    assert (await room.say("帮助")).startswith("【质评助手】")


async def test_the_same_person_is_one_in_all_places(room: Room) -> None:
    await room.open(person=5)
    await room.many(3, "帮助")
    await room.many(2, "/帮助", group=GROUP)
    assert await room.say("帮助") == TOO_FAST
    assert await room.say("/帮助", group=GROUP) == ""


async def test_staff_have_ten_times_as_much(room: Room) -> None:
    await room.open(person=5)
    said = await room.many(52, "帮助", STAFF)
    assert all(one.startswith("【质评助手】") for one in said[:50])
    assert said[50:] == [TOO_FAST, ""]


async def test_a_group_is_answered_so_often_a_minute_and_a_staff_group_as_often_as_it_likes(room: Room) -> None:
    await room.open(group=10)
    said = [await room.say("/帮助", f"3004007{n:02}", GROUP) for n in range(13)]
    assert all(one.startswith("【质评助手】") for one in said[:10])
    assert said[10:] == [GROUP_TOO_FAST, "", ""]
    assert (await room.say("帮助", "300400701")).startswith("【质评助手】")
    assert all([await room.say("/帮助", f"3004007{n:02}", OFFICE) for n in range(30)])
    room.watch.wait(60)
    assert (await room.say("/帮助", "300400701", GROUP)).startswith("【质评助手】")


async def test_talk_among_people_costs_nothing(room: Room) -> None:
    await room.open(person=5)
    assert not any([await room.say(f"大家好{n}", group=GROUP) for n in range(40)])
    assert (await room.say("帮助", group=GROUP)).startswith("【质评助手】")


async def test_a_code_in_a_group_is_burnt_however_much_its_author_has_said(room: Room) -> None:
    """Protection before limits: also behind the last answer, and while five messages wait."""
    await room.desk.bring(LABS)
    await room.open(person=5)
    code = CODE.findall(await room.say("绑定码 0340101", STAFF))[0]
    await room.many(7, "/帮助", group=GROUP)
    assert await room.say(f"/帮助 {code}", group=GROUP) == f"〔Recall()〕\n{BURNT}"
    assert await room.say("/帮助 啊", group=GROUP) == ""
    assert (await room.say(f"绑定 {code}", "300400777")).startswith("绑定码不对或已失效。")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40)), max_size=200))
def test_never_more_than_allowed_in_any_minute(steps: list[tuple[int, int]]) -> None:
    limit, now = Limit(), NOW
    answered: dict[int, list[datetime]] = {}
    told: dict[int, list[datetime]] = {}
    for key, wait in steps:
        now += timedelta(seconds=wait)
        verdict = limit.spend(key, 5, now)
        kept = {Verdict.ANSWER: answered, Verdict.TOLD: told}.get(verdict)
        if kept is not None:
            kept.setdefault(key, []).append(now)
    for times, most in [(one, 5) for one in answered.values()] + [(one, 1) for one in told.values()]:
        assert not any(later - first < WINDOW for first, later in zip(times, times[most:], strict=False))


def test_only_so_many_people_are_remembered() -> None:
    recent: Recent[list[int]] = Recent(list, most=3)
    recent.of("a").append(1)
    for key in "bcab":
        recent.of(key)
    recent.of("d")
    assert len(recent) == 3
    assert recent.of("a") == [1]


# -- another robot


async def test_an_away_message_is_answered_three_times_and_no_more(room: Room) -> None:
    await room.open()
    said = []
    for _ in range(8):
        said.append(await room.say(AWAY))
        room.watch.wait(1)
    assert [bool(one) for one in said] == [*CUT_AFTER_3, False, False]


async def test_a_slow_one_as_well(room: Room) -> None:
    await room.open()
    said = []
    for _ in range(6):
        said.append(await room.say(AWAY))
        room.watch.wait(60)
    assert [bool(one) for one in said] == CUT_AFTER_3


async def test_a_robot_that_says_something_else_each_time_is_cut(room: Room) -> None:
    await room.open()
    said = []
    for n in range(6):
        said.append(await room.say(f"亲，这是第{n}条自动消息哦"))
        room.watch.wait(2)
    assert [bool(one) for one in said] == CUT_AFTER_3
    assert await room.say("帮助") != "", "a command is a person's"


async def test_whoever_asks_one_question_after_the_other_is_answered(room: Room) -> None:
    await room.open()
    asked = "证书什么时候发？ 用什么浏览器登录？ 初始密码是什么？ 哪些单位可以申请？ 漏报了还能补吗？"
    assert all([await room.say(one) for one in asked.split()])


async def test_a_robot_in_a_group_that_gives_the_command_back(room: Room) -> None:
    await room.open()
    said = []
    for _ in range(6):
        said.append(await room.say("帮助", group=GROUP))
        room.watch.wait(3)
    assert [bool(one) for one in said] == CUT_AFTER_3
    assert await room.say("帮助", "300400777", GROUP) != ""
    assert (await room.say("帮助")).startswith("【质评助手】"), "in another place the account is heard"


async def test_after_ten_minutes_it_is_heard_again(room: Room) -> None:
    await room.open()
    for _ in range(4):
        await room.say(AWAY)
    room.watch.wait(599)
    assert await room.say(AWAY) == ""
    room.watch.wait(1)
    assert [bool(await room.say(AWAY)) for _ in range(6)] == CUT_AFTER_3


async def test_a_person_who_asks_the_same_with_minutes_between_is_answered(room: Room) -> None:
    await room.open()
    for text, wait in (("成绩", 120), ("上报", 61)):
        for _ in range(6):
            assert await room.say(text) != ""
            room.watch.wait(wait)


async def test_a_person_who_talks_fast_but_not_at_once_is_answered(room: Room) -> None:
    await room.open(person=60)
    for n in range(10):
        assert await room.say(f"老师，第{n}个问题想请教一下") != ""
        room.watch.wait(5.5)


async def test_commands_at_once_are_no_robot_in_private(room: Room) -> None:
    await room.open()
    for text in ("截止", "项目", "帮助", "流程", "截止", "项目", "帮助"):
        assert await room.say(text) != ""


async def test_commands_of_staff_are_never_taken_for_a_robots(room: Room) -> None:
    await room.open()
    assert all([await room.say("待办", STAFF) for _ in range(10)])
    assert [bool(await room.say(AWAY, STAFF)) for _ in range(6)] == CUT_AFTER_3


async def test_an_impatient_person_is_answered_and_then_still_heard_with_something_else(room: Room) -> None:
    await room.open()
    assert [bool(await room.say("成绩")) for _ in range(5)] == [True, True, True, False, False]
    assert await room.say("截止") != ""


async def test_a_cut_is_logged_once_without_the_number_and_counted(room: Room) -> None:
    await room.open()
    lines: list[str] = []
    sink = logger.add(lines.append, format="{message}")
    before = _unanswered("loop")
    try:
        for _ in range(9):
            await room.say(AWAY)
    finally:
        logger.remove(sink)
    assert [one.strip() for one in lines if "answers each" in one] == [
        "QQ 300****99 answers each of our answers; not answered for a while"
    ]
    assert STRANGER not in "".join(lines)
    assert _unanswered("loop") == before + 6


async def test_a_temporary_session_can_loop_too(room: Room) -> None:
    await room.open()
    said = [await room.say(AWAY, place=PlaceKind.TEMPORARY) for _ in range(5)]
    assert [bool(one) for one in said] == [True, True, True, False, False]


def _unanswered(why: str) -> float:
    return REGISTRY.get_sample_value("eqabot_unanswered_total", {"why": why}) or 0.0
