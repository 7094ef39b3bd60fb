"""What an import of enrolments, receipts, scores, certificates and members would do."""

from typing import Any

from core.members.imports import judge_members
from core.workbooks.judged import Conflict, Judged, Known
from core.workbooks.lists import named
from core.workbooks.tables import Scope, Table
from core.workbooks.use import judge
from tests.cast import LABS, PROGRAMMES, ROUNDS, reports, table

A01, B02 = (2026, 1, "A01"), (2026, 1, "B02")
YEAR_A01 = (2026, 0, "A01")
ONE, TWO = "0340101", "0340102"


def standing(kind: str = "", key: Any = None, **facts: Any) -> Known:
    known = Known()
    judge([LABS, PROGRAMMES, ROUNDS], known, None)
    known.facts = {kind: {key: facts}}
    return known


def counts(judged: Judged) -> tuple[int, ...]:
    """(new, changed, unchanged, refused)"""
    return tuple(judged.counts.values())


def only(tables: Table, known: Known, scope: Scope | None = None) -> Judged:
    [judged] = judge([tables], known, scope)
    return judged


def marks(judged: Judged) -> list[tuple[Any, ...]]:
    return [(mark.lab_code, mark.state, mark.at, mark.words) for mark in judged.marks]


# -- enrolments


def enrolments(*rows: tuple[str, str], programme: str = "凝血", **more: Any) -> Table:
    body = [[2026, code, programme, state] for code, state in rows]
    return table("enrolments", "year lab_code programme state", *body, **more)


def test_enrolments_are_new_changed_or_unchanged() -> None:
    known = standing("enrolments", YEAR_A01, **{ONE: ("applied",), TWO: ("applied",)})
    judged = only(enrolments((ONE, "applied"), (TWO, "suspended"), ("0340103", "not_applied")), known)
    assert counts(judged) == (1, 1, 1, 0)
    assert judged.lists == [YEAR_A01]


def test_only_a_complete_list_says_who_has_not_applied() -> None:
    facts = {ONE: ("applied",), TWO: ("suspended",), "0340103": ("not_applied",)}
    full = only(enrolments((ONE, "applied")), standing("enrolments", YEAR_A01, **facts), "full")
    assert (marks(full), full.dropped, full.complete) == ([(TWO, "not_applied", None, "")], 1, True)
    partial = only(enrolments((ONE, "applied")), standing("enrolments", YEAR_A01, **facts))
    assert (marks(partial), partial.complete) == ([], False)


def test_a_refused_enrolment_leaves_a_complete_list_of_submissions_complete() -> None:
    known = standing("submissions", A01, **{ONE: ("unsubmitted", None), TWO: ("unsubmitted", None)})
    applied, reported = judge([enrolments(("0349999", "applied")), reports("", ONE)], known, "full")
    assert (applied.complete, reported.complete, reported.dropped) == (False, True, 1)


# -- receipts


def receipts(*rows: tuple[str, str | None]) -> Table:
    body = [[2026, 1, "凝血", code, at] for code, at in rows]
    return table("receipts", "year n programme lab_code received_at", *body)


NOON, NIGHT = "2026-03-12T04:00:00Z", "2026-03-12T15:59:59Z"


def test_only_a_time_says_that_samples_were_signed_for() -> None:
    judged = only(receipts((ONE, NOON), (TWO, None)), standing())
    assert (marks(judged), counts(judged)) == ([(ONE, "received", NOON, "")], (1, 0, 1, 0))
    assert judged.lists == [A01]


def test_an_import_never_takes_back_what_a_lab_has_said() -> None:
    said = {ONE: ("received", NOON, "qq:300400700"), TWO: ("problem", None, "qq:300400701")}
    judged = only(receipts((ONE, None), (TWO, None)), standing("receipts", A01, **said))
    assert counts(judged) == (0, 0, 2, 0)


def test_an_official_time_takes_the_place_of_a_lab_s_word() -> None:
    said = {ONE: ("received", NOON, "qq:300400700"), TWO: ("problem", None, "qq:300400701")}
    judged = only(receipts((ONE, NIGHT), (TWO, NIGHT)), standing("receipts", A01, **said))
    assert marks(judged) == [(ONE, "received", NIGHT, ""), (TWO, "received", NIGHT, "")]
    assert counts(judged) == (0, 2, 0, 0)


