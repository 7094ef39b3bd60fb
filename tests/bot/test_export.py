"""Workbooks out, and in again without a change."""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from bot.__main__ import Parser
from bot.cli import export as command
from bot.files import exporting
from bot.files.exporting import Books, export
from bot.files.importing import preview, read_all
from bot.texts import say_error
from core.access import Account, Principal, Role
from core.errors import DomainError
from core.words import fold
from core.workbooks.cells import CODE_PATTERN, as_written, is_blank
from core.workbooks.kinds import KINDS
from core.workbooks.tables import Table
from core.workbooks.writing import Sheet
from db.audit import audit_log
from db.imports import import_batch
from db.labs import lab
from db.members import group_member
from db.receipts import receipt
from db.unit import Database
from tests.cast import LABS, PROGRAMMES, ROUNDS, application, at, bring, refusal, reports, table

NOW = at("2026-04-20 10:00")
CENTRE = Principal(Account("cli", "test"), Role.ADMIN)
ONE, TWO, THREE = "0340101", "0340102", "0340103"
SCORES = "year n programme analyte lab_code acceptable total pt verdict remark"

EVERYTHING: tuple[Table, ...] = (
    LABS,
    table(
        "labs",
        "code name aliases former_names city county contact phone stopped",
        ["00003401", "=1+1演示医院", ["+甲", "@乙"], ["-丙"], "合肥市", None, "'张三", "0551-0000000", True],
        ["ah0012", "_x0041_演示医院\U0001f600", [], [], None, None, None, "013800000000", False],
    ),
    application("宣城演示望岳医院", city="宣城市", qq="300400500"),
    PROGRAMMES,
    table(
        "programmes",
        "year code name aliases rounds scored pass_score plan_url",
        [2025, "001", "=凝血", [], 1, False, 66.7, "https://example.org/a?b=1&c=2"],
        [2025, "A02", "001", ["糖化"], 2, True, 0.5, None],
    ),
    ROUNDS,
    table(
        "rounds",
        "year n programme dispatch_on expected_on opens_at deadline sample_nos scores_due_on",
        [
            2025,
            1,
            "=凝血",
            "2025-03-01",
            "2025-03-03",
            "2025-03-04T01:00:30Z",
            "2025-03-20T15:59:59Z",
            "=A1",
            None,
        ],
        [2025, 2, "A02", None, None, None, "2025-09-20T09:00:00Z", "1-5", "2025-10-01"],
    ),
    table(
        "enrolments",
        "year lab_code programme state",
        [2026, ONE, "A01", "applied"],
        [2026, TWO, "A01", "suspended"],
        [2026, THREE, "A01", "not_applied"],
        [2025, "00003401", "A02", "applied"],
    ),
    table(
        "submissions",
        "year n programme lab_code reported reported_at",
        [2026, 1, "A01", ONE, True, "2026-03-20T02:30:00Z"],
        [2026, 1, "A01", TWO, True, "2026-03-20T02:30:07Z"],
        [2026, 1, "A01", THREE, False, None],
        [2025, 2, "A02", "ah0012", True, None],
    ),
    table(
        "receipts",
        "year n programme lab_code received_at",
        [2026, 1, "A01", ONE, "2026-03-12T02:30:00Z"],
        [2026, 1, "A01", TWO, "2026-03-12T02:30:07Z"],
    ),
    table(
        "scores",
        SCORES,
        [2026, 1, "A01", "APTT", ONE, 4, 5, 80.0, "satisfactory", "=复核"],
        [2026, 1, "A01", "PT", ONE, 3, 5, 100.0, "satisfactory", None],
        [2026, 1, "A01", None, ONE, None, None, 66.666667, None, "+"],
        [2026, 1, "A01", "APTT", TWO, None, None, "not_applicable", None, None],
        [2026, 1, "A01", "PT", TWO, 0, 5, 0.0, None, None],
        [2026, 1, "A01", "INR", TWO, None, None, 0.5, None, None],
        [2025, 1, "=凝血", None, "ah0012", 1, 2, 50.0, "unsatisfactory", None],
    ),
    table(
        "certificates",
        "year lab_code programme number state",
        [2026, ONE, "A01", "0012", "issued"],
        [2026, TWO, "A01", None, "not_issued"],
    ),
    table(
        "members",
        "group account card nickname role joined_at",
        ["700100200", "300100001", "=合肥演示医院　张三", "-", "owner", "2026-01-05T01:00:07Z"],
        ["700100200", "300100002", "", "无", "member", None],
        ["700100201", "300100001", "0340101", "👩\u200d⚕️ <b>&", "admin", "2026-01-05T01:00:00Z"],
    ),
)


async def full_centre(db: Database) -> None:
    brought = await bring(db, *EVERYTHING, now=NOW)
    assert brought.reasons == []


async def out(db: Database, kind: str, folder: Path, year: int | None = None) -> Path:
    [path], _ = await export(db, CENTRE, kind, year, folder / f"{kind}.xlsx", NOW)
    return path


