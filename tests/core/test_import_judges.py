"""What an import would do, before it does anything: new, changed, unchanged, refused."""

from typing import Any

import pytest

from core.activities.imports import judge_programmes, judge_rounds, judge_submissions
from core.labs.imports import judge_applications, judge_labs
from core.retention import ERASED
from core.workbooks.judged import Judged, Known, Mark
from core.workbooks.tables import Refused, Scope, Table
from core.workbooks.use import judge
from tests.cast import LABS, PROGRAMMES, ROUNDS, application, reports, table

A01, B02 = (2026, 1, "A01"), (2026, 1, "B02")


def counts(judged: Judged) -> tuple[int, ...]:
    """(new, changed, unchanged, refused)"""
    return tuple(judged.counts.values())


def standing(**submissions: Any) -> Known:
    """After an import of the whole cast; `a=("submitted", None)` stands for a lab's word on A01."""
    known = Known()
    judge([LABS, PROGRAMMES, ROUNDS], known, None)
    known.facts["submissions"] = {A01: submissions}
    return known


def only_refusal(judged: Judged) -> Refused:
    [refused] = judged.refused
    return refused


def lists(*rows: list[Any], **more: Any) -> Table:
    return table("submissions", "year n programme lab_code reported", *rows, **more)


def marks(judged: Judged) -> dict[str, str]:
    return {mark.lab_code: mark.state for mark in judged.marks}


# -- new, changed, unchanged


def test_everything_is_new_once_and_unchanged_ever_after() -> None:
    known = Known()
    first = judge([LABS, PROGRAMMES, ROUNDS, application("宣城演示望岳医院")], known, None)
    second = judge([LABS, PROGRAMMES, ROUNDS, application("宣城演示望岳医院")], known, None)
    assert [counts(one) for one in first] == [(4, 0, 0, 0), (1, 0, 0, 0), (4, 0, 0, 0), (4, 0, 0, 0)]
    assert [counts(one) for one in second] == [(0, 0, 4, 0), (0, 0, 1, 0), (0, 0, 4, 0), (0, 0, 4, 0)]


def test_a_change_knows_what_stood_before() -> None:
    known = standing()
    judged = judge_labs(table("labs", "code name", ["0340101", "合肥演示晴川总医院"]), known)
    [change] = judged.changed
    former = ["合肥演示晴川诊所", "合肥演示晴川医院"]  # a name once borne is kept
    assert (change.key, change.values) == (("0340101",), {"name": "合肥演示晴川总医院", "former_names": former})
    assert change.old is not None
    assert (change.old["name"], change.old["city"]) == ("合肥演示晴川医院", "合肥市")
    assert known.labs["0340101"]["name"] == "合肥演示晴川总医院"
    assert known.labs["0340101"]["city"] == "合肥市"


def test_a_column_that_the_sheet_lacks_changes_nothing() -> None:
    assert counts(judge_labs(table("labs", "code name", LABS.rows[0][:2]), standing())) == (0, 0, 1, 0)


def test_a_blank_cell_takes_the_text_away() -> None:
    judged = judge_labs(table("labs", "code name city", ["0340101", "合肥演示晴川医院", None]), standing())
    assert judged.changed[0].values["city"] == ""


def test_a_moved_deadline_is_a_change() -> None:
    moved = table("rounds", "year n programme deadline", [2026, 1, "凝血试验", "2026-04-03T09:00:00Z"])
    [change] = judge_rounds(moved, standing()).changed
    assert (change.key, change.old) == (A01, {"deadline": "2026-03-27T09:00:00Z"})


def test_a_programme_without_words_has_two_rounds_and_is_scored() -> None:
    blank = table("programmes", "year code name rounds scored", [2026, "C01", "新项目", None, None])
    [change] = judge_programmes(blank, Known()).new
    assert (change.values["rounds"], change.values["scored"]) == (2, True)


def test_what_the_reader_refused_stays_refused() -> None:
    bad = Refused(7, "实验室编码", "x", "不是编码", "应为编码")
    sheet = table("labs", "code name", *[row[:2] for row in LABS.rows], refused=[bad])
    judged = judge_labs(sheet, Known())
    assert (counts(judged), judged.refused) == ((4, 0, 0, 1), [bad])
    assert sheet.refused == [bad]