def test_a_list_corrects_a_list() -> None:
    judged = only(receipts((ONE, NIGHT)), standing("receipts", A01, **{ONE: ("received", NOON, "")}))
    assert (marks(judged), counts(judged)) == ([(ONE, "received", NIGHT, "")], (0, 1, 0, 0))


# -- certificates


def certificates(*rows: tuple[str, str | None, str | None]) -> Table:
    body = [[2026, code, "凝血", number, state] for code, number, state in rows]
    return table("certificates", "year lab_code programme number state", *body)


def test_a_number_says_that_a_certificate_was_issued() -> None:
    judged = only(
        certificates((ONE, "AH-1", None), (TWO, None, "not_issued"), ("0340103", None, None)), standing()
    )
    assert marks(judged) == [(ONE, "issued", None, "AH-1"), (TWO, "not_issued", None, "")]
    [refused] = judged.refused
    assert (refused.row, refused.heading, refused.reason) == (4, "状态", "没有填写")


# -- scores

COLUMNS = "year n programme analyte lab_code acceptable total pt verdict remark"


def scores(*rows: list[Any]) -> Table:
    return table("scores", COLUMNS, *([2026, 1, "凝血", *row] for row in rows))


def stood(*fact: Any) -> dict[Any, Any]:
    return {A01: {(ONE, "aptt"): fact}}


def test_scores_are_new_changed_or_unchanged() -> None:
    row = ["APTT", ONE, 4, 5, 80.0, "satisfactory", None]
    assert counts(only(scores(row), standing())) == (1, 0, 0, 0)
    known = standing()
    known.facts["scores"] = stood("satisfactory", 4, 5, 80.0, "", False, "APTT")
    assert counts(only(scores(row), known)) == (0, 0, 1, 0)


def test_one_analyte_spelled_otherwise_is_the_same_and_keeps_its_name() -> None:
    known = standing()
    known.facts["scores"] = stood("satisfactory", 4, 5, 80.0, "", False, "APTT")
    judged = only(scores(["aptt", ONE, 5, 5, 100.0, "satisfactory", None]), known)
    assert (counts(judged), judged.marks[0].analyte) == ((0, 1, 0, 0), "APTT")


def test_what_is_released_is_visible_at_once() -> None:
    row = ["APTT", ONE, 5, 5, 100.0, "satisfactory", None]
    for released, visible in (({A01}, (2, 1)), ({B02, YEAR_A01}, (0, 0))):
        known = standing()
        known.facts["scores"] = stood("satisfactory", 4, 5, 80.0, "", False, "APTT")
        known.released = released
        other = ["PT", ONE, 5, 5, 100.0, "satisfactory", None]  # new, so nothing was corrected
        judged = only(scores(row, other), known)
        assert (judged.visible, judged.corrected) == visible


NOTHING = [None, ONE, None, None, None, None, None]


def test_a_whole_that_says_nothing_is_in_conflict_with_scored_analytes() -> None:
    scored = ["APTT", ONE, 4, 5, 80.0, "satisfactory", None]
    judged = only(scores(NOTHING, scored), standing())
    assert judged.conflicts == [Conflict(2, "not_scored", None, None, True)]
    assert [(mark.analyte, mark.conflict) for mark in judged.marks] == [("APTT", False), ("", True)]
    known = standing()
    known.facts["scores"] = stood("satisfactory", 4, 5, 80.0, "", False, "APTT")
    assert len(only(scores(NOTHING), known).conflicts) == 1
    for beside in (["APTT", ONE, None, None, None, "not_scored", None], ["APTT", TWO, *scored[2:]]):
        assert only(scores(NOTHING, beside), standing()).conflicts == []
    unscored = standing()
    unscored.programmes[2026, "A01"]["scored"] = False
    assert only(scores(NOTHING, scored), unscored).conflicts == []
    assert only(scores([None, ONE, None, None, None, "not_scored", None], scored), standing()).conflicts == []


def test_what_disagrees_is_imported_and_shown() -> None:
    judged = only(scores(["APTT", ONE, 3, 5, 100.0, "satisfactory", "复核"]), standing())
    assert counts(judged) == (1, 0, 0, 0)
    assert judged.marks[0].conflict
    assert judged.conflicts == [Conflict(2, "satisfactory", 100.0, 60.0)]


