"""The data of one run: what all runs share, and lab B's, drawn by chance.

Held fixed, because they are aggregates that everybody or staff may see: how many labs have (not) reported a
round, how many scores and certificates a list holds, how many requests were made. Lab C, whom nobody is bound to,
makes up for it."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from core.access import Role
from db.activities import submission, submission_list
from db.bindings import binding, binding_code, suspended_binding
from db.certificates import certificate, certificate_release
from db.enrolment import enrolment, enrolment_list
from db.labs import lab
from db.receipts import own_word, receipt
from db.requests import request
from db.scores import score, score_release
from db.unit import Unit
from tests.cast import OPERATOR, at, table

NOW = at("2026-03-24 10:00")
NAMES = {"A": "合肥演示晴川医院", "B": "芜湖演示云栖医院", "C": "太和演示青禾卫生院", "D": "池州演示听涛医院"}
CODES = {"A": "0340101", "B": "0340102", "C": "0340103", "D": "0340104"}
LABS = table("labs", "code name city", *([CODES[key], NAMES[key], "合肥市"] for key in NAMES))
MEMBER_A, MEMBER_B, PRETENDER, OWNER = "300400501", "300400502", "300400503", "300400504"
OTHERS_OF_B = tuple(f"30040060{number}" for number in range(5))
PEOPLE_OF_B = (MEMBER_B, *OTHERS_OF_B)
REQUESTS = 4
Rounds = tuple[tuple[int, int], ...]  # (round, programme)


async def _ids(tx: Unit) -> tuple[dict[str, int], dict[tuple[int, int, str], tuple[int, int]]]:
    labs = {key: found.id for key, code in CODES.items() if (found := await tx.lab_with_code(code))}
    views = [*await tx.rounds(2026, None), *await tx.rounds(2025, None)]
    return labs, {
        (v.round.year, v.round.n, v.round.programme.code): (v.round.id, v.round.programme.id) for v in views
    }


async def shared(tx: Unit) -> None:
    """Lab A's own data, and the dates of all lists."""
    labs, rounds = await _ids(tx)
    spring, programme = rounds[2026, 1, "A01"]
    autumn, last = rounds[2025, 2, "A01"]
    listed = NOW - timedelta(days=1)
    await _add(tx, binding, platform="qq", account=MEMBER_A, lab_id=labs["A"], bound_at=listed, how="code")
    await _add(tx, submission, round_id=spring, lab_id=labs["A"], state="unsubmitted")
    await _add(tx, submission_list, round_id=spring, as_of=listed, full_as_of=listed)
    await _add(tx, enrolment, lab_id=labs["A"], programme_id=programme, state="applied")
    await _add(tx, enrolment_list, programme_id=programme, as_of=listed, full_as_of=listed)
    await tx.set_staff(OPERATOR.account, Role.OPERATOR, listed, OPERATOR)
    for round_id, released_at in ((autumn, listed), (spring, None)):
        await _score(tx, labs["A"], round_id, 5, listed)
        await _add(tx, score_release, round_id=round_id, as_of=listed, released_at=released_at)
    for ident, released_at in ((last, listed), (programme, None)):
        await _add(tx, certificate, lab_id=labs["A"], programme_id=ident, number="演示-1", state="issued")
        await _add(tx, certificate_release, programme_id=ident, as_of=listed, released_at=released_at)


async def drawn(tx: Unit, chance: random.Random) -> None:
    """Lab B's data; what counts towards an aggregate is made up for by lab C."""
    labs, rounds = await _ids(tx)
    b, c = labs["B"], labs["C"]
    (spring, programme), (autumn, last) = rounds[2026, 1, "A01"], rounds[2025, 2, "A01"]
    drawn = {"code": f"{chance.randrange(10**7):07d}", "phone": f"0553-{chance.randrange(10**7):07d}"}
    await tx._run(update(lab).where(lab.c.id == b).values(contact=chance.choice(("", "王", "李")), **drawn))
    states = ["submitted", "unsubmitted"]
    chance.shuffle(states)
    for who, state in zip((b, c), states, strict=True):
        when = _moment(chance) if state == "submitted" else None
        await _add(tx, submission, round_id=spring, lab_id=who, state=state, reported_at=when)
    enrolled = chance.choice(("applied", "suspended", "not_applied"))
    await _add(tx, enrolment, lab_id=b, programme_id=programme, state=enrolled)
    await _people_of(tx, b, chance)
    await _said_by(tx, b, spring, chance)
    await _results_of(tx, (b, c), ((autumn, last), (spring, programme)), chance)
    await _asked_by(tx, b, c, chance)