async def again(db: Database, *paths: Path) -> list[tuple[int, ...]]:
    judged = await preview(db, await read_all(paths, None, CODE_PATTERN))
    assert [refused for one in judged for refused in one.refused] == []
    return [tuple(one.counts.values()) for one in judged]


def sheet(path: Path) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))


async def test_every_kind_comes_back_without_a_change(db: Database, tmp_path: Path) -> None:
    await full_centre(db)
    paths = [await out(db, kind, tmp_path) for kind in KINDS]
    expected = [sum(len(one.rows) for one in EVERYTHING if one.kind == kind) for kind in KINDS]
    assert await again(db, *paths) == [(0, 0, rows, 0) for rows in expected]
    for path in paths:
        assert len(await again(db, path)) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_an_export_bears_the_headings_of_the_template_and_nothing_else(
    db: Database, tmp_path: Path, kind: str
) -> None:
    await full_centre(db)
    book = openpyxl.load_workbook(await out(db, kind, tmp_path))
    assert len(book.worksheets) == 1
    cells = list(book.worksheets[0].iter_rows())
    assert [cell.value for cell in cells[0]] == [column.heading for column in KINDS[kind].columns]
    written = [cell for row in cells for cell in row if cell.value is not None]
    assert {(cell.data_type, cell.number_format) for cell in written} == {("s", "@")}  # text, also =1+1


async def test_a_year_alone(db: Database, tmp_path: Path) -> None:
    await full_centre(db)
    path = await out(db, "scores", tmp_path, 2025)
    assert sheet(path)[1:] == [
        ("2025", "1", "=凝血", None, "ah0012", "1", "2", "50", "不计分", None),
    ]


async def test_a_programme_whose_name_means_another_is_written_by_its_code(db: Database, tmp_path: Path) -> None:
    await full_centre(db)
    assert {row[2] for row in sheet(await out(db, "rounds", tmp_path, 2025))[1:]} == {"=凝血", "A02"}


@pytest.mark.parametrize(
    ("kind", "scope", "title"),
    [
        ("submissions", "full", "上报情况表（全量）"),
        ("submissions", "partial", "上报情况表（增量）"),
        ("enrolments", "full", "质评申请表（全量）"),
        ("enrolments", "partial", "质评申请表（增量）"),
    ],
)
async def test_a_sheet_is_called_complete_only_where_its_lists_are(
    db: Database, tmp_path: Path, kind: str, scope: Any, title: str
) -> None:
    await bring(db, LABS, PROGRAMMES, ROUNDS)
    applied = table("enrolments", "year lab_code programme state", [2026, ONE, "A01", "applied"])
    await bring(db, reports(ONE), applied, scope="full")
    other = table("enrolments", "year lab_code programme state", [2026, ONE, "A02", "applied"])
    await bring(db, reports(ONE, programme="A02"), other, scope=scope)
    path = await out(db, kind, tmp_path)
    assert openpyxl.load_workbook(path).sheetnames == [title]
    assert await again(db, path) == [(0, 0, 2, 0)]


async def test_who_is_off_the_list_is_not_written(db: Database, tmp_path: Path) -> None:
    await bring(db, LABS, PROGRAMMES, ROUNDS, reports(ONE, TWO))
    await bring(db, reports(ONE), scope="full")
    path = await out(db, "submissions", tmp_path)
    assert [row[3] for row in sheet(path)[1:]] == [ONE]
    assert await again(db, path) == [(0, 0, 1, 0)]


async def test_what_labs_said_themselves_comes_back_without_a_change(db: Database, tmp_path: Path) -> None:
    await bring(db, LABS, PROGRAMMES, ROUNDS)
    labs = [row.id for row in await db.read(lambda tx: tx._all(select(lab.c.id).order_by(lab.c.id)))]
    said = {"round_id": 1, "by": "qq:300400700"}
    received = {
        **said,
        "lab_id": labs[0],
        "state": "received",
        "received_at": datetime(2026, 3, 12, 1, 2, 3, 4, UTC),
    }
    problem = {**said, "lab_id": labs[1], "state": "problem", "received_at": None}
    await db.write(lambda tx: tx._run(insert(receipt), [received, problem]))
    assert await again(db, await out(db, "receipts", tmp_path)) == [(0, 0, 2, 0)]


async def test_a_card_with_what_no_cell_can_hold_comes_back_without_a_change(db: Database, tmp_path: Path) -> None:
    cards = ["合肥\x07演示医院", "  张三 ", "甲\r\n乙", "\t", "_x000D_", "甲\uffff", "'"]
    row = {"platform": "qq", "group_id": "700100200", "nickname": "", "role": "robot"}
    rows = [{**row, "account": f"30010000{i}", "card": card} for i, card in enumerate(cards)]
    await db.write(lambda tx: tx._run(insert(group_member), rows))
    assert await again(db, await out(db, "members", tmp_path)) == [(0, 0, len(rows), 0)]


