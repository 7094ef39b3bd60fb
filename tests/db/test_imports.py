"""Workbooks through a real database: what was judged is what stands, and a second time nothing changes."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core.activities.models import Reported
from core.workbooks.judged import Mark
from core.workbooks.tables import Table
from core.workbooks.use import judge, write
from db.activities import programme, round_, submission_list
from db.audit import audit_log
from db.imports import import_batch, staged_fact
from db.labs import lab, lab_name
from db.unit import Database
from tests.cast import (
    LABS,
    MORNING,
    OPERATOR,
    PROGRAMMES,
    ROUNDS,
    application,
    at,
    bring,
    known_to,
    reports,
    table,
)

LATER = at("2026-03-20 10:00")
A01, B02 = (2026, 1, "A01"), (2026, 1, "B02")
EVERYTHING = (LABS, application("宣城演示望岳医院"), PROGRAMMES, ROUNDS, reports("0340101", "0340102 0340103"))


async def reported(db: Database, key: tuple[int, int, str] = A01) -> dict[str, tuple[str, str | None]]:
    return (await db.read(lambda tx: tx.standing("submissions", [key])))[key]  # type: ignore[return-value]


async def rows(db: Database, what: Any) -> list[Any]:
    return list(await db.read(lambda tx: tx._all(select(what))))


async def test_everything_new_in_one_call(db: Database) -> None:
    first = await bring(db, *EVERYTHING)
    assert first.counts == [(4, 0, 0, 0), (1, 0, 0, 0), (4, 0, 0, 0), (4, 0, 0, 0), (3, 0, 0, 0)]
    assert await reported(db) == {
        "0340101": ("submitted", None),
        "0340102": ("unsubmitted", None),
        "0340103": ("unsubmitted", None),
    }


async def test_a_second_time_nothing_changes(db: Database) -> None:
    await bring(db, *EVERYTHING)
    second = await bring(db, *EVERYTHING, now=LATER)
    assert second.counts == [(0, 0, 4, 0), (0, 0, 1, 0), (0, 0, 4, 0), (0, 0, 4, 0), (0, 0, 3, 0)]


async def test_full_sheets_come_back_as_they_went_in(db: Database) -> None:
    """Every column, with days, moments, lists and blanks."""
    labs = table(
        "labs",
        "code name aliases former_names city county contact phone stopped",
        ["0340101", "合肥演示晴川医院", ["晴川", "晴川医院"], [], "合肥市", None, "张三", "0551-0000000", True],
    )
    programmes = table(
        "programmes",
        "year code name aliases rounds scored pass_score plan_url",
        [2026, "A01", "凝血试验", [], 1, False, 80.0, None],
    )
    rounds = table(
        "rounds",
        "year n programme dispatch_on expected_on opens_at deadline sample_nos scores_due_on plan_url",
        [
            2026,
            1,
            "A01",
            "2026-03-19",
            None,
            "2026-03-20T00:00:00Z",
            "2026-03-27T15:59:59Z",
            "1-5",
            None,
            "https://x.cn",
        ],
    )
    columns = "year n programme lab_code reported reported_at"
    lists = table("submissions", columns, [2026, 1, "A01", "0340101", True, "2026-03-21T02:30:00Z"])
    await bring(db, labs, programmes, rounds, lists)
    assert (await bring(db, labs, programmes, rounds, lists)).counts == [(0, 0, 1, 0)] * 4
    [line] = await rows(db, round_)
    assert (line.dispatch_on, line.deadline) == (date(2026, 3, 19), at("2026-03-27 23:59:59"))
    assert await reported(db) == {"0340101": ("submitted", "2026-03-21T02:30:00Z")}


async def test_changes_touch_only_what_the_sheet_says(db: Database) -> None:
    await bring(db, LABS, PROGRAMMES, ROUNDS)
    changed = await bring(
        db,
        table("labs", "code name phone", ["0340101", "合肥演示晴川总医院", "0551-1111111"]),
        table("programmes", "year code name scored", [2026, "A01", "凝血试验", False]),
        table("rounds", "year n programme deadline sample_nos", [2026, 1, "A01", "2026-04-03T09:00:00Z", "1-5"]),
        now=LATER,
    )
    assert changed.counts == [(0, 1, 0, 0)] * 3
    [one] = [row for row in await rows(db, lab) if row.code == "0340101"]
    assert (one.name, one.city, one.phone, one.updated_at) == (
        "合肥演示晴川总医院",
        "合肥市",
        "0551-1111111",
        LATER,
    )
    assert [found.name for found in await db.read(lambda tx: tx.labs_named("晴川医院"))] == ["合肥演示晴川总医院"]
    [a01] = [row for row in await rows(db, programme) if row.code == "A01"]
    assert (a01.scored, a01.aliases) == (False, ["凝血"])
    [moved] = [row for row in await rows(db, round_) if (row.n, row.sample_nos) == (1, "1-5")]
    assert moved.deadline == at("2026-04-03 17:00")


async def test_other_names_are_replaced_and_not_collected(db: Database) -> None:
    await bring(db, LABS)
    await bring(db, table("labs", "code name aliases", ["0340101", "合肥演示晴川医院", ["晴川院区"]]))
    names = {(row.name, row.former) for row in await rows(db, lab_name)}
    assert names == {("晴川院区", False), ("合肥演示晴川诊所", True)}


async def test_two_sheets_about_one_lab_end_as_the_later_says(db: Database) -> None:
    first = table("labs", "code name aliases", ["0340101", "甲医院", ["甲"]])
    second = table("labs", "code name aliases", ["0340101", "乙医院", ["甲", "乙"]])
    brought = await bring(db, first, second)
    assert brought.counts == [(1, 0, 0, 0), (0, 1, 0, 0)]
    [one] = await rows(db, lab)
    assert one.name == "乙医院"
    names = [(row.name, row.former) for row in await rows(db, lab_name)]
    assert names == [("甲", False), ("乙", False), ("甲医院", True)]  # a name once borne is kept


async def test_a_complete_list_takes_labs_off_and_a_partial_one_does_not(db: Database) -> None:
    await bring(db, *EVERYTHING)
    await bring(db, reports("0340102"), scope="partial", now=LATER)
    assert len(await reported(db)) == 3
    brought = await bring(db, reports("0340102"), scope="full", now=LATER)
    assert brought.judged[0].dropped == 2
    assert {code: state for code, (state, _) in (await reported(db)).items()} == {
        "0340101": Reported.UNLISTED,
        "0340102": Reported.SUBMITTED,
        "0340103": Reported.UNLISTED,
    }


async def test_a_complete_list_in_two_sheets(db: Database) -> None:
    await bring(db, *EVERYTHING)
    brought = await bring(db, reports("0340101"), reports("", "0340102"), scope="full", now=LATER)
    assert brought.counts == [(0, 0, 1, 0), (0, 1, 1, 0)]
    assert (await reported(db))["0340103"] == ("unlisted", None)


async def test_the_date_of_the_data_is_that_of_the_last_list(db: Database) -> None:
    await bring(db, *EVERYTHING)
    await bring(db, reports("0340101"), scope="full", now=LATER)
    latest = at("2026-03-21 10:00")
    await bring(db, reports("0340102"), reports("0340101", programme="B02"), scope="partial", now=latest)
    dates = {row.round_id: (row.as_of, row.full_as_of) for row in await rows(db, submission_list)}
    ids = {row.programme_id: row.id for row in await rows(db, round_) if row.n == 1}
    codes = {row.code: ids[row.id] for row in await rows(db, programme) if row.id in ids}
    assert dates == {codes["A01"]: (latest, LATER), codes["B02"]: (latest, None)}


async def test_a_list_in_which_nothing_is_new_is_news_all_the_same(db: Database) -> None:
    await bring(db, *EVERYTHING)
    await bring(db, reports("0340101"), now=LATER)
    assert {row.as_of for row in await rows(db, submission_list)} == {LATER}


async def test_refused_rows_are_left_out_and_the_rest_stands(db: Database) -> None:
    brought = await bring(db, *EVERYTHING[:-1], reports("0340101 0349999"))
    assert brought.counts[-1] == (1, 0, 0, 1)
    assert brought.reasons == ["不在单位名录中"]
    assert set(await reported(db)) == {"0340101"}


async def test_each_sheet_leaves_a_batch_and_an_audit_row(db: Database) -> None:
    brought = await bring(db, LABS, PROGRAMMES, now=LATER)
    batches = {row.id: row for row in await rows(db, import_batch)}
    assert [(batches[i].kind, batches[i].source, batches[i].new) for i in brought.written.batches] == [
        ("labs", "labs.xlsx", 4),
        ("programmes", "programmes.xlsx", 4),
    ]
    audited = [row for row in await rows(db, audit_log) if row.action == "workbooks.import"]
    assert [(row.actor, row.subject, row.at) for row in audited] == [
        ("qq:300400001", f"batch:{i}", LATER) for i in brought.written.batches
    ]
    assert audited[0].detail == {"kind": "labs", "new": 4, "changed": 0, "unchanged": 0, "refused": 0}


async def test_what_is_staged_is_invisible_until_published(db: Database) -> None:
    await bring(db, *EVERYTHING[:-1])
    mark = Mark(A01, "0340101", "submitted", None)
    await db.write(lambda tx: tx.stage("甲次", "submissions", [mark]))
    assert await reported(db) == {}
    await db.write(lambda tx: tx.publish("乙次", "submissions", MORNING))
    assert await reported(db) == {}
    await db.write(lambda tx: tx.unstage("甲次"))
    await db.write(lambda tx: tx.publish("甲次", "submissions", MORNING))
    assert await reported(db) == {}
    assert await rows(db, staged_fact) == []


async def test_nothing_staged_is_left_behind(db: Database) -> None:
    await bring(db, *EVERYTHING)
    assert await rows(db, staged_fact) == []


async def test_all_sheets_of_a_call_or_none(db: Database) -> None:
    """The last of them fails in the database: the first is not there either."""
    sheets: list[Table] = [LABS, PROGRAMMES]
    judged = judge(sheets, await known_to(db, sheets), None)
    judged[1].new.append(judged[1].new[0])  # what no judge would do
    with pytest.raises(SQLAlchemyError, match=r"(?i)unique"):
        await db.write(lambda tx: write(tx, OPERATOR, judged, "甲次", MORNING))
    assert await rows(db, lab) == []
    assert await rows(db, audit_log) == []
    assert await rows(db, import_batch) == []


async def test_many_rows_are_written_in_pieces(db: Database) -> None:
    labs = table(
        "labs", "code name aliases", *([f"1{i:06}", f"第{i}演示医院", [f"{i}院"]] for i in range(1, 1102))
    )
    assert (await bring(db, labs)).counts == [(1101, 0, 0, 0)]
    assert (await bring(db, labs)).counts == [(0, 0, 1101, 0)]
