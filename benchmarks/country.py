"""A whole country, written straight into the tables: how it got there is not measured."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Table, text

from db.access import chat_group
from db.activities import programme, round_, submission, submission_list
from db.bindings import binding
from db.enrolment import enrolment, enrolment_list
from db.labs import lab
from db.unit import Database
from tests.cast import at

YEAR, PROGRAMMES, ROUNDS = 2026, 5, 2
AT = at("2026-01-05 09:00")
BEFORE, DUE = at("2026-03-23 09:00"), at("2026-03-24 17:00")  # an hour in which 31 reminders of 3d fall due ends
FIRST = at("2026-03-27 16:00")
AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Size:
    """Each centre has PROGRAMMES programmes of its own, ROUNDS a year, each with a deadline of its own."""

    centres: int
    labs: int
    groups: int

    def __str__(self) -> str:
        return f"{self.centres} centres, {self.labs} labs, {self.groups} groups"


async def build(db: Database, size: Size) -> None:
    rounds = list(_rounds(size))
    listed = [one["id"] for one in rounds if one["n"] == 1]
    for table, rows in (
        (chat_group, _groups(size)),
        (lab, _labs(size)),
        (binding, _bindings(size)),
        (programme, _programmes(size)),
        (round_, iter(rounds)),
        (enrolment_list, ({"programme_id": p["id"], "as_of": AT, "full_as_of": AT} for p in _programmes(size))),
        (enrolment, _enrolments(size)),
        (submission_list, ({"round_id": ident, "as_of": AT, "full_as_of": AT} for ident in listed)),
        (submission, _submissions(size)),
    ):
        await _write(db, table, rows)
    await db.write(lambda tx: tx._run(text("ANALYZE")))


async def _write(db: Database, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        await db.write(lambda tx, some=some: tx._run(table.insert(), some))  # type: ignore[misc]


def _groups(size: Size) -> Iterator[dict[str, Any]]:
    for i in range(size.groups):
        yield {"platform": "qq", "id": str(700_000_000 + i), "name": f"演示{i}群", "staff": False, "receives": []}


def _labs(size: Size) -> Iterator[dict[str, Any]]:
    for i in range(1, size.labs + 1):
        name = f"演示第{i}医院"
        values = {
            "id": i,
            "code": f"{3_400_000 + i:08d}",
            "name": name,
            "name_key": name,
            "city": "",
            "county": "",
        }
        yield {**values, "contact": "", "phone": "", "stopped": False, "updated_at": AT}


def _bindings(size: Size) -> Iterator[dict[str, Any]]:
    for i in range(1, size.labs + 1):
        yield {"platform": "qq", "account": str(800_000_000 + i), "lab_id": i, "bound_at": AT, "how": "code"}


def _programmes(size: Size) -> Iterator[dict[str, Any]]:
    for i in range(size.centres * PROGRAMMES):
        name = f"演示项目{i}"
        values = {"id": i + 1, "year": YEAR, "code": f"P{i:03d}", "name": name, "aliases": []}
        yield {**values, "rounds": ROUNDS, "scored": True, "plan_url": ""}


def _rounds(size: Size) -> Iterator[dict[str, Any]]:
    """A centre's first deadlines lie within one hour of the others'; the rest is spread over the year."""
    for one in _programmes(size):
        centre, p = divmod(one["id"] - 1, PROGRAMMES)
        for n in range(1, ROUNDS + 1):
            away = timedelta(days=14 * p + 120 * (n - 1), seconds=110 * centre)
            values = {"id": one["id"] * ROUNDS + n, "year": YEAR, "n": n, "programme_id": one["id"]}
            yield {**values, "deadline": FIRST + away, "sample_nos": "", "plan_url": "", "state": "planned"}


def _takes(size: Size) -> Iterator[tuple[int, int]]:
    """(lab, programme): a lab takes all programmes of its centre."""
    for i in range(1, size.labs + 1):
        for p in range(PROGRAMMES):
            yield i, i % size.centres * PROGRAMMES + p + 1


def _enrolments(size: Size) -> Iterator[dict[str, Any]]:
    for lab_id, programme_id in _takes(size):
        yield {"lab_id": lab_id, "programme_id": programme_id, "state": "applied"}


def _submissions(size: Size) -> Iterator[dict[str, Any]]:
    """Of the first rounds: every fifth lab has not reported."""
    for lab_id, programme_id in _takes(size):
        state = "submitted" if lab_id % 5 else "unsubmitted"
        yield {"round_id": programme_id * ROUNDS + 1, "lab_id": lab_id, "state": state, "reported_at": None}
