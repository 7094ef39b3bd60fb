"""Somebody new in a group is welcomed, a card put right is thanked for: each once, and one message for many."""

import asyncio
from datetime import timedelta
from typing import Any

import nonebot
import pytest
from sqlalchemy import select

from bot.channels.onebot.cards import Cards, Recarded, recarded
from bot.channels.onebot.leaving import Moves
from core.access import Account, ManagedGroup
from core.members.judge import judge
from core.members.member import Member
from core.members.models import Verdict
from core.pushes.models import Kind
from db.members import group_member
from db.pushes import push
from db.unit import Database
from tests.bot.desk import CENTRE, GROUP, LABS, NOW, OFFICE, Desk
from tests.bot.test_deliverer import Line, Post
from tests.bot.test_leaving import ANNA, SELF, notice

BERT = 300400602
GOOD = "晴川医院+安娜"
WELCOME = (
    "【欢迎入群】请把群名片改为「单位+姓名」，如：合肥演示医院+张三（中心会定期清理没有备注的人员）。\n"
    "新单位申请前，先发送「查重 单位名」看是否申请过，再发送「流程 1」看步骤。\n"
    "提问请@我，「帮助」看全部命令；本单位的事加好友私聊。\n"
    "〔通知 26-0001-1〕"
)


def came(user: object = ANNA, group: str = GROUP) -> dict[str, Any]:
    return notice("group_increase", user=user, group_id=int(group), sub_type="approve")


def card(new: object, old: object = "", user: object = ANNA, **more: Any) -> dict[str, Any]:
    """As NapCat and go-cqhttp send it; Lagrange sends none."""
    event = {"post_type": "notice", "notice_type": "group_card", "self_id": SELF, "time": int(NOW.timestamp())}
    return {**event, "group_id": int(GROUP), "user_id": user, "card_new": new, "card_old": old, **more}


class Hall:
    """Both ears, and the post that carries what they cause; the clocks go by hand."""

    def __init__(self, desk: Desk, on: bool = True) -> None:
        self.db, self.post = desk.db, Post(desk, Line())
        self.moves = Moves(desk.db, self.post.clock, "", lambda: None, on)
        self.cards = Cards(desk.db, self.post.clock, on)

    async def hear(self, *events: dict[str, Any]) -> None:
        now = int(self.post.clock.real().timestamp())
        for event in events:
            for ear in (self.moves, self.cards):
                ear.hear({**event, "time": now})
        await asyncio.gather(*self.moves._tasks, *self.cards._tasks)

    async def said(self, **passing: int) -> list[tuple[str, str]]:
        """What is sent while the time passes."""
        before = len(self.post.line.sent)
        await self.post.pass_time(**passing)
        return self.post.line.sent[before:]

    async def listed(self, *members: Member) -> None:
        await self.db.write(lambda tx: tx.write_members(Account("qq", GROUP), members, NOW, True))

    async def card_of(self, user: int = ANNA) -> tuple[str, int | None]:
        m = group_member.c
        query = select(m.card, m.lab_id).where(m.group_id == GROUP, m.account == str(user))
        row = await self.db.read(lambda tx: tx._one(query))
        return row.card, row.lab_id

    async def planned(self) -> list[str]:
        return [
            row.kind for row in await self.db.read(lambda tx: tx._all(select(push.c.kind).order_by(push.c.id)))
        ]


@pytest.fixture
async def hall(db: Database, monkeypatch: pytest.MonkeyPatch) -> Hall:
    monkeypatch.setattr(nonebot, "get_bots", lambda: {str(SELF): object()})
    hall = Hall(await Desk(db).open(LABS))
    await hall.listed(Member("1"))
    return hall


# -- welcome


async def test_somebody_new_is_welcomed_a_minute_later(hall: Hall) -> None:
    await hall.hear(came())
    assert await hall.said(seconds=59) == []
    assert await hall.said(seconds=1) == [(GROUP, WELCOME)]
    assert len(WELCOME) <= 200
    assert await hall.said(days=1) == []


def test_the_example_is_a_good_card() -> None:
    assert judge("合肥演示医院+张三").verdict is Verdict.OK


async def test_a_burst_of_fifty_is_one_message(hall: Hall) -> None:
    await hall.hear(*(came(300_410_000 + n) for n in range(50)))
    assert await hall.planned() == [Kind.WELCOME]
    assert await hall.said(minutes=1) == [(GROUP, WELCOME)]


async def test_ten_minutes_later_the_next_are_welcomed(hall: Hall) -> None:
    await hall.hear(came())
    await hall.said(minutes=9)
    await hall.hear(came(BERT))
    assert await hall.said(minutes=2) == []
    await hall.hear(came(300400603))
    assert [group for group, _ in await hall.said(minutes=1)] == [GROUP]


async def test_who_comes_back_within_thirty_days_is_not_welcomed_again(hall: Hall) -> None:
    gone = notice("group_decrease", sub_type="leave")
    await hall.hear(came())
    await hall.said(days=29)
    await hall.hear(gone, came())
    assert await hall.said(minutes=2) == []
    await hall.said(days=1)
    await hall.hear(gone, came())
    assert [group for group, _ in await hall.said(minutes=1)] == [GROUP]


async def test_each_group_for_itself(hall: Hall) -> None:
    other = ManagedGroup("qq", "700100201", "二群")
    await hall.db.write(lambda tx: tx.set_group(other, NOW, CENTRE))
    await hall.hear(came(), came(group=other.id))
    assert {group for group, _ in await hall.said(minutes=1)} == {GROUP, other.id}


