"""Whole sheets: which kind they are, which rows are taken, refused or skipped."""

import json
from collections.abc import Sequence
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DomainError
from core.words import fold
from core.workbooks.cells import NOTHING, Cell, shown
from core.workbooks.headings import recognise
from core.workbooks.kinds import KINDS
from core.workbooks.parsing import Settings, parse_rows
from core.workbooks.reasons import REASONS
from core.workbooks.tables import Refused, Table, scope_of

LABS = ["实验室编码", "单位名称"]
ROUNDS = ["年度", "次数", "项目", "上报截止"]
SUBMISSIONS = ["年度", "次数", "项目", "实验室编码", "上报情况"]


def read(*rows: Sequence[Cell], first_row: int = 1) -> Table:
    return parse_rows(recognise(rows, None), rows, first_row, Settings(source="上报.xlsx", sheet="第1次"))


# Which kind a sheet is


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_known_by_its_headings_in_any_order(name: str) -> None:
    headings = [column.heading for column in KINDS[name].columns]
    for order in (headings, headings[::-1], [c.heading for c in KINDS[name].required]):
        found = recognise([order], None)
        assert found.kind.name == name
        assert [order[at] for at in found.positions.values()] == [h for h in headings if h in order]


@pytest.mark.parametrize("name", KINDS)
def test_every_other_name_of_a_heading_is_read(name: str) -> None:
    for column in KINDS[name].columns:
        rest = [other.heading for other in KINDS[name].required if other is not column]
        for heading in column.others:
            assert recognise([[*rest, heading]], name).positions[column.ident] == len(rest), heading


@pytest.mark.parametrize(
    "heading", ["*实验室编码", "【实验室编码】", "实验室 编码：", "实验室\n编码", "实验室编码（必填）"]
)
def test_marks_around_a_heading_do_not_matter(heading: str) -> None:
    assert recognise([[heading, "单位名称"]], None).positions == {"code": 0, "name": 1}


def test_the_official_heading_is_preferred() -> None:
    found = recognise([["编码", "状态", "实验室编码", "年度", "项目名称", "项目", "次数", "上报情况"]], None)
    assert found.kind.name == "submissions"
    assert found.positions == {"year": 3, "n": 6, "programme": 5, "lab_code": 2, "reported": 7}
    assert found.ignored == ("编码", "状态", "项目名称")


def test_titles_may_stand_above_the_headings() -> None:
    rows = [
        ["2026年上报情况（全量）", "", ""],
        [],
        ["序号", *SUBMISSIONS],
        ["1", "2026", "1", "糖化", "340001", "已上报"],
    ]
    table = read(*rows, first_row=3)
    assert (table.kind, table.scope, table.row_numbers, table.ignored) == ("submissions", "full", [6], ["序号"])


def test_a_list_of_labs_is_no_list_of_applications() -> None:
    headings = ["实验室编码", "单位名称", "地市", "县区", "联系人", "电话", "邮箱", "QQ"]
    assert recognise([headings], None).kind.name == "labs"
    assert recognise([headings[1:]], None).kind.name == "applications"


def refusal(*rows: Sequence[Cell], kind: str | None = None) -> DomainError:
    with pytest.raises(DomainError) as caught:
        recognise(rows, kind)
    return caught.value


def test_a_missing_heading_is_named() -> None:
    error = refusal(["质评结果"], ["年度", "次数", "项目", "实验室编码", "单位名称", ""])
    assert error.key == "workbook/headings"
    assert error.params == {
        "kind": "submissions",
        "title": "上报情况表",
        "expected": SUBMISSIONS,
        "missing": ["上报情况"],
        "found": ["年度", "次数", "项目", "实验室编码", "单位名称"],
    }


def test_a_wanted_kind_is_not_guessed() -> None:
    error = refusal(LABS, kind="rounds")
    assert error.params["missing"] == ROUNDS
    assert refusal(LABS, kind="roundz").key == "workbook/kind"


@pytest.mark.parametrize("rows", [[], [[]], [["甲", "乙"]]])
def test_of_a_foreign_sheet_every_kind_is_offered(rows: list[list[Cell]]) -> None:
    error = refusal(*rows)
    assert error.params["kind"] == ""
    assert "质评活动安排表：年度 次数 项目 上报截止" in error.params["expected"]  # type: ignore[operator]
    assert error.params["found"] == [cell for row in rows for cell in row]


# Rows


def test_blank_rows_are_skipped_and_keep_their_numbers() -> None:
    table = read(LABS, ["340001", "省立医院"], ["", "  "], [None, None], [], ["340002", "市一院"])
    assert (table.row_numbers, table.refused) == ([2, 6], [])


def test_a_short_row_lacks_its_last_cells() -> None:
    table = read([*LABS, "电话"], ["340001", "省立医院"])
    assert table.rows == [["340001", "省立医院", None]]


def test_only_columns_of_the_sheet_are_in_the_table() -> None:
    assert read(
        ["电话", "", "单位名称", "备注", "编码"], ["0551-1234567", "", "省立医院", "x", "340001"]
    ).columns == (
        "code",
        "name",
        "phone",
    )


def test_one_refusal_a_row_names_all_its_bad_cells() -> None:
    table = read([*ROUNDS, "发放日期"], ["2026", "x", "", "abc", "昨天"], ["2026", 1.0, "糖化", "3月27日", ""])
    assert table.refused == [
        Refused(
            row=2,
            heading="次数",
            value="x",
            reason="不是第几次（本行还有：项目、发放日期、上报截止）",
            expected="应写成 1 或 第1次 这样的形式",
        )
    ]
    assert table.row_numbers == [3]