# -- applications


def test_the_same_unit_on_another_day_is_a_further_application() -> None:
    known = Known()
    days = ["2026-03-10", "2026-03-11", "2026-03-10"]
    found = [counts(judge_applications(application("宣城演示望岳医院", day=day), known)) for day in days]
    assert found == [(1, 0, 0, 0), (1, 0, 0, 0), (0, 0, 1, 0)]


def test_units_of_one_name_in_two_counties_are_two() -> None:
    known = Known()
    for county in ("甲县", "乙县"):
        judged = judge_applications(application("城关镇卫生院", city="宣城市", county=county), known)
        assert counts(judged) == (1, 0, 0, 0)


def test_one_unit_spelled_in_two_ways_on_one_sheet_is_refused_once() -> None:
    rows = [["宣城市第一人民医院", "2026-03-10"], ["宣城市第1人民医院", "2026-03-10"]]
    judged = judge_applications(table("applications", "unit submitted_on", *rows), Known())
    assert counts(judged) == (1, 0, 0, 1)
    refused = only_refusal(judged)
    assert (refused.row, refused.heading, refused.value) == (3, "单位名称", "宣城市第1人民医院")


# -- which programme


@pytest.mark.parametrize("word", ["A01", "凝血试验", "凝血", "ａ０１", " 凝 血 "])
def test_rounds_name_their_programme_in_any_way(word: str) -> None:
    sheet = table("rounds", "year n programme deadline", [2026, 1, word, "2026-03-27T09:00:00Z"])
    assert counts(judge_rounds(sheet, standing())) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("year", "word", "reason"),
    [(2026, "两对半", "对应多个项目"), (2026, "星座", "2026年项目表中没有"), (2027, "凝血", "2027年项目表中没有")],
)
def test_an_alias_of_several_or_of_none_is_refused(year: int, word: str, reason: str) -> None:
    sheet = table("rounds", "year n programme deadline", [year, 1, word, "2026-03-27T09:00:00Z"])
    refused = only_refusal(judge_rounds(sheet, standing()))
    assert (refused.row, refused.heading, refused.value, refused.reason) == (2, "项目", word, reason)
    listed = judge_submissions(lists([year, 1, word, "0340101", True]), standing())
    assert only_refusal(listed).reason == reason


def test_one_round_by_two_names_is_refused_once() -> None:
    rows = [[2026, 2, name, "2026-09-18T09:00:00Z"] for name in ("糖化", "A02")]
    judged = judge_rounds(table("rounds", "year n programme deadline", *rows), standing())
    assert counts(judged) == (1, 0, 0, 1)
    assert (only_refusal(judged).row, only_refusal(judged).heading) == (3, "项目")


@pytest.mark.parametrize(
    ("opens", "fits"),
    [
        ("2026-03-20T01:00:00Z", True),
        ("2026-03-27T09:00:00Z", False),
        ("2026-03-28T01:00:00Z", False),
        (None, True),
    ],
)
def test_reports_open_before_they_close(opens: str | None, fits: bool) -> None:
    row = [2026, 2, "A02", opens, "2026-03-27T09:00:00Z"]
    judged = judge_rounds(table("rounds", "year n programme opens_at deadline", row), standing())
    assert counts(judged) == ((1, 0, 0, 0) if fits else (0, 0, 0, 1))
    assert fits or only_refusal(judged).heading == "上报截止"


@pytest.mark.parametrize(
    ("dispatch", "expected", "deadline", "wrong"),
    [
        ("2026-03-19", "2026-03-21", "2026-03-27T09:00:00Z", ""),
        ("2026-03-21", "2026-03-21", "2026-03-20T23:00:00Z", ""),  # the 21st, 7:00
        (None, None, "2026-03-27T09:00:00Z", ""),
        ("2026-03-19", "2026-03-18", "2026-03-27T09:00:00Z", "预计到达"),
        ("2026-03-19", "2026-03-28", "2026-03-27T09:00:00Z", "上报截止"),
        ("2026-03-28", None, "2026-03-27T09:00:00Z", "上报截止"),
    ],
)
def test_samples_come_before_reports(
    dispatch: str | None, expected: str | None, deadline: str, wrong: str
) -> None:
    row = [2026, 2, "A02", dispatch, expected, deadline]
    judged = judge_rounds(table("rounds", "year n programme dispatch_on expected_on deadline", row), standing())
    assert [one.heading for one in judged.refused] == ([wrong] if wrong else [])


