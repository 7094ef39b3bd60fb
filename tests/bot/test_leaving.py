"""What QQ tells of people who come and go."""

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import nonebot
import pytest

from bot.channels.onebot import leaving
from bot.channels.onebot.leaving import Moved, Moves, moved
from core.access import Account
from core.clock import ManualClock
from core.members.member import Member
from db.unit import Database, Unit
from tests.bot.desk import GROUP, LABS, NOW, OFFICE, Desk

ANNA, SELF = "300400601", 10001


def notice(kind: str, user: object = 300400601, **more: Any) -> dict[str, Any]:
    """As NapCat sends it; the other implementations send the same with fewer fields."""
    event = {"time": int(NOW.timestamp()), "self_id": SELF, "post_type": "notice", "notice_type": kind}
    return {**event, "group_id": int(GROUP), "user_id": user, "operator_id": 0, **more}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (notice("group_decrease", sub_type="leave"), True),
        (notice("group_decrease", sub_type="kick", operator_id=300400501), True),
        (notice("group_decrease", sub_type="absent"), True),
        (notice("group_decrease"), True),
        (notice("group_decrease", user=ANNA, group_id=GROUP), True),
        (notice("group_increase", sub_type="approve"), False),
        (notice("group_increase", sub_type="invite"), False),
        (notice("group_increase"), False),
    ],
)
def test_who_moved(event: dict[str, Any], expected: bool) -> None:
    assert moved(event) == Moved(Account("qq", GROUP), Account("qq", ANNA), expected)


@pytest.mark.parametrize(
    "event",
    [
        notice("group_decrease", user=SELF, sub_type="kick_me"),
        notice("group_decrease", user=SELF, sub_type="disband"),
        notice("group_decrease", user=SELF, sub_type="leave"),
        notice("group_decrease", user=0),
        notice("group_decrease", user=None),
        notice("group_decrease", group_id=None),
        notice("group_ban"),
        notice("group_decrease", post_type="message"),
        {},
    ],
)
def test_what_concerns_nobody(event: dict[str, Any]) -> None:
    assert moved(event) is None


class FixedClock(ManualClock):
    def real(self) -> datetime:
        return self.at


class Ear:
    """The ear on a database whose lists are complete; `again` counts how often the lists are to be read soon."""

    def __init__(self, db: Database) -> None:
        self.db, self.asked_again = db, 0
        self.moves = Moves(db, FixedClock(NOW), "", self.again)

    def again(self) -> None:
        self.asked_again += 1

    async def hear(self, *events: dict[str, Any]) -> bool:
        """Whether Anna is bound once all of them were heard."""
        for event in events:
            self.moves.hear(event)
        await asyncio.gather(*self.moves._tasks)
        return bool((await self.db.read(lambda tx: tx.principal(Account("qq", ANNA)))).labs)


@pytest.fixture
async def ear(db: Database, monkeypatch: pytest.MonkeyPatch) -> Ear:
    await Desk(db).open(LABS)
    monkeypatch.setattr(nonebot, "get_bots", lambda: {str(SELF): object()})

    async def work(tx: Unit) -> None:
        await tx.bind(Account("qq", ANNA), 1, "code", NOW)
        for group, who in ((GROUP, ("1", ANNA)), (OFFICE, ("1",))):
            await tx.write_members(Account("qq", group), [Member(one) for one in who], NOW, True)

    await db.write(work)
    return Ear(db)


async def test_leaving_the_last_group_is_heard(ear: Ear) -> None:
    assert not await ear.hear(notice("group_decrease", sub_type="leave"))
    assert ear.asked_again == 0


async def test_coming_and_going_is_taken_in_its_order(ear: Ear) -> None:
    gone, come = notice("group_decrease", sub_type="kick"), notice("group_increase", sub_type="approve")
    assert await ear.hear({**come, "group_id": int(OFFICE)}, gone)
    assert not await ear.hear(come, gone, {**gone, "group_id": int(OFFICE)})


async def test_what_is_told_late_or_of_an_account_that_is_not_connected_is_left_to_the_lists(ear: Ear) -> None:
    late = int((NOW - timedelta(seconds=121)).timestamp())
    assert await ear.hear(notice("group_decrease", sub_type="leave", time=late))
    assert await ear.hear(notice("group_decrease", sub_type="leave", self_id=99999))


async def test_where_the_lists_decide_they_are_read_soon(ear: Ear) -> None:
    await ear.db.write(lambda tx: tx.write_members(Account("qq", OFFICE), [Member("1")], NOW))
    assert await ear.hear(notice("group_decrease", sub_type="leave"))
    assert ear.asked_again == 1


async def test_what_cannot_be_written_is_logged_without_the_number(
    ear: Ear, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object) -> bool:
        raise RuntimeError("no database")

    monkeypatch.setattr(leaving, "leave", broken)
    assert await ear.hear(notice("group_decrease", sub_type="leave"))
    assert ANNA not in "".join(capfd.readouterr())


def test_the_shapes_are_those_that_were_seen(pytestconfig: pytest.Config) -> None:
    """The fake QQ's own shapes, which its tests compare with NapCat's."""
    shapes = json.loads((Path(__file__).parents[1] / "fakeqq" / "shapes.json").read_text(encoding="utf-8"))
    assert set(shapes["group_increase_approve"]) == set(notice("group_increase", sub_type="approve"))