@settings(max_examples=30, deadline=None)
@given(
    names=st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=40),
    cards=st.lists(st.text(max_size=20), min_size=40, max_size=40),
)
async def test_whatever_is_written_is_read_again(names: list[str], cards: list[str]) -> None:
    """Any text that an import takes, and any card."""
    names = [name for name in map(fold, names) if not is_blank(name)]
    said = [{"code": f"{i:07}", "name": name, "stopped": False} for i, name in enumerate(names)]
    people = [
        {"group": "700100200", "account": str(10000 + i), "card": c, "nickname": ""} for i, c in enumerate(cards)
    ]
    with TemporaryDirectory() as folder:
        for kind, ident, values in (("labs", "name", said), ("members", "card", people)):
            if not values:
                continue
            books = Books(KINDS[kind], Path(folder, f"{kind}.xlsx"))
            write = Sheet(KINDS[kind]).row
            books.add([write(one) for one in values])
            books.close()
            books.publish()
            [read] = await read_all([books.path], None, CODE_PATTERN)
            at = read.columns.index(ident)
            assert [row[at] for row in read.rows] == [as_written(one[ident]) for one in values]  # type: ignore[arg-type]
            assert read.refused == []


async def test_more_rows_than_a_file_may_hold_make_several(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ROWS", 3)
    await bring(db, LABS, PROGRAMMES, ROUNDS)
    await bring(db, reports("0340101 0340102", "0340103 0340104"), scope="full")
    files, rows = await export(db, CENTRE, "submissions", 2026, tmp_path / "名单.xlsx", NOW)
    assert ([file.name for file in files], rows) == (["名单-1.xlsx", "名单-2.xlsx"], 4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["名单-1.xlsx", "名单-2.xlsx"]
    assert [len(sheet(file)) for file in files] == [4, 2]
    assert openpyxl.load_workbook(files[0]).sheetnames == ["上报情况表（增量）"]
    assert await again(db, files[0]) == [(0, 0, 3, 0)]


async def test_no_file_is_larger_than_an_import_takes(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "UNPACKED", 900)
    await bring(db, LABS)
    files, rows = await export(db, CENTRE, "labs", None, tmp_path / "a.xlsx", NOW)
    assert ([len(sheet(file)) for file in files], rows) == ([3, 3], 4)


async def test_nothing_is_overwritten_and_nothing_half_written(db: Database, tmp_path: Path) -> None:
    await bring(db, LABS)
    (tmp_path / "labs.xlsx").write_text("mine")
    refused = await refusal(export(db, CENTRE, "labs", None, tmp_path / "labs.xlsx", NOW))
    assert say_error(refused) == "「labs.xlsx」已存在，没有覆盖。请换一个文件名，或先移走原来的文件。"
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]
    refused = await refusal(export(db, CENTRE, "labs", None, tmp_path / "no" / "labs.xlsx", NOW))
    assert refused.key == "workbook/unwritable"


async def test_what_is_not_there_or_has_no_year_is_said(db: Database, tmp_path: Path) -> None:
    for kind, year, sentence in (
        ("scores", 2026, "还没有可写进「质评成绩表」的数据，没有写出文件。请先导入，或换一个年度。"),
        ("labs", 2026, "「单位名录」不分年度。请去掉 --year 后重试。"),
    ):
        assert say_error(await refusal(export(db, CENTRE, kind, year, tmp_path / "a.xlsx", NOW))) == sentence
    assert list(tmp_path.iterdir()) == []


async def test_an_export_is_in_the_log_and_is_no_import(db: Database, tmp_path: Path) -> None:
    await bring(db, LABS)
    batches = await db.read(lambda tx: tx._all(select(import_batch)))
    await out(db, "labs", tmp_path)
    logged = await db.read(lambda tx: tx._all(select(audit_log).where(audit_log.c.action == "workbooks.export")))
    assert [(row.actor, row.subject, row.detail, row.at) for row in logged] == [
        ("cli:test", "labs", {"year": None, "rows": 4}, NOW)
    ]
    assert await db.read(lambda tx: tx._all(select(import_batch))) == batches


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return parser.parse_args(words)


async def test_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], db: Database
) -> None:
    await bring(db, LABS, PROGRAMMES)
    monkeypatch.setenv("EQABOT_DATABASE_URL", db.writer.url.render_as_string(hide_password=False))
    monkeypatch.chdir(tmp_path)
    for words, said in (
        (["labs"], "已写出 单位名录，共 4 行：labs.xlsx\n"),
        (["programmes", "--year", "2026"], "已写出 质评项目表，共 4 行：programmes-2026.xlsx\n"),
        (["programmes", "-o", "我的.xlsx"], "已写出 质评项目表，共 4 行：我的.xlsx\n"),
    ):
        assert await asyncio.to_thread(command.run, arguments(*words)) == 0
        assert capsys.readouterr().out == said
    with pytest.raises(DomainError) as refused:
        command.run(arguments("labs"))
    assert refused.value.key == "workbook/exists"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lab"], "没有「lab」，可选 applications, certificates, "),
        (["labs", "--year", "今年"], "--year 应为整数，不是「今年」"),
        ([], "缺少种类"),
    ],
)
def test_bad_usage_is_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser(prog="eqabot export")
    command.arguments(parser)
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(words)
    complaint = capsys.readouterr().err
    assert (ended.value.code, complaint.count("\n")) == (2, 1)
    assert complaint.startswith(f"用法不对：{said}")
