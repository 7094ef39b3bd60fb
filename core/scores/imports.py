"""Judging the workbook `scores`."""

from core.scores.models import Verdict
from core.scores.verdicts import PASS_SCORE, disagree, rate, verdict_of
from core.words import name_key
from core.workbooks.judged import Conflict, Judged, Key, Known, Mark, compare, refuse
from core.workbooks.lists import Row, placed, reader
from core.workbooks.tables import Table


def judge_scores(table: Table, known: Known, pass_score: float = PASS_SCORE) -> Judged:
    """A changed row is a further version, a correction where the round is released already.

    `Known.facts` holds, by lab code and `name_key` of the analyte, (verdict, acceptable, total, pt, remark,
    conflict, analyte as it was first written).
    """
    judged = Judged(table, refused=list(table.refused))
    code, analyte, remark = (reader(table, ident) for ident in ("lab_code", "analyte", "remark"))
    figures = _Figures(table, known, pass_score)
    standing = known.facts.get(table.kind, {})

    def whose(row: Row) -> tuple[str, str]:
        return code(row), name_key(analyte(row) or "")

    for number, key, who, row in placed(judged, known, whose):
        acceptable, total, pt, word = figures.read(row)
        if acceptable is not None and total is not None and acceptable > total:
            refuse(judged, number, "及格数", acceptable, f"大于总数 {total}", "应写 0 到总数之间的数")
            continue
        old = standing.get(key, {}).get(who)
        counted = rate(acceptable, total)
        verdict, conflict = figures.judge(key, word, pt, counted)
        spelled = old[6] if old else analyte(row) or ""
        new = (verdict.value, acceptable, total, pt, remark(row) or "", conflict, spelled)
        mark = Mark(key, who[0], verdict.value, None, new[4], spelled, acceptable, total, pt, conflict)
        written = compare(judged, mark, old, new)
        judged.corrected += written and old is not None and key in known.released
        if conflict:
            judged.conflicts.append(Conflict(number, verdict, pt, counted))
    return judged


class _Figures:
    """The figures and words of rows, against the 合格线 of their programmes."""

    def __init__(self, table: Table, known: Known, pass_score: float) -> None:
        self._verdict, self._pt = reader(table, "verdict"), reader(table, "pt")
        self._acceptable, self._total = reader(table, "acceptable"), reader(table, "total")
        self._programmes, self._default = known.programmes, pass_score

    def read(self, row: Row) -> tuple[int | None, int | None, float | None, str | None]:
        """(acceptable, total, pt, official verdict); a word in the cell for PT成绩 is a verdict."""
        pt, word = self._pt(row), self._verdict(row)
        if isinstance(pt, str):
            pt, word = None, word or pt
        return self._acceptable(row), self._total(row), pt, word

    def judge(self, key: Key, word: str | None, pt: float | None, counted: float | None) -> tuple[Verdict, bool]:
        """(verdict, conflict)"""
        programme = self._programmes[key[0], key[2]]
        line, scored = programme.get("pass_score"), programme.get("scored", True)
        line = self._default if line is None else line
        official = Verdict(word) if word else None
        verdict = verdict_of(official, pt, counted, scored=scored, pass_score=line)
        return verdict, disagree(verdict, pt, counted, line)