async def _people_of(tx: Unit, b: int, chance: random.Random) -> None:
    if chance.random() < 0.7:
        await _add(tx, binding, platform="qq", account=MEMBER_B, lab_id=b, bound_at=_moment(chance), how="code")
    for account in OTHERS_OF_B:
        held = {"platform": "qq", "account": account, "lab_id": b, "bound_at": _moment(chance), "how": "claim"}
        which = chance.choice((None, binding, suspended_binding))
        if which is suspended_binding:
            held |= {"suspended_at": _moment(chance), "why": chance.choice(("left", "unused", "contact"))}
        if which is not None:
            await _add(tx, which, **held)
    if chance.random() < 0.5:
        code = {"digest": f"{chance.getrandbits(256):064x}", "issued_by": "qq:1", "issued_at": _moment(chance)}
        await _add(tx, binding_code, lab_id=b, expires_at=NOW + timedelta(days=14), **code)


async def _said_by(tx: Unit, b: int, spring: int, chance: random.Random) -> None:
    if chance.random() < 0.5:
        said = {"state": chance.choice(("received", "problem")), "received_at": _moment(chance)}
        await _add(tx, receipt, lab_id=b, round_id=spring, by="qq:1", **said)
    if chance.random() < 0.5:
        await _add(tx, own_word, lab_id=b, round_id=spring, said_at=_moment(chance), by="qq:1")


async def _results_of(tx: Unit, labs: tuple[int, int], rounds: Rounds, chance: random.Random) -> None:
    """Of each list either lab B or lab C stands on it, or both do."""
    for round_id, programme in rounds:
        for who, good in _some(labs, chance):
            await _score(tx, who, round_id, good, _moment(chance))
        for who, number in _some(labs, chance):
            state = chance.choice(("issued", "not_issued"))
            await _add(tx, certificate, lab_id=who, programme_id=programme, number=f"演示-{number}", state=state)


def _some(labs: tuple[int, int], chance: random.Random) -> list[tuple[int, int]]:
    """One of the two, with a figure drawn for it."""
    return [(chance.choice(labs), chance.randrange(6))]


async def _asked_by(tx: Unit, b: int, c: int, chance: random.Random) -> None:
    for number in range(REQUESTS):
        state = chance.choice(("waiting", "approved", "refused", "expired"))
        who = {"platform": "qq", "account": chance.choice(PEOPLE_OF_B), "lab_id": chance.choice((b, c))}
        kind = chance.choice(("binding", "receipt_problem"))
        said = {
            "text": f"演示{chance.random()}",
            "words": str(number),
            "decided_at": None if state == "waiting" else NOW,
        }
        await _add(tx, request, kind=kind, state=state, asked_at=_moment(chance), **who, **said)


def _moment(chance: random.Random) -> datetime:
    return NOW - timedelta(minutes=chance.randrange(1, 10_000))


async def _score(tx: Unit, lab_id: int, round_id: int, good: int, when: datetime) -> None:
    verdict = "satisfactory" if good >= 4 else "unsatisfactory"
    counted = {"acceptable": good, "total": 5, "pt": good * 20.0, "verdict": verdict, "at": when}
    await _add(tx, score, lab_id=lab_id, round_id=round_id, analyte="", version=1, **counted)


async def _add(tx: Unit, into: Any, **values: Any) -> None:
    await tx._run(insert(into).values(**values))
