"""Our own pushes as QQ shows them back to us: noted at once, whatever became of the call; never from others."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import nonebot
import pytest
from sqlalchemy import select

from bot.channels.onebot.adapter import Gate, install
from bot.channels.onebot.send import OneBotChannel
from bot.channels.onebot.shown import Echo, shown
from bot.scheduler.deliverer import Deliverer
from bot.settings import Pace
from core.access import ManagedGroup
from core.clock import ManualClock
from core.pushes.models import Target
from core.pushes.states import State
from db.pushes import attempt
from db.unit import Database
from tests.bot.desk import CENTRE
from tests.cast import MORNING, RULES
from tests.db.post import notice, states, turn, words, write
from tests.fakeqq.cast import FRIEND, GROUP
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.live import connected, dialled

SHAPES = Path(__file__).parent / "fixtures" / "onebot"
MARK = "〔通知 26-0317-2〕"
REFERENCE = "26-0001-1"


def own(text: str = f"好\n{MARK}", **more: Any) -> dict[str, Any]:
    event = json.loads((SHAPES / "napcat_message_sent_self.json").read_text(encoding="utf-8"))
    return dict(event) | {"message": [{"type": "text", "data": {"text": text}}], "raw_message": text} | more


# -- which event says what


def test_a_push_of_ours_in_a_group() -> None:
    assert shown(own()) == (Target("qq", "group", "700100200"), "26-0317-2", 1, "9")
    assert shown(own("三\n〔通知 26-0317-2 3/3〕")) == (Target("qq", "group", "700100200"), "26-0317-2", 3, "9")
    assert shown(own(message=f"[CQ:at,qq=all]好\n{MARK}")) == (
        Target("qq", "group", "700100200"),
        "26-0317-2",
        1,
        "9",
    )


def test_a_push_of_ours_in_private() -> None:
    private = own(message_type="private", sub_type="friend", target_id=300400500)
    del private["group_id"]
    assert shown(private) == (Target("qq", "private", "300400500"), "26-0317-2", 1, "9")


@pytest.mark.parametrize(
    "event",
    [
        own("好"),
        own(f"没有找到项目「{MARK}」。"),
        own(user_id=300400500),
        own(sender={"user_id": 300400500}),
        own(post_type="message"),
        own(f"〔演练〕好\n{MARK}"),
        own(f"[CQ:at,qq=all] 〔演练〕好\n{MARK}", message=""),
        own(message_type="private", group_id=None, target_id=None),
    ],
    ids=[
        "no mark",
        "a mark that we repeat",
        "of others",
        "sent by others",
        "no echo",
        "a rehearsal's",
        "with @全体",
        "nowhere",
    ],
)
def test_what_is_no_push_of_ours(event: dict[str, Any]) -> None:
    assert shown(event) is None


def test_in_a_rehearsal_only_its_own_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Gate, "rehearsing", True)
    assert shown(own()) is None
    assert shown(own(f"〔演练〕好\n{MARK}")) == (Target("qq", "group", "700100200"), "26-0317-2", 1, "9")


def test_in_a_group_one_account_of_ours_sees_what_another_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = own(post_type="message", self_id=10002)
    monkeypatch.setattr(Gate, "known", set())
    assert shown(seen) is None
    monkeypatch.setattr(Gate, "accounts", frozenset({"qq:10001", "qq:10002"}))
    assert shown(seen) == (Target("qq", "group", "700100200"), "26-0317-2", 1, "9")


def test_our_own_messages_are_never_answered() -> None:
    nonebot.init(_env_file=None, driver="~none", log_level="ERROR")
    assert install(frozenset()).json_to_event(own("/帮助")) is None


# -- over the wire, on a database


@pytest.fixture
async def qq() -> AsyncIterator[FakeQQ]:
    async with FakeQQ(listen=0, heartbeat=0) as qq:
        await qq.groups({"group_id": GROUP})
        yield qq


@pytest.fixture
async def gate(qq: FakeQQ, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gate]:
    async with dialled(qq, monkeypatch) as gate:
        yield gate


@pytest.fixture
async def deliverer(db: Database, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> Deliverer:
    """A push is due in the group."""
    await db.write(lambda tx: tx.set_group(ManagedGroup("qq", str(GROUP), "一群"), MORNING, CENTRE))
    await write(db, notice())
    await turn(db, MORNING)
    monkeypatch.setitem(Gate.ears, "shown", Echo(db).hear)
    line = OneBotChannel()
    return Deliverer(db, ManualClock(MORNING), line, RULES, Pace(0, 0), "this one", timedelta(seconds=60))


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(5):
        while not await true():
            await asyncio.sleep(0.01)


async def settled(deliverer: Deliverer) -> bool:
    await deliverer.reconcile()
    return (await states(deliverer.db))[REFERENCE] is State.OBSERVED


@pytest.mark.parametrize("times", [1, 2], ids=["told once", "told twice"])
async def test_what_was_shown_counts_although_the_call_failed(
    qq: FakeQQ, deliverer: Deliverer, times: int
) -> None:
    await qq.report_self(times)
    await qq.fault(f"group:{GROUP}", "timeout_shown")
    assert await deliverer.deliver_due() == 1
    await until(lambda: settled(deliverer))
    assert await deliverer.deliver_due() == 0
    assert len(await qq.shown()) == 1
    assert await qq.calls("get_group_msg_history") == []


async def test_an_ordinary_send_is_delivered_and_told_besides(qq: FakeQQ, deliverer: Deliverer) -> None:
    await qq.report_self()
    assert await deliverer.deliver_due() == 1
    assert (await states(deliverer.db))[REFERENCE] is State.DELIVERED


async def lost_after(qq: FakeQQ, gate: Gate, deliverer: Deliverer) -> dict[str, Any]:
    """The socket goes down with the call; returns the event that QQ would have told."""
    await qq.fault(f"group:{GROUP}", "drop_after")
    await deliverer.deliver_due()
    assert (await states(deliverer.db))[REFERENCE] is State.UNCERTAIN
    await connected(gate)
    (entry,) = await qq.shown()
    return own(entry["text"], group_id=GROUP)


async def test_an_echo_that_comes_late_settles_the_doubt(qq: FakeQQ, gate: Gate, deliverer: Deliverer) -> None:
    await qq.event(await lost_after(qq, gate, deliverer))
    await until(lambda: settled(deliverer))
    assert await words(deliverer.db) == ["记录中已有"]


async def numbers(db: Database) -> list[str]:
    return [row.message_id for row in await db.read(lambda tx: tx._all(select(attempt.c.message_id)))]


async def test_the_number_that_an_echo_tells_is_kept_for_a_recall(qq: FakeQQ, deliverer: Deliverer) -> None:
    await qq.report_self()
    await qq.fault(f"group:{GROUP}", "timeout_shown")
    await deliverer.deliver_due()
    await until(lambda: settled(deliverer))
    (entry,) = await qq.shown()
    assert await numbers(deliverer.db) == [str(entry["message_id"])]


async def test_the_number_found_in_the_history_is_kept_too(qq: FakeQQ, deliverer: Deliverer) -> None:
    deliverer.unsure = timedelta(0)
    await qq.fault(f"group:{GROUP}", "timeout_shown")
    await deliverer.deliver_due()
    await until(lambda: settled(deliverer))
    (entry,) = await qq.shown()
    await until(lambda: kept(deliverer.db, str(entry["message_id"])))
    assert len(await qq.calls("get_group_msg_history")) == 1


async def kept(db: Database, number: str) -> bool:
    return await numbers(db) == [number]


async def test_a_forged_echo_settles_nothing(qq: FakeQQ, gate: Gate, deliverer: Deliverer) -> None:
    event, heard = await lost_after(qq, gate, deliverer), list[object]()
    Gate.ears["test"] = lambda event: heard.append(event.get("raw_message"))
    for forged in ({"user_id": FRIEND}, {"self_id": 66666, "user_id": 66666, "sender": {}}, {"group_id": 701}):
        await qq.event(event | forged)
    await qq.say(event["raw_message"], user=FRIEND, group=GROUP)
    await qq.say("都到了", user=FRIEND, group=GROUP)

    async def all_heard() -> bool:
        return "都到了" in heard

    await until(all_heard)
    del Gate.ears["test"]
    assert not await settled(deliverer)
    assert (await states(deliverer.db))[REFERENCE] is State.UNCERTAIN
