"""Six hours without the program: what is still of use goes out, the rest is reported; not all of it at once."""

import json
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from bot.scheduler.deliverer import FIRST_WAVE
from core.access import ManagedGroup
from core.pushes.models import Kind, Planned
from core.pushes.states import SHOWN, State
from db.migrate import upgrade
from db.unit import Database
from tests.cast import at
from tests.e2e.process import TOKEN, Eqabot
from tests.fakeqq.client import FakeQQ
from tests.faults.storm import CENTRE

GROUPS = [700100200 + n for n in range(25)]
OFFICE = 700100299
PACE = 0.1


def announcement(name: str, due: datetime, until: datetime) -> Planned:
    return Planned(Kind.ASSIGNED, f"assigned:{name}", due, until, {"units": [name]})


async def furnished(folder: Path) -> str:
    """Four announcements of one day, of which one is of use until noon only."""
    url = f"sqlite+aiosqlite:///{folder / 'eqabot.db'}"
    db = Database(url)
    await upgrade(db)
    morning, tomorrow = at("2026-03-20 08:30"), at("2026-03-21 17:00")
    planned = [
        announcement("早晨演示医院", morning, tomorrow),
        announcement("上午演示医院", at("2026-03-20 10:00"), at("2026-03-20 12:00")),
        announcement("中午演示医院", at("2026-03-20 11:30"), tomorrow),
        announcement("下午演示医院", at("2026-03-20 14:00"), tomorrow),
    ]
    groups = [ManagedGroup("qq", str(one), f"{one}群", receives=(str(Kind.ASSIGNED),)) for one in GROUPS]
    for group in (*groups, ManagedGroup("qq", str(OFFICE), "办公室", staff=True, receives=(str(Kind.ALARM),))):
        await db.write(lambda tx, g=group: tx.set_group(g, morning, CENTRE))  # type: ignore[misc]
    for one in planned:
        await db.write(lambda tx, p=one: tx.write_push(p, morning - timedelta(hours=1)))  # type: ignore[misc]
    await db.close()
    return url


async def ended(url: str) -> "Counter[State]":
    """Of all but alarms, of which one may just have been written."""
    db = Database(url)
    found = await db.read(lambda tx: tx.recent_deliveries(list(State), 1000))
    await db.close()
    return Counter(one.state for one in found if one.push.kind is not Kind.ALARM)


def fake(bot: Eqabot, folder: Path) -> FakeQQ:
    groups = [{"group_id": one, "group_name": str(one), "members": []} for one in (*GROUPS, OFFICE)]
    (folder / "scene.json").write_text(json.dumps({"groups": groups, "friends": []}), encoding="utf-8")
    return FakeQQ(bot.url, token=TOKEN, scene=folder / "scene.json", redial=0.05)


async def test_after_six_hours(tmp_path: Path) -> None:
    url = await furnished(tmp_path)
    bot = Eqabot(tmp_path, url, EQABOT_PACE_SECONDS=str(PACE))
    async with bot, fake(bot, tmp_path) as qq:
        await bot.start("--clock", "2026-03-20T09:00:00+08:00x1", "--really")
        await qq.wait_shown("早晨演示医院", count=len(GROUPS), timeout=40)
        await bot.kill()
        began = time.time()
        await bot.start("--clock", "2026-03-20T15:00:00+08:00x1", "--really")
        await qq.wait_shown("下午演示医院", count=len(GROUPS), timeout=60)
        alarm = await qq.wait_shown(conversation=f"group:{OFFICE}", timeout=20)
        shown = await qq.shown()
        await bot.stop()
    names = [f"{part}演示医院" for part in ("早晨", "上午", "中午", "下午")]
    copies = Counter((name, one["conversation"]) for one in shown for name in names if name in one["text"])
    assert set(copies.values()) == {1}
    assert len(copies) == 3 * len(GROUPS)  # not the one that was of use until noon
    assert f"过期未发 {len(GROUPS)} 条" in alarm["text"]
    after = [one["at"] for one in shown if one["at"] > began]
    assert after[0] - began <= 60
    assert after[FIRST_WAVE] - after[FIRST_WAVE - 1] >= PACE * 10
    states = await ended(url)
    assert states.pop(State.EXPIRED) == len(GROUPS)
    assert set(states) <= set(SHOWN)  # one may have been under way when the program was killed
    assert states.total() == 3 * len(GROUPS)
