"""Judging the workbooks `programmes`, `rounds` and `submissions`."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from core.activities.models import Reported
from core.calendar import shanghai
from core.words import name_key, say_when
from core.workbooks.judged import (
    Judged,
    Known,
    Mark,
    Values,
    blank_text,
    refuse,
    refuse_second,
    rows_as_values,
    sort_out,
)
from core.workbooks.tables import Refused, Scope, Table

_IN_ORDER = "发放日期、预计到达、上报截止应依次不早于前一个"
_IN_CATALOGUE = "应写项目表中的名称、编码或别名"


def judge_programmes(table: Table, known: Known) -> Judged:
    judged = Judged(table, refused=list(table.refused))
    for _, row in rows_as_values(table):
        values = blank_text(row, "plan_url")
        for ident, default in (("rounds", 2), ("scored", True)):
            if ident in values and values[ident] is None:
                values[ident] = default
        key = (values.pop("year"), values.pop("code"))
        sort_out(judged, key, values, known.programmes.get(key))
    for change in (*judged.new, *judged.changed):
        known.programmes[change.key] = {**(change.old or {}), **change.values}
    return judged


def judge_rounds(table: Table, known: Known) -> Judged:
    judged = Judged(table, refused=list(table.refused))
    names = _Names(known)
    for number, row in rows_as_values(table):
        values = blank_text(row, "sample_nos", "plan_url")
        year, n, word = values.pop("year"), values.pop("n"), values.pop("programme")
        code = names.code(year, word)
        if code is None:
            refuse(judged, number, "项目", word, names.fault(year, word), _IN_CATALOGUE)
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
    rounds = _Rounds(known)
    lists: set[tuple[int, int, str]] = set()
    at = {ident: position for position, ident in enumerate(table.columns)}
    year_at, n_at, programme_at = at["year"], at["n"], at["programme"]
    code_at, reported_at, when_at = at["lab_code"], at["reported"], at.get("reported_at")
    for number, row in zip(table.row_numbers, table.rows, strict=True):
        key, fault = rounds.find(row[year_at], row[n_at], row[programme_at])
        code = row[code_at]
        if key is None:
            judged.refused.append(Refused(number, "项目", str(row[programme_at])[:40], *fault))
        elif code not in known.labs:
            judged.refused.append(Refused(number, "实验室编码", code, "不在单位名录中", "应为名录中已有的编码"))
        elif code in known.listed.setdefault(key, set()):
            judged.refused.append(Refused(number, "实验室编码", code, "与前面的行重复", "请删去多余的行"))
        else:
            known.listed[key].add(code)
            lists.add(key)
            _mark(judged, known, key, code, row[reported_at], row[when_at] if when_at is not None else None)
    judged.lists = sorted(lists)
    return judged


def _mark(
    judged: Judged,
    known: Known,
    key: tuple[int, int, str],
    code: str,
    reported: bool,
    when: str | None,
) -> None:
    state = "submitted" if reported else "unsubmitted"
    new = (state, when if reported else None)
    old = known.submissions.get(key, {}).get(code)
    if old == new or (old and old[0] == state and when is None):
        judged.unchanged += 1
        return
    judged.marks.append(Mark(key, code, *new))
    judged.marks_new += old is None


def settle_lists(judged: Sequence[Judged], known: Known) -> None:
    """Once all sheets were judged, for a list may be spread over several: a complete one takes labs off.

    A row that was refused may be the very lab that seems absent, so then none is complete.
    """
    full = [one for one in judged if one.scope == "full"]
    if any(one.refused for one in full):
        return
    last = {key: one for one in full for key in one.lists}
    for key, bearer in last.items():
        for code, (state, _) in known.submissions.get(key, {}).items():
            if code not in known.listed[key] and state != Reported.UNLISTED:
                bearer.marks.append(Mark(key, code, str(Reported.UNLISTED), None))
                bearer.dropped += 1
    for one in full:
        one.complete = True


class _Names:
    """Programme codes of a year by any of their names."""

    def __init__(self, known: Known) -> None:
        self._codes: dict[tuple[int, str], set[str]] = {}
        for (year, code), values in known.programmes.items():
            for name in _names(code, values):
                self._codes.setdefault((year, name_key(name)), set()).add(code)

    def code(self, year: int, word: str) -> str | None:
        codes = self._codes.get((year, name_key(word)), set())
        return next(iter(codes)) if len(codes) == 1 else None

    def fault(self, year: int, word: str) -> str:
        several = len(self._codes.get((year, name_key(word)), ())) > 1
        return "对应多个项目" if several else f"{year}年项目表中没有"


def _names(code: str, values: Values) -> Iterable[str]:
    return (code, values["name"], *(values.get("aliases") or ()))


class _Rounds:
    """Rounds by year, number and any name of the programme, each asked for only once."""

    def __init__(self, known: Known) -> None:
        self._names, self._known = _Names(known), known
        self._found: dict[tuple[int, int, str], tuple[tuple[int, int, str] | None, tuple[str, str]]] = {}

    def find(self, year: int, n: int, word: str) -> tuple[tuple[int, int, str] | None, tuple[str, str]]:
        asked = (year, n, word)
        if asked not in self._found:
            self._found[asked] = self._look(*asked)
        return self._found[asked]

    def _look(self, year: int, n: int, word: str) -> tuple[tuple[int, int, str] | None, tuple[str, str]]:
        code = self._names.code(year, word)
        if code is None:
            return None, (self._names.fault(year, word), _IN_CATALOGUE)
        if (year, n, code) not in self._known.rounds:
            return None, (f"没有{year}年第{n}次的安排", "请先导入活动安排表")
        return (year, n, code), ("", "")
