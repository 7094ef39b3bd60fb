"""A centre with many scores, written straight into the file: how they got there is not measured."""

import sqlite3
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from benchmarks.bars import note

LAB, ACCOUNT = 1, 800_000_000  # id of the first lab; account of lab i is ACCOUNT + i
PROGRAMMES, TAKEN, ANALYTES = 20, 10, 4  # a year offers, a lab takes, a programme has
YEARS, ROUNDS = (2025, 2026), 2
PER_LAB = len(YEARS) * ROUNDS * TAKEN * (1 + ANALYTES)
AT = "2026-10-20 01:00:00.000000"
DEADLINES = {1: "03-27 09:00:00.000000", 2: "09-25 09:00:00.000000"}
_ROUNDS = list(product(YEARS, range(1, ROUNDS + 1), range(PROGRAMMES)))

Rows = Iterator[tuple[object, ...]]


def build(file: Path, labs: int) -> None:
    """`labs` laboratories, each with one bound account and PER_LAB scores, all of them released."""
    connection = sqlite3.connect(file)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;")
    for table, columns, rows in (
        ("lab", "id code name name_key city county contact phone stopped updated_at", _labs(labs)),
        ("binding", "platform account lab_id bound_at used_at how", _bindings(labs)),
        ("programme", "id year code name aliases rounds scored plan_url", _programmes()),
        ("round", "id year n programme_id deadline sample_nos plan_url state", _rounds()),
        ("score_release", "round_id as_of released_at", ((i, AT, AT) for i in range(1, len(_ROUNDS) + 1))),
        ("submission_list", "round_id as_of full_as_of", ((i, AT, AT) for i in range(1, len(_ROUNDS) + 1))),
        ("enrolment_list", "programme_id as_of full_as_of", ((row[0], AT, AT) for row in _programmes())),
        ("enrolment", "lab_id programme_id state", _enrolments(labs)),
        ("submission", "round_id lab_id state reported_at", _submissions(labs)),
        ("score", "lab_id round_id analyte version acceptable total pt verdict remark conflict at", _scores(labs)),
    ):
        marks = ",".join("?" * len(columns.split()))
        with connection:
            connection.executemany(f'INSERT INTO "{table}" ({",".join(columns.split())}) VALUES ({marks})', rows)
    count = connection.execute("SELECT count(*) FROM score").fetchone()[0]
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    note(f"{labs} laboratories, {count} scores")


def _labs(labs: int) -> Rows:
    for i in range(LAB, LAB + labs):
        yield i, f"{340000 + i:07d}", f"演示第{i}医院", f"演示第{i}医院", "合肥市", "", "", "", 0, AT


def _bindings(labs: int) -> Rows:
    return (("qq", str(ACCOUNT + i), i, AT, AT, "code") for i in range(LAB, LAB + labs))


def _programmes() -> Rows:
    for at, (year, p) in enumerate(product(YEARS, range(PROGRAMMES)), 1):
        yield at, year, f"P{p:02d}", f"演示项目{p:02d}", f'["演{p:02d}"]', ROUNDS, 1, ""


def _rounds() -> Rows:
    for at, (year, n, p) in enumerate(_ROUNDS, 1):
        yield at, year, n, YEARS.index(year) * PROGRAMMES + p + 1, f"{year}-{DEADLINES[n]}", "", "", "dispatched"


def _taken(lab: int) -> list[int]:
    return [(lab + i) % PROGRAMMES for i in range(TAKEN)]


def _enrolments(labs: int) -> Rows:
    for i in range(LAB, LAB + labs):
        for year, p in product(range(len(YEARS)), _taken(i)):
            yield i, year * PROGRAMMES + p + 1, "applied"


def _submissions(labs: int) -> Rows:
    for i in range(LAB, LAB + labs):
        for activity, p in product(range(len(YEARS) * ROUNDS), _taken(i)):
            yield activity * PROGRAMMES + p + 1, i, "submitted", AT


def _scores(labs: int) -> Rows:
    for i in range(LAB, LAB + labs):
        for activity, p in product(range(len(YEARS) * ROUNDS), sorted(_taken(i))):
            for analyte in ("", *(f"分析物{a}" for a in range(ANALYTES))):
                good = 5 - (i + p) % 3
                verdict = "satisfactory" if good > 3 else "unsatisfactory"
                yield i, activity * PROGRAMMES + p + 1, analyte, 1, good, 5, good * 20.0, verdict, "", 0, AT
