"""Who is in the managed groups: read over OneBot, kept whole or not at all, and said to staff by 未备注."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import ActionFailed, NetworkError
from sqlalchemy import text

from bot.channels.onebot import members
from bot.channels.onebot.members import parse_members
from bot.channels.onebot.send import OneBotChannel
from bot.scheduler.members import MemberReader
from bot.settings import Pace
from bot.texts import say
from core.access import Account, ManagedGroup
from core.clock import ManualClock
from core.members.departures import Listed
from core.members.member import Member
from core.members.models import Reason, Verdict
from core.pushes.models import Kind
from core.pushes.states import State
from db.unit import Database
from tests.bot.desk import CENTRE, GROUP, LABS, NOW, OFFICE, STAFF, STRANGER, VIEWER, Desk
from tests.bot.test_onebot_shapes import shape

FIRST = Account("qq", GROUP)
JOINED = datetime(2023, 7, 22, 4, 26, 40, tzinfo=UTC)


def rows(name: str) -> Any:
    return shape(name)["data"]


# -- what the implementations send


def test_napcat_tells_owner_member_and_robot() -> None:
    assert parse_members(rows("napcat_get_group_member_list"), "10001") == [
        Member("300400501", "管理-李四", "群主", "owner", datetime(2020, 9, 13, 12, 26, 40, tzinfo=UTC)),
        Member("300400500", "", "小明", "member", JOINED),
        Member("2854196310", "", "Q群管家", "robot", datetime(2020, 9, 13, 12, 26, 41, tzinfo=UTC)),
    ]


def test_go_cqhttp_and_lagrange_with_its_null_card_mean_the_same() -> None:
    expected = [Member("300400500", "", "小明", "member", JOINED)]
    assert parse_members(rows("gocq_get_group_member_list"), "10001") == expected
    assert parse_members(rows("lagrange_get_group_member_list_null_card"), "10001") == expected


def test_our_own_account_and_the_official_robots_are_robots() -> None:
    found = parse_members(rows("gocq_get_group_member_list"), "300400500")
    assert found is not None
    assert [one.role for one in found] == ["robot"]
    official = [{**rows("gocq_get_group_member_list")[0], "user_id": 2854196310}]
    assert [one.role for one in parse_members(official, "10001") or ()] == ["robot"]


@pytest.mark.parametrize("field", ["user_id", "card", "role"])
def test_a_list_with_a_missing_field_is_void_as_a_whole(field: str) -> None:
    good = rows("napcat_get_group_member_list")
    assert parse_members([*good, {key: value for key, value in good[0].items() if key != field}], "1") is None


@pytest.mark.parametrize("answer", [None, {}, "error", [None], [{"user_id": 1, "card": "", "role": "unknown"}]])
def test_what_is_no_list_of_members_is_void(answer: object) -> None:
    assert parse_members(answer, "1") is None


def test_odd_values_do_no_harm() -> None:
    row = {"user_id": "300400500", "card": "张\0三", "role": "member", "join_time": 10**15}
    assert parse_members([row, row], "1") == [Member("300400500", "张三")]


class FakeBot:
    self_id = "10001"


class FakeChannel(OneBotChannel):
    """A connected account whose calls are answered by `answers`, one after another."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Any) -> None:
        self.answers, self.asked = list(answers), list[Any]()
        monkeypatch.setattr(members, "call", self.call)

    def bot(self) -> Any:
        return FakeBot()

    async def call(self, _bot: Any, action: str, **params: Any) -> Any:
        self.asked.append((action, params))
        if isinstance(answer := self.answers.pop(0), Exception):
            raise answer
        return answer