def test_long_cells_are_refused_and_shown_short() -> None:
    table = read(LABS, ["340001", "医" * 501], ["340002", "医" * 500])
    assert [(one.row, one.reason, len(one.value)) for one in table.refused] == [(2, "文字太长", 40)]
    assert table.row_numbers == [3]


def test_a_second_row_of_the_same_lab_is_refused() -> None:
    table = read(LABS, ["ah0001", "省立医院"], ["340002", "市一院"], ["ＡＨ0001", "别家"], ["AH0001", "又一家"])
    assert table.row_numbers == [2, 3]
    assert [(one.row, one.heading, one.value, one.reason) for one in table.refused] == [
        (4, "实验室编码", "AH0001", "与第 2 行重复"),
        (5, "实验室编码", "AH0001", "与第 2 行重复"),
    ]
    assert table.refused[0].expected == "实验室编码相同的行只能有一行，请删去多余的行"


def test_a_refused_row_is_no_first_row() -> None:
    table = read(LABS, ["340001", ""], ["340001", "省立医院"])
    assert (table.row_numbers, [one.row for one in table.refused]) == ([3], [2])


def test_the_same_lab_on_another_sheet_is_refused() -> None:
    settings_ = Settings(source="名录.xlsx")
    rows = [LABS, ["340001", "省立医院"]]
    for sheet in ("合肥", "芜湖"):
        table = parse_rows(recognise(rows, None), rows, 1, settings_.of(sheet))
    assert (table.rows, table.refused[0].reason) == ([], "与工作表「合肥」第 2 行重复")


def test_programmes_and_rounds_differ_by_every_part_of_their_identity() -> None:
    first: list[str | float] = ["2026", 1.0, "糖化", "340001", "已上报"]
    others: list[str | float] = ["2027", 2.0, "凝血", "340002"]
    variants = [[*first[:at], other, *first[at + 1 :]] for at, other in enumerate(others)]
    assert len(read(SUBMISSIONS, first, *variants).rows) == 5
    assert read(SUBMISSIONS, first, [*first[:2], " 糖 化 ", *first[3:]]).refused[0].reason == "与第 2 行重复"


def test_a_unit_of_the_same_name_elsewhere_is_another_one() -> None:
    headings = ["单位名称", "县区", "提交日期"]
    table = read(
        headings, ["城关镇卫生院", "甲县", ""], ["城关镇卫生院", "乙县", ""], ["城关镇卫生院", "甲县", ""]
    )
    assert (table.row_numbers, [one.row for one in table.refused]) == ([2, 3], [4])


@pytest.mark.parametrize("name", KINDS)
def test_the_example_row_is_skipped_until_it_is_changed(name: str) -> None:
    columns = KINDS[name].columns
    headings, example = [c.heading for c in columns], [c.example for c in columns]
    assert read(headings, example) == Table(
        kind=name,
        columns=tuple(c.ident for c in columns),
        rows=[],
        row_numbers=[],
        source="上报.xlsx",
        sheet="第1次",
    )
    changed = [
        "改过的" if heading in ("单位名称", "项目", "项目名称", "群名片") else cell
        for heading, cell in zip(headings, example, strict=True)
    ]
    assert len(read(headings, changed).rows) == 1


@pytest.mark.parametrize(
    ("titles", "scope"),
    [
        (("全量", ""), "full"),
        (("第1次", "上报增量.xlsx"), "partial"),
        (("第1次", "上报.xlsx"), None),
        (("全量或增量", "增量.xlsx"), "partial"),
        (("增量", "全量.xlsx"), "partial"),
        (("非全量", ""), "partial"),
        (("不是全量", ""), "partial"),
    ],
)
def test_scope_is_told_by_titles(titles: tuple[str, ...], scope: str | None) -> None:
    assert scope_of(*titles) == scope


def test_every_note_and_reason_can_be_shown() -> None:
    for kind in KINDS.values():
        for column in kind.columns:
            assert column.note, column.ident
            assert column.example, column.ident
        assert set(kind.key) <= {column.ident for column in kind.columns}
        assert kind.telling.required_heading
    assert all(REASONS.values())


# Whatever people put into cells

CELLS = (
    st.text(max_size=12)
    | st.sampled_from(
        ["", "无", "2026", "第1次", "糖化", "340001", "已上报", "3月27日", "3.1", "24:00", "2026-03-27 24:00"]
    )
    | st.floats()
    | st.integers(-10, 10**12).map(float)
    | st.booleans()
    | st.none()
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.just(UTC))
    | st.times()
    | st.timedeltas()
)


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(sorted(KINDS)), data=st.data())
def test_no_cell_is_lost_or_stops_the_reading(name: str, data: st.DataObject) -> None:
    headings = [column.heading for column in KINDS[name].columns]
    body = data.draw(st.lists(st.lists(CELLS, max_size=len(headings)), max_size=6))
    table = read(headings, *body)
    refused = [one.row for one in table.refused]
    assert len({*table.row_numbers, *refused}) == len(table.row_numbers) + len(refused)
    for number, row in enumerate(body, start=2):
        if number not in table.row_numbers and number not in refused:
            assert all(fold(shown(cell)).lower() in NOTHING for cell in row)
    assert all(len(one.value) <= 40 for one in table.refused)
    assert Table.from_json(json.loads(json.dumps(table.to_json()))) == table
