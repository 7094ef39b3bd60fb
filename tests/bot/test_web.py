"""The addresses for machines, asked directly: when they say no, and what they never say."""

import json
from datetime import timedelta
from typing import Any

import pytest
from nonebot.drivers import Request

from bot.settings import Settings, load
from bot.watch.board import Board
from bot.web.addresses import Addresses
from core.access import ManagedGroup
from core.clock import ManualClock
from core.pushes.hold import Hold
from core.pushes.models import Kind, Planned
from db.unit import Database
from tests.bot.desk import CENTRE
from tests.bot.test_watcher import Clocks, Line
from tests.cast import at

MORNING = at("2026-03-20 10:00")


@pytest.fixture
async def addresses(db: Database) -> Addresses:
    clock: ManualClock = Clocks(MORNING)
    lines: list[Any] = [Line("qq"), Line("wecom")]
    return Addresses(db, Board(MORNING, lines), clock, load(None))


async def ask(addresses: Addresses, name: str) -> tuple[int, Any]:
    response = await getattr(addresses, name)(Request("GET", f"http://127.0.0.1/{name}"))
    return response.status_code, json.loads(response.content)


async def pass_time(addresses: Addresses, *, ticking: bool = True, **more: int) -> None:
    clock = addresses.clock
    assert isinstance(clock, ManualClock)
    clock.at += timedelta(**more)
    if ticking:
        addresses.board.rung_at = clock.at


async def test_alive_until_the_tick_is_older_than_90_seconds(addresses: Addresses) -> None:
    await pass_time(addresses, ticking=False, seconds=90)
    assert await ask(addresses, "healthz") == (200, {"alive": True})
    await pass_time(addresses, ticking=False, seconds=1)
    assert await ask(addresses, "healthz") == (503, {"alive": False})
    status, ready = await ask(addresses, "readyz")
    assert (status, ready["problems"], ready["tick_age_seconds"]) == (503, ["tick"], 91.0)


async def test_a_channel_that_is_offline_or_gets_nothing_out_is_named(db: Database, addresses: Addresses) -> None:
    group = ManagedGroup("qq", "700100200", "合肥演示质评群")
    notice = Planned(Kind.ASSIGNED, "a", MORNING, MORNING + timedelta(days=3), {"units": ["演示医院"]})
    await db.write(lambda tx: tx.set_group(group, MORNING, CENTRE))
    await db.write(lambda tx: tx.write_push(notice, MORNING))
    await pass_time(addresses, minutes=10)
    assert await ask(addresses, "readyz") == (
        200,
        {
            "ready": True,
            "problems": [],
            "database": True,
            "channels": {"qq": {"online": True}, "wecom": {"online": True}},
            "last_sent": {},
            "oldest_due_seconds": 600,
            "held": False,
            "tick_age_seconds": 0.0,
        },
    )
    addresses.board.stuck["qq"] = MORNING
    line: Any = addresses.board.channels[1]
    line.online = False
    status, ready = await ask(addresses, "readyz")
    assert (status, ready["problems"]) == (503, ["channel:wecom", "stuck:qq"])
    line.online, line.health.lost_at = True, MORNING
    assert (await ask(addresses, "readyz"))[1]["problems"] == ["barred:wecom", "stuck:qq"]
    await db.write(lambda tx: tx.set_hold(Hold(MORNING, "qq:300400001")))
    assert (await ask(addresses, "readyz"))[1]["held"] is True


async def test_a_database_that_does_not_answer(addresses: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_work: object) -> None:
        raise OSError(28, "canary")

    monkeypatch.setattr(addresses.db, "read", broken)
    status, ready = await ask(addresses, "readyz")
    assert (status, ready["problems"], ready["database"]) == (503, ["database"], False)
    response = await addresses.metrics(Request("GET", "http://127.0.0.1/metrics"))
    assert "eqabot_database_up 0.0" in _text(response.content)
    assert "canary" not in json.dumps(ready) + _text(response.content)


async def test_machines_hear_no_names(db: Database, addresses: Addresses) -> None:
    group = ManagedGroup("qq", "700100200", "合肥演示质评群", staff=True)
    notice = Planned(Kind.ASSIGNED, "a", MORNING, MORNING + timedelta(days=3), {"units": ["演示医院"]})
    await db.write(lambda tx: tx.set_group(group, MORNING, CENTRE))
    await db.write(lambda tx: tx.write_push(notice, MORNING))
    said = json.dumps((await ask(addresses, "readyz"))[1], ensure_ascii=False)
    said += _text((await addresses.metrics(Request("GET", "http://127.0.0.1/metrics"))).content)
    assert 'eqabot_deliveries{state="planned"} 1.0' in said
    assert not [word for word in ("700100200", "合肥", "演示") if word in said]


def _text(content: object) -> str:
    assert isinstance(content, bytes)
    return content.decode()


def test_where_outsiders_can_come_they_need_the_token() -> None:
    settings: Settings = load(None).model_copy(update={"host": "0.0.0.0", "onebot_access_token": "令牌 t0ken"})
    one = Addresses(None, None, None, settings)  # type: ignore[arg-type]
    assert not one._may_ask(Request("GET", "http://x/metrics"))
    assert not one._may_ask(Request("GET", "http://x/metrics", headers={"Authorization": "Bearer "}))
    assert one._may_ask(Request("GET", "http://x/metrics", headers={"Authorization": "Bearer 令牌 t0ken"}))
