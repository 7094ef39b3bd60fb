"""A lab's own people at the desk: 晴川 (lab A), 云栖 (lab B), both at once, and how facts are put in."""

from datetime import datetime

from sqlalchemy import insert, select, update

from core.activities.models import RoundState
from core.enrolment.models import Enrolled
from db.activities import programme, round_
from db.bindings import binding
from db.enrolment import enrolment, enrolment_list
from db.labs import lab
from db.unit import Database, Unit
from tests.bot.desk import LABS, NOW, PROGRAMMES, ROUNDS, SUBMISSIONS, Desk

A, B, BOTH = "300400101", "300400102", "300400110"
QINGCHUAN, YUNQI = "0340101", "0340102"
BASE = (LABS, PROGRAMMES, ROUNDS, SUBMISSIONS)  # 晴川 reported A01, 云栖 and 青禾 did not


async def _lab(tx: Unit, code: str) -> int:
    return int((await tx._one(select(lab.c.id).where(lab.c.code == code))).id)


async def bind(db: Database, account: str, *codes: str, at: datetime = NOW) -> None:
    async def work(tx: Unit) -> None:
        for code in codes:
            row = {"platform": "qq", "account": account, "lab_id": await _lab(tx, code)}
            await tx._run(insert(binding).values(**row, bound_at=at, how="code"))

    await db.write(work)


async def enrol(
    db: Database, programme_code: str, states: dict[str, Enrolled], *, full: bool = False, year: int = 2026
) -> None:
    """A list of enrolments of one programme, as of the desk's morning."""

    async def work(tx: Unit) -> None:
        c = programme.c
        ident = (await tx._one(select(c.id).where(c.year == year, c.code == programme_code))).id
        for code, state in states.items():
            row = {"lab_id": await _lab(tx, code), "programme_id": ident, "state": str(state)}
            await tx._run(insert(enrolment).values(**row))
        await tx._run(
            insert(enrolment_list).values(programme_id=ident, as_of=NOW, full_as_of=NOW if full else None)
        )

    await db.write(work)


async def dispatch_all(db: Database) -> None:
    """Samples of every round are on their way."""
    values = {"state": str(RoundState.DISPATCHED), "dispatched_at": NOW}
    await db.write(lambda tx: tx._run(update(round_).values(**values)))


async def own_desk(db: Database) -> Desk:
    desk = await Desk(db).open(*BASE)
    await bind(db, A, QINGCHUAN)
    await bind(db, B, YUNQI)
    await bind(db, BOTH, QINGCHUAN, YUNQI, at=NOW.replace(hour=2))
    return desk
