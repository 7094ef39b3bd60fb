"""Judging the workbook `scores`."""

from core.scores.models import Verdict
from core.scores.verdicts import PASS_SCORE, disagree, rate, verdict_of
from core.words import name_key
from core.workbooks.judged import Conflict, Judged, Key, Known, Mark, Standing, compare_returned, refuse
from core.workbooks.lists import Row, placed, reader
from core.workbooks.tables import Table

Who = tuple[str, str]  # lab code, `name_key` of the analyte: empty for the programme as a whole
_SCORED = (Verdict.SATISFACTORY, Verdict.UNSATISFACTORY)


def judge_scores(table: Table, known: Known, pass_score: float = PASS_SCORE) -> Judged:
    """A changed row is a further version. Wholes are judged after their analytes.

    `Known.facts` holds, by lab code and `name_key` of the analyte, (verdict, acceptable, total, pt, remark,
    conflict, analyte as it was first written).
    """
    judged = Judged(table, refused=list(table.refused))
    code, analyte = reader(table, "lab_code"), reader(table, "analyte")
    rows = _Rows(judged, known, pass_score)

    def whose(row: Row) -> Who:
        return code(row), name_key(analyte(row) or "")

    for number, key, who, row in sorted(placed(judged, known, whose), key=lambda one: not one[2][1]):
        rows.judge(number, key, who, row)
    judged.conflicts.sort(key=lambda one: one.row)
    return judged


class _Rows:
    """Row by row into a `Judged`."""

    def __init__(self, judged: Judged, known: Known, pass_score: float) -> None:
        table = judged.table
        self._judged, self._known = judged, known
        self._analyte, self._remark = reader(table, "analyte"), reader(table, "remark")
        self._figures = _Figures(table, known, pass_score)
        self._standing = known.facts.get(table.kind, {})
        self._scored = _scored(self._standing)

    def judge(self, number: int, key: Key, who: Who, row: Row) -> None:
        acceptable, total, pt, word = self._figures.read(row)
        if acceptable is not None and total is not None and acceptable > total:
            refuse(self._judged, number, "及格数", acceptable, f"大于总数 {total}", "应写 0 到总数之间的数")
            return
        old = self._standing.get(key, {}).get(who)
        counted = rate(acceptable, total)
        verdict, conflict = self._figures.judge(key, word, pt, counted)
        hollow = self._is_hollow(key, who, verdict) and (word, pt, counted) == (None, None, None)
        conflict, remark = conflict or hollow, self._remark(row) or ""
        spelled = old[6] if old else self._analyte(row) or ""
        new = (verdict.value, acceptable, total, pt, remark, conflict, spelled)
        mark = Mark(key, who[0], verdict.value, None, remark, spelled, acceptable, total, pt, conflict)
        compare_returned(self._judged, self._known, mark, old, new)
        if conflict:
            self._judged.conflicts.append(Conflict(number, verdict, pt, counted, hollow))

    def _is_hollow(self, key: Key, who: Who, verdict: Verdict) -> bool:
        """Whether this is a whole, not scored, beside scored analytes; of an analyte only notes which it is."""
        code, analyte = who
        scored = self._scored.setdefault((key, code), set())
        if not analyte:
            return bool(scored) and verdict is Verdict.NOT_SCORED
        (scored.add if verdict in _SCORED else scored.discard)(analyte)
        return False


def _scored(standing: Standing) -> dict[tuple[Key, str], set[str]]:
    """Analytes with a score, by list and lab."""
    found: dict[tuple[Key, str], set[str]] = {}
    for key, facts in standing.items():
        for (code, analyte), fact in facts.items():
            if analyte and fact[0] in _SCORED:
                found.setdefault((key, code), set()).add(analyte)
    return found


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