def test_a_word_in_place_of_a_score_is_a_verdict() -> None:
    [first, second] = only(
        scores(["APTT", ONE, 3, 5, "not_scored", None, None], ["PT", ONE, None, None, None, None, None]),
        standing(),
    ).marks
    assert [(mark.state, mark.pt) for mark in (first, second)] == [("not_scored", None)] * 2


def test_more_acceptable_than_there_were_is_refused() -> None:
    [refused] = only(scores(["APTT", ONE, 6, 5, None, None, None]), standing()).refused
    assert (refused.row, refused.heading, refused.value, refused.reason) == (2, "及格数", "6", "大于总数 5")


def test_each_programme_has_its_own_line() -> None:
    known = standing()
    known.programmes[2026, "A01"]["pass_score"] = 100.0
    row = ["ABO", ONE, 4, 5, None, None, None]
    assert only(scores(row), known).marks[0].state == "unsatisfactory"
    known = standing()
    [judged] = judge([scores(row)], known, None, 85.0)
    assert judged.marks[0].state == "unsatisfactory"
    [judged] = judge([scores(row)], standing(), None)
    assert judged.marks[0].state == "satisfactory"


def test_a_programme_that_is_not_scored_is_not_scored() -> None:
    known = standing()
    known.programmes[2026, "A01"]["scored"] = False
    judged = only(scores(["APTT", ONE, 1, 5, 20.0, "unsatisfactory", None]), known)
    assert (judged.marks[0].state, judged.conflicts) == ("not_scored", [])


# -- members


def members(*rows: list[Any], **more: Any) -> Table:
    return table("members", "group account card", *rows, **more)


HERE = {"10001": ("合肥演示医院 张三", "小张", "owner", None), "10002": ("", "路人", "member", None)}


def test_whom_a_sheet_leaves_out_has_left() -> None:
    known = standing("members", "700100200", **HERE)
    judged = only(members(["700100200", "10001", "合肥演示医院 张三"], ["700100200", "10003", "新"]), known)
    assert (counts(judged), judged.dropped) == ((1, 0, 1, 0), 1)
    first, second = judged.members["700100200"]
    assert first == {
        "account": "10001",
        "card": "合肥演示医院 张三",
        "nickname": "小张",
        "role": "owner",
        "joined_at": None,
    }
    assert second["role"] == "member"


def test_with_a_refused_row_nobody_has_left() -> None:
    known = standing("members", "700100200", **HERE)
    twice = ["700100200", "10001", "甲"]
    judged = only(members(twice, twice), known)
    assert (counts(judged), judged.dropped) == ((0, 1, 0, 1), 0)
    assert [one["account"] for one in judged.members["700100200"]] == ["10001", "10002"]


def test_a_group_may_be_spread_over_sheets() -> None:
    known = standing("members", "700100200", **HERE)
    both = judge([members(["700100200", "10001", "甲"]), members(["700100200", "10002", ""])], known, None)
    assert [one.dropped for one in both] == [0, 0]
    assert [list(one.members) for one in both] == [[], ["700100200"]]
    assert len(both[1].members["700100200"]) == 2


def test_a_card_that_no_cell_can_hold_stays_as_it_was_read() -> None:
    known = standing("members", "700100200", **{"10001": ("合肥\x07演示医院 ", "", "member", None)})
    judged = judge_members(members(["700100200", "10001", "合肥演示医院"]), known)
    assert counts(judged) == (0, 0, 1, 0)
    assert judged.members["700100200"][0]["card"] == "合肥\x07演示医院 "


# -- what is looked up


def test_only_the_lists_that_a_sheet_names_are_looked_up() -> None:
    sheets = [
        enrolments((ONE, "applied"), (TWO, "applied")),
        scores(["APTT", ONE, 4, 5, 80.0, None, None]),
        reports(ONE, programme="星座"),
        members(["700100200", "10001", ""]),
    ]
    assert named(sheets, standing()) == {
        "enrolments": [YEAR_A01],
        "scores": [A01],
        "submissions": [],
        "members": ["700100200"],
    }
