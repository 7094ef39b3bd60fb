"""What is due in every case of the crash matrix: a reminder of two deadlines at once, and a notice in parts."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from bot.files.importing import preview, publish
from core.access import Account, ManagedGroup, Principal, Role
from core.pushes import use
from core.pushes.models import Kind, Planned
from db.unit import Database, Unit
from tests.cast import LABS, PROGRAMMES, at, table

NOW = at("2026-03-20 17:00")  # Friday; business time stands still here, waits are on real time
ONE, BOTH = "700100200", "700100201"  # the first wants reminders only
MEMBER = 300400501
CENTRE = Principal(Account("cli", "test"), Role.ADMIN)
ROUNDS = table(
    "rounds",
    "year n programme deadline",
    [2026, 1, "凝血", "2026-03-27T09:00:00Z"],
    [2026, 1, "糖化血红蛋白", "2026-03-28T09:00:00Z"],
)
UNITS = [f"{name}演示{'综合' * 30}医院" for name in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"]
WORDS = [
    *((group, name) for group in (ONE, BOTH) for name in ("凝血试验", "糖化血红蛋白")),
    *((BOTH, unit) for unit in UNITS),
]


def scene(path: Path) -> Path:
    """For the fake QQ."""
    member = {"user_id": MEMBER, "card": "合肥演示晴川医院+李演示", "nickname": "李", "role": "member"}
    groups = [{"group_id": int(group), "group_name": "群", "members": [member]} for group in (ONE, BOTH)]
    path.write_text(json.dumps({"groups": groups, "friends": []}), encoding="utf-8")
    return path


async def furnish(db: Database) -> None:
    """Everything is due and nothing was sent."""
    judged = await preview(db, (LABS, PROGRAMMES, ROUNDS))
    assert not any(one.refused for one in judged)
    await publish(db, CENTRE, judged, NOW - timedelta(days=1))
    await db.write(_plan)
    while await db.write(lambda tx: use.expand_next(tx, NOW)):
        pass
    await db.write(lambda tx: tx.ripen(NOW))


async def _plan(tx: Unit) -> None:
    for group in (
        ManagedGroup("qq", ONE, "一群", receives=(str(Kind.REMINDER),)),
        ManagedGroup("qq", BOTH, "二群"),
    ):
        await tx.set_group(group, NOW, CENTRE)
    for deadline in ("2026-03-27T09:00:00+00:00", "2026-03-28T09:00:00+00:00"):
        facts = {"year": 2026, "n": 1, "deadline": deadline, "stage": "7d"}
        expires = datetime.fromisoformat(deadline)
        await tx.write_push(
            Planned(Kind.REMINDER, f"reminder:{deadline}", NOW, expires, facts), NOW - timedelta(hours=1)
        )
    late = NOW + timedelta(days=3)
    await tx.write_push(
        Planned(Kind.ASSIGNED, "assigned:1", NOW, late, {"units": UNITS}), NOW - timedelta(hours=1)
    )
