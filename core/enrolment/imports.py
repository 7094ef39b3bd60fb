"""Judging the workbook `enrolments`."""

from core.workbooks.judged import Judged, Known, Mark, compare
from core.workbooks.lists import placed, reader
from core.workbooks.tables import Scope, Table


def judge_enrolments(table: Table, known: Known, scope: Scope | None = None) -> Judged:
    """`scope`, or the sheet's own word, else partial. `settle_lists` has to follow."""
    judged = Judged(table, refused=list(table.refused), scope=scope or table.scope or "partial")
    state = reader(table, "state")
    standing = known.facts.get(table.kind, {})
    for _, key, code, row in placed(judged, known):
        compare(judged, Mark(key, code, state(row)), standing.get(key, {}).get(code), (state(row),))
    return judged