async def test_napcats_old_list_is_only_the_call_to_renew_it(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = ([{"user_id": 1, "card": card, "role": "member"}] for card in ("旧", "新"))
    channel = FakeChannel(monkeypatch, old, new, {"member_count": 1})
    assert await members.OneBotMembers(channel).members(GROUP, 0) == Listed([Member("1", "新")], complete=True)
    assert channel.asked == [
        ("get_group_member_list", {"group_id": int(GROUP), "no_cache": True}),
        ("get_group_member_list", {"group_id": int(GROUP), "no_cache": False}),
        ("get_group_info", {"group_id": int(GROUP), "no_cache": True}),
    ]


@pytest.mark.parametrize(
    ("told", "complete"),
    [
        ({"member_count": 1}, True),
        ({"member_count": 2}, False),
        ({"member_count": 0}, False),
        ({"member_count": "1"}, False),
        ({}, False),
        (None, False),
        (NetworkError("gone"), False),
    ],
)
async def test_a_list_is_complete_if_it_has_as_many_as_the_group_is_said_to_have(
    monkeypatch: pytest.MonkeyPatch, told: Any, complete: bool
) -> None:
    rows = [{"user_id": 1, "card": "", "role": "member"}] * 2  # twice the same person
    listed = await members.OneBotMembers(FakeChannel(monkeypatch, rows, rows, told)).members(GROUP, 0)
    assert listed == Listed([Member("1")], complete)


@pytest.mark.parametrize("fault", [ActionFailed(**shape("gocq_group_not_found_100")), NetworkError("gone")])
async def test_a_call_that_fails_gives_no_list(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    channel = FakeChannel(monkeypatch, [], fault)
    assert await members.OneBotMembers(channel).members(GROUP, 0) is None


# -- reading


class Source:
    """An account that sees these lists; `asked` are the groups it was asked for."""

    platform = "qq"

    def __init__(self, **lists: Sequence[Member] | None) -> None:
        self.lists: dict[str, Any] = {name[1:]: members for name, members in lists.items()}
        self.asked: list[str] = []
        self.partial = set[str]()
        self.bot: object | None = object()

    def connection(self) -> object | None:
        return self.bot

    async def members(self, group: str, pause: float) -> Listed | None:
        self.asked.append(group)
        found = self.lists.get(group)
        return None if found is None else Listed(list(found), group not in self.partial)


GOOD = [Member(str(300400501 + at), f"合肥演示晴川医院+张{name}") for at, name in enumerate("一二三四五六")]


class MovingClock(ManualClock):
    """Real time stands with business time, for lists are read by real days."""

    def real(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


async def reader(db: Database, source: Source) -> tuple[MemberReader, MovingClock]:
    await Desk(db).open(LABS)
    clock = MovingClock(NOW)

    async def at_once(_seconds: float) -> None:
        pass

    return MemberReader(db, clock, source, Pace(0, 0), at_once), clock


async def test_all_managed_groups_are_read_when_an_account_connects(db: Database) -> None:
    source = Source(g700100200=GOOD, g700100299=GOOD[:1])
    reading, _ = await reader(db, source)
    await reading.once()
    assert source.asked == [GROUP, OFFICE]
    assert await db.read(lambda tx: tx.members(FIRST)) == GOOD
    assert await db.read(lambda tx: tx.members_as_of(FIRST)) == NOW


async def test_then_once_a_day(db: Database) -> None:
    source = Source(g700100200=GOOD, g700100299=GOOD[:1])
    reading, clock = await reader(db, source)
    await reading.once()
    clock.advance(timedelta(hours=23))
    await reading.once()
    assert len(source.asked) == 2
    clock.advance(timedelta(hours=2))
    await reading.once()
    assert source.asked == [GROUP, OFFICE] * 2


async def test_a_connection_that_comes_and_goes_asks_once_an_hour_at_most(db: Database) -> None:
    source = Source(g700100200=GOOD, g700100299=GOOD[:1])
    reading, clock = await reader(db, source)
    for _ in range(5):
        source.bot = object()
        await reading.once()
        clock.advance(timedelta(minutes=10))
    assert len(source.asked) == 2
    clock.advance(timedelta(minutes=10))
    source.bot = object()
    await reading.once()
    assert len(source.asked) == 4


async def test_nobody_is_asked_while_no_account_is_connected(db: Database) -> None:
    source = Source(g700100200=GOOD)
    source.bot = None
    reading, _ = await reader(db, source)
    await reading.once()
    assert source.asked == []
    assert await db.read(lambda tx: tx.members_as_of(FIRST)) is None


async def test_who_left_is_gone_and_a_better_card_is_there(db: Database) -> None:
    source = Source(g700100200=GOOD)
    reading, clock = await reader(db, source)
    await reading.once()
    better = [
        replace(GOOD[0], card="芜湖演示云栖医院+张一"),
        *GOOD[2:],
        Member("300400599", "太和演示青禾卫生院+新人"),
    ]
    source.lists[GROUP] = better
    clock.advance(timedelta(days=1))
    await reading.once()
    assert await db.read(lambda tx: tx.members(FIRST)) == better
    assert await db.read(lambda tx: tx.members_as_of(FIRST)) == clock.now()


@pytest.mark.parametrize("void", [None, [], GOOD[:2], [replace(one, card="") for one in GOOD]])
async def test_a_void_list_leaves_the_old_one_and_is_asked_for_again(
    db: Database, void: list[Member] | None
) -> None:
    source = Source(g700100200=GOOD, g700100299=GOOD[:1])
    reading, clock = await reader(db, source)
    await reading.once()
    source.lists[GROUP] = void
    clock.advance(timedelta(days=1))
    await reading.once()
    assert await db.read(lambda tx: tx.members(FIRST)) == GOOD
    assert await db.read(lambda tx: tx.members_as_of(FIRST)) == NOW
    await reading.once()  # a second one on the same day tells nobody anew
    alarms = await db.read(lambda tx: tx.recent_deliveries([State.PLANNED], 10))
    assert [(one.push.kind, one.target.id, one.push.facts["about"]) for one in alarms] == [
        (Kind.ALARM, OFFICE, "members")
    ]
    source.lists[GROUP] = GOOD[1:]
    clock.advance(timedelta(hours=1))
    await reading.once()
    assert await db.read(lambda tx: tx.members(FIRST)) == GOOD[1:]


# -- who has left


async def bound(db: Database, account: str) -> bool:
    return bool((await db.read(lambda tx: tx.principal(Account("qq", account)))).labs)


async def missing(db: Database, partial: bool = False) -> tuple[MemberReader, MovingClock, Source]:
    """One of the six is bound, and on the second day's list no more."""
    source = Source(g700100200=GOOD, g700100299=GOOD[:1])
    reading, clock = await reader(db, source)
    await db.write(lambda tx: tx.bind(Account("qq", GOOD[-1].account), 1, "code", NOW))
    await reading.once()
    source.lists[GROUP] = GOOD[:-1]
    if partial:
        source.partial.add(GROUP)
    clock.advance(timedelta(days=1))
    await reading.once()
    source.asked.clear()
    return reading, clock, source


async def test_who_is_missing_is_looked_for_again_ten_minutes_later(db: Database) -> None:
    reading, clock, source = await missing(db)
    assert await bound(db, GOOD[-1].account)
    clock.advance(timedelta(minutes=9, seconds=59))
    await reading.once()
    assert source.asked == []
    clock.advance(timedelta(seconds=1))
    await reading.once()
    assert source.asked == [GROUP, OFFICE]
    assert not await bound(db, GOOD[-1].account)
    clock.advance(timedelta(hours=23))
    await reading.once()
    assert source.asked == [GROUP, OFFICE]


async def test_lists_that_stay_partial_revoke_nobody_and_are_not_read_all_day(db: Database) -> None:
    reading, clock, source = await missing(db, partial=True)
    for _ in range(6 * 23):
        clock.advance(timedelta(minutes=10))
        await reading.once()
    assert source.asked == [GROUP, OFFICE] * 3
    assert await bound(db, GOOD[-1].account)


async def test_a_list_that_fails_meanwhile_is_not_asked_for_at_every_look(db: Database) -> None:
    reading, clock, source = await missing(db)
    source.lists[GROUP] = None
    clock.advance(timedelta(minutes=10))
    for _ in range(5):
        await reading.once()
    assert source.asked == [GROUP, OFFICE]
    assert await bound(db, GOOD[-1].account)
    source.lists[GROUP] = GOOD[:-1]
    clock.advance(timedelta(minutes=10))
    await reading.once()
    assert not await bound(db, GOOD[-1].account)


# -- 未备注

CARDS = (
    "合肥演示晴川医院+张演示",
    "芜湖演示云栖医院",
    "",
    "小马",
    "太和县 王演示 13800001111",
    "0340101 李演示",
    "太和演示青禾卫生院+赵老师",
)
MEMBERS = [Member(str(300400600 + at), card, f"昵称{at}") for at, card in enumerate(CARDS)]
OTHERS = [
    Member("300400700", "", "群主", "owner"),
    Member("300400701", "", "管理", "admin"),
    Member("300400702", "", "Q群管家", "robot"),
]
ONE = """【未备注】应为“单位+姓名”
▍一群：7 人中未备注 5 人
未填写 1、无效 1、缺单位 2、缺姓名 1、姓名不全 1
· （空）昵称「昵称2」：没有群名片
· 小马：像网名，缺少单位和姓名
· 太和县 王演示 ＊：缺少单位
· ＊ 李演示：缺少单位
· 芜湖演示云栖医院：缺少姓名
数据截至 3月20日 09:00"""


async def desk(db: Database, here: Sequence[Member] = (*MEMBERS, *OTHERS)) -> Desk:
    opened = await Desk(db).open(LABS)
    await db.write(lambda tx: tx.write_members(FIRST, here, NOW))
    return opened


@pytest.mark.parametrize("words", ["未备注", "未备注 一群", f"未备注 {GROUP}"])
@pytest.mark.parametrize("group", ["", OFFICE])
async def test_staff_see_whose_card_is_not_in_form(db: Database, words: str, group: str) -> None:
    assert await (await desk(db)).say(words, VIEWER, group) == ONE


async def test_who_read_it_is_logged(db: Database) -> None:
    await (await desk(db)).say("未备注", VIEWER)
    query = text("SELECT actor, subject FROM audit_log WHERE action = 'members.unremarked'")
    assert [tuple(row) for row in await db.read(lambda tx: tx._all(query))] == [(f"qq:{VIEWER}", "members")]


async def test_a_group_whose_list_was_never_read_is_not_known(db: Database) -> None:
    opened = await Desk(db).open(LABS)
    assert await opened.say("未备注", STAFF) == "【未备注】应为“单位+姓名”\n▍一群：还没有读到成员名单"


async def test_a_group_in_form_is_said_to_be(db: Database) -> None:
    opened = await desk(db, MEMBERS[:1])
    assert await opened.say("未备注 一群", STAFF) == (
        "【未备注】应为“单位+姓名”\n▍一群：1 人，没有未备注的\n数据截至 3月20日 09:00"
    )


async def test_long_lists_fit_one_message_and_say_how_many_more(db: Database) -> None:
    names = [f"{number}群" for number in "一二三四五六七八九十"]
    bad = [Member(str(at), f"这是一个很长很长的网名而且没有单位也没有姓名{at}") for at in range(900)]
    opened = await desk(db, bad)
    for at, name in enumerate(names[1:], 1):
        place = ManagedGroup("qq", str(700100200 + at), name)
        await db.write(lambda tx, g=place: tx.set_group(g, NOW, CENTRE))  # type: ignore[misc]
        await db.write(lambda tx, g=place: tx.write_members(Account("qq", g.id), bad, NOW))  # type: ignore[misc]
    one, many = await opened.say("未备注 一群", STAFF), await opened.say("未备注", STAFF)
    assert "▍一群：900 人中未备注 900 人" in one
    assert "· 其余 872 人" in one
    assert "另有 2 个群，请写群名查看，如：未备注 一群" in many
    assert max(len(one), len(many)) <= 1500


async def test_an_unknown_group_gets_the_names_of_the_known_ones(db: Database) -> None:
    opened = await desk(db)
    assert await opened.say("未备注 九群", STAFF) == "没有管理名为「九群」的群。现有：一群、办公室。"


async def test_a_word_that_names_several_groups_is_asked_back(db: Database) -> None:
    opened = await desk(db)
    await db.write(lambda tx: tx.set_group(ManagedGroup("qq", "700100201", "二群"), NOW, CENTRE))
    assert await opened.say("未备注 群", STAFF) == "「群」对应多个群：一群、二群。请写全群名重发。"


async def test_others_learn_nothing(db: Database) -> None:
    opened = await desk(db)
    assert await opened.say("未备注", STRANGER, GROUP) == ""
    assert (
        await opened.say("未备注 一群", STRANGER) == "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
    )


async def test_a_card_that_names_a_lab_grants_nothing(db: Database) -> None:
    opened = await desk(db, [Member(STRANGER, "合肥演示晴川医院+张演示"), *OTHERS])
    asker = await opened.db.read(lambda tx: tx.principal(Account("qq", STRANGER)))
    assert (asker.labs, asker.applied, asker.is_staff) == (frozenset(), frozenset(), False)


def test_every_verdict_and_reason_has_its_words() -> None:
    assert all(say("members/verdict", {"verdict": verdict}) for verdict in Verdict)
    assert [reason for reason in Reason if not say("members/reason", {"reason": reason})] == [Reason.NONE]
