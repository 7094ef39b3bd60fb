"""Judging the workbook `certificates`."""

from core.certificates.models import Certified
from core.workbooks.judged import Judged, Known, Mark, compare_returned, refuse
from core.workbooks.lists import placed, reader
from core.workbooks.tables import Table


def judge_certificates(table: Table, known: Known) -> Judged:
    """`Known.facts` holds (state, number). A number without a word says that it was issued; a row with
    neither says nothing."""
    judged = Judged(table, refused=list(table.refused))
    state_of, number_of = reader(table, "state"), reader(table, "number")
    standing = known.facts.get(table.kind, {})
    for line, key, code, row in placed(judged, known):
        number = number_of(row) or ""
        state = state_of(row) or (str(Certified.ISSUED) if number else None)
        if state is None:
            refuse(judged, line, "状态", "", "没有填写", "应写 已发放 或 未发放，或填证书编号")
        else:
            mark, old = Mark(key, code, state, words=number), standing.get(key, {}).get(code)
            compare_returned(judged, known, mark, old, (state, number))
    return judged
