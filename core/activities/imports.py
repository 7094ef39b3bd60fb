"""Judging the workbooks `programmes`, `rounds` and `submissions`."""

from datetime import datetime

from core.activities.models import Reported
from core.calendar import shanghai
from core.notices.codes import has_long_number
from core.words import say_when
from core.workbooks.catalogue import IN_CATALOGUE, Names
from core.workbooks.judged import (
    Judged,
    Known,
    Mark,
    Values,
    blank_text,
    compare,
    refuse,
    refuse_second,
    rows_as_values,
    sort_out,
)
from core.workbooks.lists import placed, reader
from core.workbooks.tables import Scope, Table

_IN_ORDER = "发放日期、预计到达、上报截止应依次不早于前一个"
_LIKE_A_CODE = "含有像实验室编码的数字，而项目名称会发到群里"
_SUBMITTED, _UNSUBMITTED = str(Reported.SUBMITTED), str(Reported.UNSUBMITTED)


def judge_programmes(table: Table, known: Known) -> Judged:
    judged = Judged(table, refused=list(table.refused))
    for number, row in rows_as_values(table):
        values = blank_text(row, "plan_url")
        if (word := _with_number(values)) is not None:
            refuse(judged, number, "项目名称", word, _LIKE_A_CODE, "请去掉这些数字")
            continue
        for ident, default in (("rounds", 2), ("scored", True)):
            if ident in values and values[ident] is None:
                values[ident] = default
        key = (values.pop("year"), values.pop("code"))
        sort_out(judged, key, values, known.programmes.get(key))
    for change in (*judged.new, *judged.changed):
        known.programmes[change.key] = {**(change.old or {}), **change.values}
    return judged


def _with_number(values: Values) -> str | None:
    """The name or alias in which a code could stand: names are said in groups (domain §7)."""
    words = (values.get("name") or "", *(values.get("aliases") or ()))
    return next((word for word in words if has_long_number(word)), None)


def judge_rounds(table: Table, known: Known) -> Judged:
    judged = Judged(table, refused=list(table.refused))
    names = Names(known.programmes)
    for number, row in rows_as_values(table):
        values = blank_text(row, "sample_nos", "plan_url")
        year, n, word = values.pop("year"), values.pop("n"), values.pop("programme")
        code = names.code(year, word)
        if code is None:
            refuse(judged, number, "项目", word, names.fault(year, word), IN_CATALOGUE)
        elif (fault := _out_of_order(values)) is not None:
            refuse(judged, number, *fault)
        elif not refuse_second(judged, (year, n, code), number, "项目", word):
            sort_out(judged, (year, n, code), values, known.rounds.get((year, n, code)))
    for change in (*judged.new, *judged.changed):
        known.rounds[change.key] = {**(change.old or {}), **change.values}
    return judged


def _out_of_order(values: Values) -> tuple[str, str, str, str] | None:
    """(heading, value, reason, expected) of the first date that lies before the one it follows."""
    dispatch, expected, opens = (values.get(name) for name in ("dispatch_on", "expected_on", "opens_at"))
    deadline = datetime.fromisoformat(values["deadline"])
    if dispatch and expected and expected < dispatch:
        return "预计到达", expected, "早于发放日期", _IN_ORDER
    if (arrival := expected or dispatch) and shanghai(deadline).date().isoformat() < arrival:
        return "上报截止", say_when(deadline), "早于发放或预计到达", _IN_ORDER
    if opens and opens >= values["deadline"]:
        return "上报截止", say_when(deadline), "不晚于上报开始", "上报截止应晚于上报开始"
    return None


def judge_submissions(table: Table, known: Known, scope: Scope | None = None) -> Judged:
    """`scope`, or the sheet's own word, else partial. `settle_lists` has to follow."""
    judged = Judged(table, refused=list(table.refused), scope=scope or table.scope or "partial")
    reported, when = reader(table, "reported"), reader(table, "reported_at")
    standing = known.facts.get(table.kind, {})
    for _, key, code, row in placed(judged, known):
        submitted = reported(row)
        state, at = (_SUBMITTED, when(row)) if submitted else (_UNSUBMITTED, None)
        old = standing.get(key, {}).get(code)
        if submitted and at is None and old and old[0] == state:
            at = old[1]  # a time is kept until another is known
        compare(judged, Mark(key, code, state, at), old, (state, at))
    return judged