def test_a_code_that_lost_its_zeros_is_refused_not_added() -> None:
    """Excel made 0340101 a number: the same unit under 340101 would be a second lab."""
    lost = judge_labs(table("labs", "code name", ["340101", "合肥演示晴川医院"]), standing())
    assert (counts(lost), only_refusal(lost).heading) == ((0, 0, 0, 1), "实验室编码")
    other = judge_labs(table("labs", "code name", ["340101", "另一家演示医院"]), standing())
    assert counts(other) == (0, 0, 0, 1)  # spreadsheets could not tell the two apart


# -- lists of who has reported


def test_marks_are_new_changed_or_unchanged() -> None:
    known = standing(**{"0340101": ("submitted", None), "0340102": ("unsubmitted", None)})
    judged = judge_submissions(reports("0340101 0340102 0340103"), known)
    assert counts(judged) == (1, 1, 1, 0)
    assert marks(judged) == {"0340102": "submitted", "0340103": "submitted"}
    assert judged.lists == [A01]


def test_a_time_is_kept_until_another_is_known() -> None:
    at = "2026-03-20T01:00:00Z"
    known = standing(**{"0340101": ("submitted", at)})
    assert counts(judge_submissions(reports("0340101"), known)) == (0, 0, 1, 0)
    columns = "year n programme lab_code reported reported_at"
    later = table("submissions", columns, [*A01, "0340101", True, "2026-03-21T01:00:00Z"])
    assert judge_submissions(later, standing(**{"0340101": ("submitted", at)})).marks == [
        Mark(A01, "0340101", "submitted", "2026-03-21T01:00:00Z")
    ]


def test_who_has_not_reported_has_no_time() -> None:
    columns = "year n programme lab_code reported reported_at"
    row = [*A01, "0340101", False, "2026-03-21T01:00:00Z"]
    assert judge_submissions(table("submissions", columns, row), standing()).marks[0].at is None


def test_a_lab_outside_the_roster_is_refused() -> None:
    refused = only_refusal(judge_submissions(reports("0349999"), standing()))
    assert (refused.row, refused.heading, refused.value) == (2, "实验室编码", "0349999")
    assert refused.reason == "不在单位名录中"


def test_a_round_that_was_never_planned_is_refused() -> None:
    refused = only_refusal(judge_submissions(lists([2026, 2, "A02", "0340101", True]), standing()))
    assert (refused.heading, refused.reason) == ("项目", "没有2026年第2次的安排")


@pytest.mark.parametrize(
    ("asked", "said", "scope"),
    [("full", None, "full"), (None, "full", "full"), ("partial", "full", "partial"), (None, None, "partial")],
)
def test_staff_decide_the_scope_then_the_sheet_else_partial(
    asked: Scope | None, said: Scope | None, scope: Scope
) -> None:
    assert judge_submissions(reports("0340101", scope=said), standing(), asked).scope == scope


@pytest.mark.parametrize(("scope", "dropped"), [("full", {"0340102": "unlisted"}), ("partial", {})])
def test_only_a_complete_list_drops_the_absent(scope: Scope, dropped: dict[str, str]) -> None:
    known = standing(**{"0340101": ("unsubmitted", None), "0340102": ("unsubmitted", None)})
    [judged] = judge([reports("", "0340101")], known, scope)
    assert marks(judged) == dropped
    assert (judged.dropped, counts(judged)) == (len(dropped), (0, len(dropped), 1, 0))


def test_what_is_off_the_list_already_is_not_dropped_again() -> None:
    known = standing(**{"0340101": ("unsubmitted", None), "0340102": ("unlisted", None)})
    [judged] = judge([reports("", "0340101")], known, "full")
    assert (judged.marks, judged.dropped) == ([], 0)


def test_a_lab_comes_back_onto_the_list() -> None:
    [judged] = judge([reports("", "0340102")], standing(**{"0340102": ("unlisted", None)}), "full")
    assert marks(judged) == {"0340102": "unsubmitted"}


