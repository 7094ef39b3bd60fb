"""One cell at a time: what is accepted, what it becomes, what is said of the rest."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest

from core.workbooks.cells import Cell
from core.workbooks.headings import recognise
from core.workbooks.parsing import Settings, parse_rows
from core.workbooks.reasons import REASONS
from core.workbooks.tables import Refused, Table

LABS = ["实验室编码", "单位名称"]
APPLICATIONS = ["单位名称", "提交日期"]
PROGRAMMES = ["年度", "项目编码", "项目名称"]
ROUNDS = ["年度", "次数", "项目", "上报截止"]
SUBMISSIONS = ["年度", "次数", "项目", "实验室编码", "上报情况"]


def read(*rows: Sequence[Cell]) -> Table:
    return parse_rows(recognise(rows, None), rows, 1, Settings())


def value(ident: str, cell: Cell, heading: Sequence[Cell], *others: Cell) -> object:
    """The one cell read under the last heading of a one-row sheet; a `Refused` if it was not."""
    table = read(heading, [*others, cell])
    return table.rows[0][table.columns.index(ident)] if table.rows else table.refused[0]


def deadline(cell: Cell) -> object:
    return value("deadline", cell, ROUNDS, 2026.0, "第1次", "糖化")


def code(cell: Cell) -> object:
    table = read(LABS, [cell, "省立医院"])
    return table.rows[0][0] if table.rows else table.refused[0].reason


# Lab codes: text, never a number


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("00340001", "00340001"),
        (340001.0, "340001"),
        ("340001.0", "340001"),
        ("３４０００１", "340001"),
        (" 34 0001\u200b", "340001"),
        ("'00340001", "00340001"),
        ('="00340001"', "00340001"),
        ("ah0012", "ah0012"),
    ],
)
def test_a_lab_code_is_text(cell: Cell, expected: str) -> None:
    assert code(cell) == expected


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (340001.5, "不是实验室编码"),
        ("123", "不是实验室编码"),
        ("١٢٣٤٥", "不是实验室编码"),
        ("3.40001E+5", "被表格改成了科学计数法，末几位已丢失"),
        (date(2026, 3, 4), "不是实验室编码"),
        (True, "不是实验室编码"),
        (float("nan"), "无法识别"),
        ("", "没有填写"),
        ("无", "没有填写"),
    ],
)
def test_what_is_no_lab_code_is_refused(cell: Cell, reason: str) -> None:
    assert code(cell) == reason


def test_the_pattern_of_codes_is_a_setting() -> None:
    rows = [LABS, ["X-1", "省立医院"], ["340001", "市一院"]]
    table = parse_rows(recognise(rows, None), rows, 1, Settings(code_pattern=r"X-\d"))
    assert table.rows == [["X-1", "省立医院"]]
    assert [(one.row, one.value) for one in table.refused] == [(3, "340001")]


# Years, rounds, words


@pytest.mark.parametrize("cell", [2026.0, "2026", "2026年", "2026年度", "２０２６", "26年", "2026.0"])
def test_years(cell: Cell) -> None:
    assert read(PROGRAMMES, [cell, "TH", "糖化"]).rows == [[2026, "TH", "糖化"]]


@pytest.mark.parametrize("cell", ["26", 1926.0, "二零二六", date(2026, 1, 1), "2026.5", True])
def test_what_is_no_year(cell: Cell) -> None:
    assert [one.reason for one in read(PROGRAMMES, [cell, "TH", "糖化"]).refused] == ["不是年度"]


@pytest.mark.parametrize(
    ("cell", "n"),
    [(1.0, 1), ("1", 1), ("第1次", 1), ("第一次", 1), ("一", 1), ("第 2 次", 2), ("下半年", 2), ("第十二次", 12)],
)
def test_numbers_of_an_activity(cell: Cell, n: int) -> None:
    assert read(ROUNDS, ["2026", cell, "糖化", "2026-03-27"]).rows[0][1] == n


@pytest.mark.parametrize("cell", [0.0, 1.5, 13.0, "第零次", "首次", True])
def test_what_is_no_activity(cell: Cell) -> None:
    assert [one.heading for one in read(ROUNDS, ["2026", cell, "糖化", "2026-03-27"]).refused] == ["次数"]


def test_true_is_not_the_same_cell_as_one() -> None:
    table = read(ROUNDS, ["2026", 1.0, "糖化", "3月27日"], ["2026", True, "凝血", "3月27日"])
    assert table.rows == [[2026, 1, "糖化", "2026-03-27T15:59:59Z"]]
    assert table.refused[0].row == 3


@pytest.mark.parametrize(
    ("cell", "reported"),
    [
        ("已上报", True),
        ("已报", True),
        ("已回报", True),
        ("是", True),
        (True, True),
        (" 已 上报 ", True),
        ("未上报", False),
        ("未报", False),
        ("未回报", False),
        ("否", False),
        (False, False),
    ],
)
def test_words_for_reported(cell: Cell, reported: bool) -> None:
    assert value("reported", cell, SUBMISSIONS, 2026.0, 1.0, "糖化", "340001") is reported


def test_an_unknown_word_is_refused_with_the_known_ones() -> None:
    assert value("reported", "报了吧", SUBMISSIONS, 2026.0, 1.0, "糖化", "340001") == Refused(
        row=2, heading="上报情况", value="报了吧", reason="不是可用的填法", expected="应写 已上报 或 未上报"
    )


@pytest.mark.parametrize(("cell", "stopped"), [("", False), ("正常", False), ("停用", True), (None, False)])
def test_state_of_a_lab(cell: Cell, stopped: bool) -> None:
    assert value("stopped", cell, [*LABS, "状态"], "340001", "省立医院") is stopped


@pytest.mark.parametrize(("cell", "scored"), [("是", True), ("否", False), ("不计分", False), ("", None)])
def test_scored_or_not_or_not_said(cell: Cell, scored: bool | None) -> None:
    assert value("scored", cell, [*PROGRAMMES, "是否计分"], 2026.0, "TH", "糖化") is scored


@pytest.mark.parametrize(
    ("cell", "score"), [(80.0, 80), ("80%", 80), ("80 分", 80), (0.8, 80), ("100", 100), (0.0, 0)]
)
def test_pass_score(cell: Cell, score: float) -> None:
    assert value("pass_score", cell, [*PROGRAMMES, "合格线"], 2026.0, "TH", "糖化") == score


@pytest.mark.parametrize("cell", [101.0, -1.0, "八十", "nan", float("inf")])
def test_what_is_no_score(cell: Cell) -> None:
    assert isinstance(value("pass_score", cell, [*PROGRAMMES, "合格线"], 2026.0, "TH", "糖化"), Refused)


@pytest.mark.parametrize(("cell", "times"), [(2.0, 2), ("2次", 2), ("每年两次", 2), ("一", 1)])
def test_times_a_year(cell: Cell, times: int) -> None:
    assert value("rounds", cell, [*PROGRAMMES, "次数"], 2026.0, "TH", "糖化") == times


def test_several_names_in_one_cell() -> None:
    cell = "生化、常规生化，ＣＣ;CC／临床化学|生化\n化学"
    names = value("aliases", cell, [*PROGRAMMES, "别名"], 2026.0, "CC", "常规化学")
    assert names == ["生化", "常规生化", "CC", "临床化学", "化学"]


# Telephones, QQ, addresses


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (13855112345.0, "13855112345"),
        ("0551-62283619", "0551-62283619"),
        ("13855112345.0", "13855112345"),
        ("０５５１－６２２８３６１９ 转 801", "0551-62283619 转 801"),
        ("/", None),
    ],
)
def test_telephones(cell: Cell, said: str | None) -> None:
    assert value("phone", cell, [*LABS, "电话"], "340001", "省立医院") == said


@pytest.mark.parametrize(("cell", "reason"), [("1.38E+10", "科学计数法"), ("问前台", "不是电话号码")])
def test_what_is_no_telephone(cell: Cell, reason: str) -> None:
    refused = value("phone", cell, [*LABS, "手机号"], "340001", "省立医院")
    assert isinstance(refused, Refused)
    assert reason in refused.reason


@pytest.mark.parametrize("cell", [123456789.0, "123456789", "QQ：123456789", "123456789@qq.com"])
def test_qq(cell: Cell) -> None:
    assert value("qq", cell, ["单位名称", "QQ"], "省立医院") == "123456789"


@pytest.mark.parametrize(
    ("heading", "cell"),
    [("QQ", "1.2E+9"), ("QQ", "12"), ("邮箱", "a.b.c"), ("提交日期", "上周")],
)
def test_what_is_no_address_refuses_the_row(heading: str, cell: str) -> None:
    assert read(["单位名称", heading], ["省立医院", cell]).refused[0].heading == heading


def test_a_link_must_be_a_web_address() -> None:
    headings = [*PROGRAMMES, "计划书链接"]
    assert (
        value("plan_url", "https://example.org/a.pdf", headings, 2026.0, "TH", "糖化")
        == "https://example.org/a.pdf"
    )
    assert isinstance(value("plan_url", "javascript:alert(1)", headings, 2026.0, "TH", "糖化"), Refused)


# Days and moments


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-27",
        "2026/3/27",
        "2026年3月27日",
        "3月27日",
        "3.27",
        3.27,
        date(2026, 3, 27),
        46108.0,
        "46108",
        20260327.0,
        "20260327",
        "3月25日-27日",
    ],
)
def test_a_deadline_without_a_time_ends_that_day(cell: Cell) -> None:
    assert deadline(cell) == "2026-03-27T15:59:59Z"


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-27 17:00",
        "2026-03-27 17:00:00",
        "2026-03-27T09:00:00Z",
        "３月２７日　17：00",
        "3月27日17点",
        datetime(2026, 3, 27, 17, 0),  # noqa: DTZ001 - so calamine hands it out
        datetime(2026, 3, 27, 16, 59, 59, 999_000),  # noqa: DTZ001
        datetime(2026, 3, 27, 9, 0, tzinfo=UTC),
        46108 + 17 / 24,
        str(46108 + 17 / 24),
    ],
)
def test_a_deadline_is_a_moment_in_shanghai(cell: Cell) -> None:
    assert deadline(cell) == "2026-03-27T09:00:00Z"


@pytest.mark.parametrize(
    "cell",
    [
        "abc",
        "3月32日",
        "2026-02-30",
        "2026-02-30 17:00",
        7.0,
        1e9,
        float("nan"),
        time(17),
        timedelta(hours=17),
        True,
        "1999-03-27",
        "2100-01-01 08:00",
        date(1900, 1, 5),
        datetime(2150, 1, 1),  # noqa: DTZ001
    ],
)
def test_what_is_no_deadline(cell: Cell) -> None:
    refused = deadline(cell)
    assert isinstance(refused, Refused)
    assert (refused.row, refused.heading, refused.reason) == (2, "上报截止", "不是日期")
    assert refused.expected.startswith("应写成 2026-03-27 17:00 这样的形式")


def test_a_number_that_may_have_lost_its_zero_is_asked_back() -> None:
    refused = deadline(3.1)
    assert isinstance(refused, Refused)
    assert (refused.value, refused.reason) == ("3.1", REASONS["date_two_ways"])


def test_the_year_of_a_short_date_is_the_row_s() -> None:
    table = read(ROUNDS, ["2026", 1.0, "糖化", "3月27日"], ["2027", 1.0, "糖化", "3月27日"])
    assert [row[3] for row in table.rows] == ["2026-03-27T15:59:59Z", "2027-03-27T15:59:59Z"]


def test_without_a_year_a_short_date_is_refused() -> None:
    table = read(
        APPLICATIONS, ["省立医院", "3月27日"], ["市一院", "2026年3月27日"], ["市二院", "2026-3-27 08:12:33"]
    )
    assert [(one.row, one.reason) for one in table.refused] == [(2, "日期缺少年份")]
    assert [row[1] for row in table.rows] == ["2026-03-27", "2026-03-27"]


def test_the_opening_begins_with_its_day() -> None:
    headings = [*ROUNDS, "上报开始", "发放日期"]
    table = read(headings, ["2026", 1.0, "糖化", "3月27日", "3月13日", datetime(2026, 3, 10, 8)])  # noqa: DTZ001
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert (row["opens_at"], row["dispatch_on"]) == ("2026-03-12T16:00:00Z", "2026-03-10")
