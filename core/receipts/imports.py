"""Judging the workbook `receipts`."""

from core.activities.own import RECEIVED
from core.workbooks.judged import Judged, Known, Mark, compare
from core.workbooks.lists import placed, reader
from core.workbooks.tables import Table


def judge_receipts(table: Table, known: Known) -> Judged:
    """`Known.facts` holds (state, at, by). An official time takes the place of a lab's own word; a row
    without one says that nothing is known of it, and takes nothing back."""
    judged = Judged(table, refused=list(table.refused))
    received_at = reader(table, "received_at")
    standing = known.facts.get(table.kind, {})
    for _, key, code, row in placed(judged, known):
        at = received_at(row)
        old = standing.get(key, {}).get(code)
        if at is None or (old and old[:2] == (RECEIVED, at)):
            judged.unchanged += 1
        else:
            compare(judged, Mark(key, code, RECEIVED, at), old, (RECEIVED, at, ""))
    return judged
