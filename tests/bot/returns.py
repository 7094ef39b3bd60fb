"""What the centre returns, put in as its workbooks do, and the people of tests/bot/own.py asking for it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.texts import say
from core.pushes.claim import Ask, claim
from core.pushes.kinds import DECIDE
from core.pushes.models import Delivery
from core.workbooks.tables import Table
from db.unit import Database
from tests.bot.desk import STAFF, Desk, table
from tests.bot.own import QINGCHUAN, YUNQI, own_desk
from tests.db import post

SCORES = "year n programme analyte lab_code acceptable total pt verdict remark"
LAST_YEAR = (
    table(
        "programmes",
        "year code name aliases rounds scored",
        [2025, "A01", "凝血试验", ["凝血"], 2, True],
        [2025, "A02", "糖化血红蛋白", ["糖化"], 2, True],
    ),
    table(
        "rounds",
        "year n programme deadline",
        [2025, 1, "A01", "2025-03-28T09:00:00Z"],
        [2025, 2, "A01", "2025-09-26T09:00:00Z"],
        [2025, 2, "A02", "2025-09-26T09:00:00Z"],
    ),
)


def scores(year: int, n: int, programme: str, *rows: Sequence[Any]) -> Table:
    """Rows: analyte (None for the programme), lab code, acceptable, total, PT, verdict, remark."""
    return table("scores", SCORES, *([year, n, programme, *row, *[None] * (7 - len(row))] for row in rows))


def good(code: str, analyte: str | None = None, pt: float = 100.0) -> list[Any]:
    return [analyte, code, int(pt / 20), 5, pt, "satisfactory"]


def bad(code: str, analyte: str | None = None, pt: float = 60.0) -> list[Any]:
    return [analyte, code, int(pt / 20), 5, pt, "unsatisfactory"]


# Of last year's second round: 晴川 is good in 凝血, bad in 糖化; 云栖 is good in 凝血.
OF_LAST_YEAR = (
    scores(2025, 2, "凝血", good(QINGCHUAN), good(QINGCHUAN, "APTT"), good(YUNQI)),
    scores(2025, 2, "糖化", bad(QINGCHUAN)),
)


async def confirmed(desk: Desk, text: str, user: str = STAFF, group: str = "") -> str:
    """What is said after the preview was confirmed."""
    preview = await desk.say(text, user, group)
    assert "确认 " in preview, preview
    return await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", user, group)


async def scored_desk(db: Database) -> Desk:
    """Last year's scores are imported, not released."""
    desk = await own_desk(db)
    await desk.bring(*LAST_YEAR)
    await desk.bring(*OF_LAST_YEAR)
    return desk


async def released_desk(db: Database) -> Desk:
    desk = await scored_desk(db)
    await confirmed(desk, "公布成绩 2025 第2次 全部")
    return desk


async def sent(desk: Desk) -> dict[str, str]:
    """Everything that goes out now: target → text."""
    now = desk.clock.now()
    await post.turn(desk.db, now)
    await post.turn(desk.db, now)  # people found at the first turn are ripe at the second
    found: dict[str, str] = {}
    ask = Ask("qq", "甲机", now, now)

    async def one() -> Delivery | None:
        return await desk.db.write(lambda tx: claim(tx, ask, DECIDE, say))

    while taken := await one():
        found[str(taken.target)] = taken.body
    return found


def later(desk: Desk, **more: float) -> None:
    desk.clock.move_to(desk.clock.now() + timedelta(**more))


def others(count: int) -> list[str]:
    """Codes of further laboratories, which nobody is bound to."""
    return [f"034{1000 + i}" for i in range(count)]


def roster(count: int) -> Table:
    return table("labs", "code name", *([code, f"演示第{i}医院"] for i, code in enumerate(others(count), 1)))


def of_others(marks: Sequence[float], analyte: str | None = None) -> list[list[Any]]:
    """A row for each of so many further labs; satisfactory from 80 on."""
    return [
        (good if pt >= 80 else bad)(code, analyte, pt) for code, pt in zip(others(len(marks)), marks, strict=True)
    ]