def test_a_complete_list_speaks_of_no_other_round() -> None:
    known = standing(**{"0340101": ("unsubmitted", None)})
    known.facts["submissions"][B02] = {"0340101": ("unsubmitted", None)}
    [judged] = judge([reports("", "0340102", programme="B02")], known, "full")
    assert [(mark.key, mark.lab_code) for mark in judged.marks] == [(B02, "0340102"), (B02, "0340101")]


def test_a_list_spread_over_sheets_is_one_list() -> None:
    """One sheet a city, each called 全量: neither takes the other's labs off."""
    known = standing(**{code: ("unsubmitted", None) for code in ("0340101", "0340102", "0340103")})
    both = judge([reports("0340101"), reports("", "0340102")], known, "full")
    assert [marks(one) for one in both] == [{"0340101": "submitted"}, {"0340103": "unlisted"}]
    assert [one.dropped for one in both] == [0, 1]


def test_one_lab_on_two_sheets_is_refused_once() -> None:
    both = judge([reports("0340101"), reports("", "0340101")], standing(), None)
    assert [counts(one) for one in both] == [(1, 0, 0, 0), (0, 0, 0, 1)]
    assert only_refusal(both[1]).heading == "实验室编码"


def test_one_lab_under_two_names_of_the_programme_is_refused_once() -> None:
    rows = [[2026, 1, "凝血", "0340101", True], [2026, 1, "A01", "0340101", False]]
    judged = judge_submissions(lists(*rows), standing())
    assert counts(judged) == (1, 0, 0, 1)
    assert only_refusal(judged).row == 3


def test_a_list_with_refused_rows_is_not_complete() -> None:
    """The row that was refused may be the very lab that seems absent."""
    known = standing(**{"0340101": ("unsubmitted", None), "0340102": ("unsubmitted", None)})
    [judged] = judge([reports("", "0340101 0349999")], known, "full")
    assert (judged.dropped, judged.complete) == (0, False)
    assert judge([reports("", "0340101")], standing(), "full")[0].complete


# -- sheets of one call


def test_sheets_of_one_call_lean_on_each_other_in_any_order() -> None:
    judged = judge([reports("0340101", "0340102"), ROUNDS, PROGRAMMES, LABS], Known(), None)
    assert [one.table.kind for one in judged] == ["labs", "programmes", "rounds", "submissions"]
    assert [counts(one) for one in judged] == [(4, 0, 0, 0), (4, 0, 0, 0), (4, 0, 0, 0), (2, 0, 0, 0)]


def test_a_second_sheet_of_a_kind_sees_the_first() -> None:
    first, second = (table("labs", "code name", ["0340101", name]) for name in ("甲医院", "乙医院"))
    assert [counts(one) for one in judge([first, second], Known(), None)] == [(1, 0, 0, 0), (0, 1, 0, 0)]


def test_a_mark_shows_no_code() -> None:
    assert "0340101" not in repr(Mark(A01, "0340101", "submitted", None))


# -- whom to call


def test_an_empty_contact_leaves_what_stands() -> None:
    known = standing()
    columns = "code name contact phone"
    judge_labs(table("labs", columns, ["0340101", "合肥演示晴川医院", "王演示", "0551-60000001"]), known)
    judged = judge_labs(table("labs", columns, ["0340101", "合肥演示晴川医院", None, None]), known)
    assert counts(judged) == (0, 0, 1, 0)
    assert (known.labs["0340101"]["contact"], known.labs["0340101"]["phone"]) == ("王演示", "0551-60000001")


def test_an_applicant_who_was_forgotten_is_not_taken_again() -> None:
    """Nor is the sheet refused that names it still, though the code was assigned."""
    columns = "unit contact phone email qq"
    row = ["宣城演示望岳医院", "林知夏", "13905510001", "a@example.org", "300455771"]
    known = Known()
    [change] = judge_applications(table("applications", columns, row), known).new
    gone = {"contact": "", "phone": "", "email": "", "qq": ERASED}
    known.applications[change.key] |= gone
    known.settled.add(change.key)
    assert counts(judge_applications(table("applications", columns, row), known)) == (0, 0, 1, 0)
    assert {name: known.applications[change.key][name] for name in gone} == gone
