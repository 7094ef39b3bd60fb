"""Sheets of facts about labs: whom a row means, and what a complete list says of those it leaves out."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from core.activities.models import Reported
from core.enrolment.models import Enrolled
from core.workbooks.catalogue import Lists
from core.workbooks.cells import bare_code
from core.workbooks.judged import Judged, Key, Known, Mark
from core.workbooks.tables import Refused, Table

Row = list[Any]

# What becomes of a lab that stood on an earlier list and is absent from a complete one (domain §2, 全量).
ABSENT = {"enrolments": str(Enrolled.NOT_APPLIED), "submissions": str(Reported.UNLISTED)}


def reader(table: Table, ident: str) -> Callable[[Row], Any]:
    """The cell of a row; None where the sheet lacks the column."""
    return itemgetter(table.columns.index(ident)) if ident in table.columns else _nothing


def _nothing(_row: Row) -> None:
    return None


class _Roster:
    """Why a code that no lab bears is refused, with the one that was perhaps meant; looked up once needed."""

    def __init__(self, known: Known) -> None:
        self._labs = known.labs
        self._alike: dict[str, str] = {}

    def refusal(self, row: int, code: str) -> Refused:
        self._alike = self._alike or {bare_code(one): one for one in self._labs}
        other = self._alike.get(bare_code(code))
        if other is None:
            return Refused(row, "实验室编码", code, "不在单位名录中", "应为名录中已有的编码")
        lost = other.casefold() != code.casefold()
        why = f"名录中有 {other}，" + ("可能丢了开头的 0" if lost else "只是大小写不同")
        expected = "请把该列设为文本格式后重填" if lost else "请按名录中的编码重填"
        return Refused(row, "实验室编码", code, f"不在单位名录中；{why}", expected)


def placed(
    judged: Judged, known: Known, whose: Callable[[Row], Hashable] | None = None
) -> Iterator[tuple[int, Key, Any, Row]]:
    """(row number, list, who, row) of each row whose list and lab are known; refuses the others, and whoever
    is named a second time. `whose` tells who is meant where that is not just the lab."""
    table, lists, find_who = judged.table, Lists(known), whose or reader(judged.table, "lab_code")
    listed = known.listed.setdefault(table.kind, {})
    year, word, code = (reader(table, ident) for ident in ("year", "programme", "lab_code"))
    number_of = reader(table, "n")
    spoken_of: set[Key] = set()
    roster = _Roster(known)
    for number, row in zip(table.row_numbers, table.rows, strict=True):
        key, fault = lists.find(year(row), number_of(row) or 0, word(row))
        if key is None:
            judged.refused.append(Refused(number, "项目", str(word(row))[:40], *fault))
        elif code(row) not in known.labs:
            judged.refused.append(roster.refusal(number, code(row)))
        elif (who := find_who(row)) in listed.setdefault(key, set()):
            judged.refused.append(Refused(number, "实验室编码", code(row), "与前面的行重复", "请删去多余的行"))
        else:
            listed[key].add(who)
            spoken_of.add(key)
            yield number, key, who, row
    judged.lists = sorted(spoken_of)


def named(tables: Sequence[Table], known: Known) -> dict[str, list[Any]]:
    """What these sheets are to be compared with: kind → lists (of members: groups)."""
    lists = Lists(known)
    found: dict[str, set[Any]] = {}
    for table in tables:
        if table.kind == "members":
            group = reader(table, "group")
            found.setdefault(table.kind, set()).update(map(group, table.rows))
            continue
        year, n, word = (reader(table, ident) for ident in ("year", "n", "programme"))
        asked = {(year(row), n(row) or 0, word(row)) for row in table.rows}
        keys = {key for one in asked if (key := lists.find(*one)[0])}
        found.setdefault(table.kind, set()).update(keys)
    return {kind: sorted(keys) for kind, keys in found.items()}


def settle_lists(judged: Sequence[Judged], known: Known) -> None:
    """Once all sheets were judged, for a list may be spread over several: a complete one takes labs off."""
    for kind, absent in ABSENT.items():
        full = [one for one in judged if one.table.kind == kind and one.scope == "full"]
        _settle(full, known, absent)


def _settle(full: Sequence[Judged], known: Known, absent: str) -> None:
    """A row that was refused may be the very lab that seems absent, so then none is complete."""
    if any(one.refused for one in full):
        return
    last = {key: one for one in full for key in one.lists}
    for key, bearer in last.items():
        kind = bearer.table.kind
        for code, (state, *_) in known.facts.get(kind, {}).get(key, {}).items():
            if code not in known.listed[kind][key] and state != absent:
                bearer.marks.append(Mark(key, code, absent))
                bearer.dropped += 1
    for one in full:
        one.complete = True
