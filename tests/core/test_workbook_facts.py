"""Sheets about labs and members: recognised by their headings, and their cells read right in every kind."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import SHANGHAI
from core.errors import DomainError
from core.workbooks.cells import Cell
from core.workbooks.headings import recognise
from core.workbooks.kinds import KINDS
from core.workbooks.moments import EXCEL_EPOCH
from core.workbooks.parsing import Settings, parse_rows
from core.workbooks.tables import Table

FACTS = ["enrolments", "submissions", "receipts", "scores", "certificates"]
EXAMPLES: dict[str, Cell] = {"项目": "凝血", "群名片": "合肥演示医院张三"}


def read(*rows: Sequence[Cell]) -> Table:
    return parse_rows(recognise(rows, None), rows, 1, Settings())


def one(kind: str, **cells: Cell) -> object:
    """The values of a row with these cells, by ident; of a refused row its reason."""
    columns = KINDS[kind].columns
    row = [cells.get(c.ident, EXAMPLES.get(c.heading, c.example)) for c in columns]
    table = read([c.heading for c in columns], row)
    return dict(zip(table.columns, table.rows[0], strict=True)) if table.rows else table.refused[0].reason


def value(kind: str, ident: str, cell: Cell) -> object:
    found = one(kind, **{ident: cell})
    return found[ident] if isinstance(found, dict) else found


# Which kind a sheet is


@pytest.mark.parametrize("kind", KINDS)
def test_a_sheet_that_lacks_a_heading_is_of_no_other_kind(kind: str) -> None:
    headings = [column.heading for column in KINDS[kind].columns]
    for required in KINDS[kind].required:
        if (kind, required.heading) == ("labs", "实验室编码"):
            continue  # a list of units without codes is a list of applications
        with pytest.raises(DomainError) as refused:
            recognise([[heading for heading in headings if heading != required.heading]], None)
        assert refused.value.key == "workbook/headings"
        if not (kind == "receipts" and required is KINDS[kind].required[-1]):  # then nothing tells what it is
            assert required.heading in refused.value.params["missing"] or kind == "applications"  # type: ignore[operator]


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        ("年度 实验室编码 项目 申请状态", "enrolments"),
        ("年份 质控编码 单位名称 项目名称 是否报名", "enrolments"),
        ("年度 次数 项目 实验室编码 单位名称 签收日期", "receipts"),
        ("年度 次数 项目 实验室编码 及格数 总数 得分％ 满意/不满意", "scores"),
        ("年度 次数 项目 实验室编码 PT成绩", "scores"),
        ("年度 质控编码 项目 单位名称 证书编号", "certificates"),
        ("年度 实验室编码 项目 证书号 发放情况", "certificates"),
        ("群号 QQ号 名片 昵称", "members"),
    ],
)
def test_loose_headings_tell_the_kind(headings: str, kind: str) -> None:
    assert recognise([headings.split()], None).kind.name == kind


def test_the_summary_of_a_score_sheet_is_read() -> None:
    headings = ["年度", "次数", "项目", "实验室编码", "及格数", "总数", "得分％", "满意/不满意"]
    table = read(headings, [2026.0, "第1次", "凝血", "0340001", 4.0, "5个", "80％", "满意"])
    assert table.rows == [[2026, 1, "凝血", "0340001", 4, 5, 80.0, "satisfactory"]]


# Cells of scores


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (100.0, 100.0),
        ("100％", 100.0),
        ("成绩100％", 100.0),
        ("PT成绩：80", 80.0),
        ("66.67分", 66.67),
        (0.8, 80.0),  # a cell in percent format
        ("0.8%", 0.8),
        (0.0, 0.0),
        ("", None),
        ("-", None),
        ("—", None),
        ("不计分", "not_scored"),
        ("成绩不适用", "not_applicable"),
        ("101", "不是 0–100 的分数"),
        ("-1", "不是 0–100 的分数"),
        ("优", "不是 0–100 的分数"),
    ],
)
def test_a_pt_score(cell: Cell, expected: object) -> None:
    assert value("scores", "pt", cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("合格", "satisfactory"),
        ("满意", "satisfactory"),
        ("不合格", "unsatisfactory"),
        (" 不 满 意 ", "unsatisfactory"),
        ("不计分", "not_scored"),
        ("不适用", "not_applicable"),
        ("成绩不适用", "not_applicable"),
        ("", None),
        ("尚可", "不是可用的填法"),
    ],
)
def test_a_verdict(cell: Cell, expected: object) -> None:
    assert value("scores", "verdict", cell) == expected


@pytest.mark.parametrize(("cell", "expected"), [(5.0, 5), ("５", 5), ("0", 0), ("-", None), (4.5, "不是个数")])
def test_a_count(cell: Cell, expected: object) -> None:
    assert value("scores", "acceptable", cell) == expected


def test_an_analyte_left_out_is_the_whole_programme() -> None:
    assert value("scores", "analyte", "") is None
    rows = [["年度", "次数", "项目", "实验室编码", "PT成绩"], [2026, 1, "凝血", "0340001", 100]]
    assert "analyte" not in read(*rows).columns


EXAMPLE = [column.example for column in KINDS["scores"].columns]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ((1.0, 0.8, 100.0), [1.0, 0.8, 100.0]),
        (("1", "0.8", "100"), [1.0, 0.8, 100.0]),
        ((1.0, 80), [1.0, 80.0]),
        ((1.0, "PT成绩：80"), [1.0, 80.0]),
        ((1.0, 0.8, 0.0), [100.0, 80.0, 0.0]),  # a column in per cent format
        ((1.0, "80%", "不计分", ""), [100.0, 80.0, "not_scored", None]),
    ],
)
@pytest.mark.parametrize("template", [[], [EXAMPLE]])
def test_a_one_is_a_hundred_only_in_a_column_of_per_cents(
    cells: Sequence[Cell], expected: list[object], template: list[list[Cell]]
) -> None:
    headings = [column.heading for column in KINDS["scores"].columns]
    at = headings.index("PT成绩")
    rows = [[2026, 1, "凝血", f"第{i}项", "0340001", *[""] * 5] for i in range(len(cells))]
    for row, cell in zip(rows, cells, strict=True):
        row[at] = cell
    table = read(headings, *template, *rows)
    assert [row[table.columns.index("pt")] for row in table.rows] == expected


@given(st.lists(st.floats(0, 100).map(lambda score: round(score, 2)), min_size=1), st.floats(1.01, 100))
def test_beside_a_score_above_one_every_score_is_as_it_was_written(scores: list[float], above: float) -> None:
    headings = ["年度", "次数", "项目", "分析物", "实验室编码", "PT成绩"]
    rows = [[2026, 1, "凝血", f"第{i}项", "0340001", score] for i, score in enumerate([*scores, above])]
    assert [row[-1] for row in read(headings, *rows).rows] == [*scores, above]


def test_one_analyte_of_a_lab_stands_on_one_row() -> None:
    headings = ["年度", "次数", "项目", "分析物", "实验室编码", "PT成绩"]
    first, second, third = ([2026, 1, "凝血", analyte, "0340001", 100] for analyte in ("APTT", "aptt", ""))
    assert [refused.reason for refused in read(headings, first, second, third).refused] == ["与第 2 行重复"]


# Cells of the others


@pytest.mark.parametrize(
    ("kind", "ident", "cell", "expected"),
    [
        ("enrolments", "state", "已申请", "applied"),
        ("enrolments", "state", "未申请", "not_applied"),
        ("enrolments", "state", "暂停", "suspended"),
        ("enrolments", "state", "", "没有填写"),
        ("certificates", "state", "已发放", "issued"),
        ("certificates", "state", "未发放", "not_issued"),
        ("certificates", "number", "", None),
        ("certificates", "number", "00012", "00012"),
        ("members", "role", "群主", "owner"),
        ("members", "role", "", "member"),
        ("members", "card", "", ""),
        ("members", "card", "-", "-"),
        ("members", "card", "无", "无"),
        ("members", "card", "＝王　芳", "＝王　芳"),
        ("members", "account", "１００００１", "100001"),
        ("members", "account", "张三", "不是 QQ 号"),
        ("members", "group", 700100200.0, "700100200"),
        ("members", "group", "一群", "不是群号"),
        ("members", "joined_at", "2026-01-05", "2026-01-04T16:00:00Z"),
        ("receipts", "received_at", "", None),
        ("receipts", "received_at", "2026-03-12", "2026-03-12T15:59:59Z"),
    ],
)
def test_a_cell(kind: str, ident: str, cell: Cell, expected: object) -> None:
    assert value(kind, ident, cell) == expected


# In all of them


digits = st.from_regex(r"[0-9]{4,8}", fullmatch=True)
moments_ = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30))  # noqa: DTZ001 - cells know no zone


@given(st.sampled_from(FACTS), digits)
def test_a_code_keeps_its_zeros_however_it_is_typed(kind: str, code: str) -> None:
    wide = code.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})
    for cell in (code, wide, f"'{code}", f'="{code}"', f" {code}\u200b", f"{code}.0"):
        assert value(kind, "lab_code", cell) == code


@given(st.sampled_from(FACTS), st.integers(1000, 99_999_999))
def test_a_code_that_is_a_number_has_no_point(kind: str, code: int) -> None:
    assert value(kind, "lab_code", float(code)) == str(code)


@given(
    st.sampled_from([("receipts", "received_at"), ("submissions", "reported_at"), ("members", "joined_at")]),
    moments_,
)
def test_a_moment_is_the_same_as_text_date_cell_and_serial(where: tuple[str, str], local: datetime) -> None:
    local = local.replace(microsecond=0)
    expected = local.replace(tzinfo=SHANGHAI).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert value(*where, local) == expected
    assert value(*where, local.isoformat(" ")) == expected
    seconds = (local - datetime.combine(local.date(), datetime.min.time())).seconds
    serial = (local.date() - EXCEL_EPOCH).days + seconds / 86400
    if seconds:  # a whole number is a day without a time
        assert value(*where, serial) == expected


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_is_the_same_as_text_and_as_serial(day: date) -> None:
    serial = float((day - EXCEL_EPOCH).days)
    said = {value("receipts", "received_at", cell) for cell in (day, day.isoformat(), f"{day:%Y/%m/%d}", serial)}
    assert said == {f"{day}T15:59:59Z"}


@given(st.floats(0, 100))
def test_a_score_is_read_as_it_was_written(score: float) -> None:
    assert value("scores", "pt", f"{score!r}%") == score