async def test_at_night_it_waits_for_the_morning_and_not_longer_than_a_day(hall: Hall) -> None:
    await hall.said(hours=13)  # 22:00
    await hall.hear(came())
    assert await hall.said(hours=9, minutes=59) == []
    assert [group for group, _ in await hall.said(minutes=1)] == [GROUP]
    hall.post.line.online = False
    await hall.hear(came(BERT))
    await hall.said(days=1, minutes=1)
    hall.post.line.online = True
    assert await hall.said(minutes=1) == []


@pytest.mark.parametrize("group", [OFFICE, "700100777"])
async def test_neither_staff_groups_nor_groups_of_others(hall: Hall, group: str) -> None:
    await hall.hear(came(group=group))
    assert await hall.planned() == []


async def test_not_where_the_group_receives_other_kinds_only(hall: Hall) -> None:
    wants = ManagedGroup("qq", GROUP, "一群", receives=(Kind.REMINDER,))
    await hall.db.write(lambda tx: tx.set_group(wants, NOW, CENTRE))
    await hall.hear(came())
    assert await hall.planned() == []


@pytest.mark.parametrize("user", [SELF, 2854196310])
async def test_robots_are_not_welcomed(hall: Hall, user: int) -> None:
    await hall.hear(came(user))
    assert await hall.planned() == []


async def test_switched_off_nobody_is_greeted_and_the_list_is_kept(hall: Hall) -> None:
    quiet = Hall(hall.post.desk, on=False)
    await quiet.hear(came(), card(GOOD))
    assert await quiet.planned() == []
    assert (await quiet.card_of())[0] == GOOD


# -- thanks


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (card("新", "旧"), ("旧", "新")),
        (card(None, None), ("", "")),
        (card("新", None), ("", "新")),
        (card("新\0", user=str(ANNA), group_id=GROUP), ("", "新")),
        ({**card("新"), "card_old": None}, ("", "新")),
    ],
)
def test_a_new_card_is_read(event: dict[str, Any], expected: tuple[str, str]) -> None:
    assert recarded(event) == Recarded(Account("qq", GROUP), Account("qq", str(ANNA)), *expected)


@pytest.mark.parametrize(
    "event",
    [
        card("新", user=SELF),
        card("新", user=None),
        card("新", group_id=0),
        {key: value for key, value in card("新").items() if key != "card_new"},
        {**card("新"), "notice_type": "notify"},
        {},
    ],
)
def test_what_is_no_new_card(event: dict[str, Any]) -> None:
    assert recarded(event) is None


async def test_a_card_put_right_after_the_welcome_is_thanked_for_once(hall: Hall) -> None:
    await hall.hear(came())
    await hall.said(minutes=1)
    await hall.hear(card("安娜"))
    assert await hall.said(minutes=2) == []
    await hall.hear(card(GOOD, "安娜"))
    assert await hall.card_of() == (GOOD, 1)
    assert await hall.said(minutes=1) == [(GROUP, "谢谢，群名片已更新。\n〔通知 26-0002-1〕")]
    await hall.hear(card(""), card("晴川医院 安娜"))
    assert await hall.said(days=1) == []


async def test_a_card_that_stood_flagged_in_the_list(hall: Hall) -> None:
    await hall.listed(Member(str(ANNA), "快乐每一天"), Member(str(BERT), "晴川医院+伯特"))
    await hall.hear(card(GOOD), card("晴川医院 伯特", "", BERT))  # the platform does not say what it was
    assert [text.splitlines()[0] for _, text in await hall.said(minutes=1)] == ["谢谢，群名片已更新。"]
    assert await hall.planned() == [Kind.THANKS]


async def test_who_was_never_asked_is_not_thanked(hall: Hall) -> None:
    """Not on any list and not welcomed; or a card that people would disagree about."""
    await hall.hear(card(GOOD, ""))
    await hall.listed(Member(str(BERT), "晴川医院王老师"))
    await hall.hear(card("晴川医院+王伯特", "晴川医院王老师", BERT))
    assert await hall.planned() == []


async def test_a_short_name_of_the_roster_is_a_unit(hall: Hall) -> None:
    assert judge("晴川+安娜").verdict not in (Verdict.OK, Verdict.OK_WARN)
    names = ("0340102", "芜湖演示云栖医院", ["云栖院检"])
    await hall.post.desk.bring(
        LABS.__class__("labs", ("code", "name", "aliases"), [list(names)], [2], source="表")
    )
    await hall.listed(Member(str(ANNA), ""))
    await hall.hear(card("云栖院检 安娜"))
    assert await hall.planned() == [Kind.THANKS]
    assert await hall.card_of() == ("云栖院检 安娜", 2)


async def test_many_cards_are_one_thank_you(hall: Hall) -> None:
    users = [300_410_000 + n for n in range(20)]
    await hall.listed(*(Member(str(user), "快乐每一天") for user in users))
    await hall.hear(
        *(
            card(f"晴川医院+张{n:02d}".replace("0", "甲").replace("1", "乙"), user=user)
            for n, user in enumerate(users)
        )
    )
    assert (await hall.planned()).count(Kind.THANKS) == 1
    assert len(await hall.said(minutes=1)) == 1


async def test_what_is_told_late_changes_nothing(hall: Hall) -> None:
    await hall.listed(Member(str(ANNA), ""))
    late = int((hall.post.clock.real() - timedelta(seconds=121)).timestamp())
    hall.cards.hear({**card(GOOD), "time": late})
    hall.cards.hear({**card(GOOD), "self_id": 99999})
    await asyncio.gather(*hall.cards._tasks)
    assert await hall.card_of() == ("", None)
