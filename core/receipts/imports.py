"""Judging the workbook `receipts`."""

from core.receipts.models import Received
from core.workbooks.judged import Judged, Known, Mark, compare
from core.workbooks.lists import placed, reader
from core.workbooks.tables import Table

_RECEIVED, _PENDING = str(Received.RECEIVED), str(Received.PENDING)


def judge_receipts(table: Table, known: Known) -> Judged:
    """`Known.facts` holds (state, at, by). A lab's own word gives way to an official time only."""
    judged = Judged(table, refused=list(table.refused))
    received_at = reader(table, "received_at")
    standing = known.facts.get(table.kind, {})
    for _, key, code, row in placed(judged, known):
        at = received_at(row)
        old = standing.get(key, {}).get(code)
        said_so = old is not None and old[2] and at in (None, old[1])
        new = old if said_so else (_RECEIVED if at else _PENDING, at, "")
        assert new is not None
        compare(judged, Mark(key, code, new[0], at), old, new)
    return judged
