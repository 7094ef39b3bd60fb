"""People who come and cards that change, as they are told over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.channels.onebot.adapter import Gate
from bot.channels.onebot.cards import Cards
from bot.channels.onebot.leaving import Moves
from core.access import Account
from core.clock import ManualClock
from core.members.member import Member
from db.members import greeting, group_member
from db.pushes import push
from db.unit import Database
from tests.bot.desk import GROUP, LABS, NOW, Desk
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.live import connected, dialled

ANNA, BERT = 300400601, 300400602
HERE = int(GROUP)


@pytest.fixture
async def qq(tmp_path: Path) -> AsyncIterator[FakeQQ]:
    scene = tmp_path / "scene.json"
    groups = [{"group_id": HERE, "members": [{"user_id": ANNA, "card": ""}, {"user_id": BERT, "card": ""}]}]
    scene.write_text(json.dumps({"groups": groups}), encoding="utf-8")
    async with FakeQQ(listen=0, heartbeat=0, scene=scene) as qq:
        yield qq


@pytest.fixture
async def house(db: Database, qq: FakeQQ, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """A desk whose list has Anna and Bert without cards; both ears are at the wire."""
    await Desk(db).open(LABS)
    members = [Member(str(ANNA)), Member(str(BERT))]
    await db.write(lambda tx: tx.write_members(Account("qq", GROUP), members, NOW))
    clock = ManualClock(NOW)
    moves, cards = Moves(db, clock, "", lambda: None), Cards(db, clock)
    monkeypatch.setattr(Gate, "ears", {"moves": moves.hear, "cards": cards.hear})
    async with dialled(qq, monkeypatch) as gate:
        yield db
        await connected(gate)


async def pushes(db: Database) -> list[str]:
    return [row.kind for row in await db.read(lambda tx: tx._all(select(push.c.kind).order_by(push.c.id)))]


async def until_card(db: Database, user: int, wanted: str) -> None:
    query = select(group_member.c.card).where(group_member.c.account == str(user))
    async with asyncio.timeout(10):
        while (await db.read(lambda tx: tx._one(query))).card != wanted:
            await asyncio.sleep(0.01)


async def test_fifty_who_come_at_once_are_one_welcome(qq: FakeQQ, house: Database) -> None:
    await qq.members(HERE, *({"user_id": 300_410_000 + n} for n in range(50)), notify=True)
    count = select(func.count()).select_from(greeting).where(greeting.c.welcomed_at.is_not(None))
    async with asyncio.timeout(20):
        while (await house.read(lambda tx: tx._one(count)))[0] < 50:
            await asyncio.sleep(0.02)
    assert await pushes(house) == ["member.welcome"]


async def test_cards_in_both_shapes(qq: FakeQQ, house: Database) -> None:
    """NapCat says what the card was, others send nulls; an event that says nothing ends no connection."""
    event = {"post_type": "notice", "notice_type": "group_card", "group_id": HERE}
    await qq.event({**event, "user_id": ANNA})
    await qq.event({**event, "user_id": ANNA, "card_new": None, "card_old": None})
    await qq.event({**event, "user_id": ANNA, "card_new": "晴川医院+安娜", "card_old": ""})
    await until_card(house, ANNA, "晴川医院+安娜")
    await qq.event({**event, "user_id": BERT, "card_new": "晴川医院 伯特", "card_old": None})
    await until_card(house, BERT, "晴川医院 伯特")
    assert await pushes(house) == ["member.thanks"]
    assert (await qq.state())["connected"]
