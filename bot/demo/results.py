"""What came of the demonstration year: enrolments, scores and certificates, as the portal would export them."""

from bot.demo.catalogue import PROGRAMMES, SAMPLES, YEAR, Activity, Programme
from bot.demo.chance import share
from bot.demo.reports import takers
from bot.demo.roster import units
from core.scores.models import Verdict

Row = dict[str, str]

ANALYTES = {
    "YS01": ("葡萄糖", "尿素", "肌酐", "丙氨酸氨基转移酶"),
    "YS02": ("白细胞", "红细胞", "血红蛋白", "血小板"),
    "YS03": ("凝血酶原时间", "活化部分凝血活酶时间", "纤维蛋白原"),
    "YS10": ("促甲状腺素", "游离甲状腺素"),
}
PASS = 80
SAID = {Verdict.SATISFACTORY: "合格", Verdict.UNSATISFACTORY: "不合格"}
DISPUTED = "YS00006"  # the official verdict of this lab's first programme disagrees with the arithmetic


def enrolment_rows(new: bool) -> list[Row]:
    """The complete list: everybody in the roster and the lab that is new, programme by programme."""
    known = [unit.code for unit in units()]
    rows: list[Row] = []
    for programme in PROGRAMMES:
        applied = set(takers(programme, new))
        for code in sorted({*known, *applied}):
            state = "已申请" if code in applied else "未申请"
            rows.append({"year": str(YEAR), "lab_code": code, "programme": programme.name, "state": state})
    return rows


def score_rows(activity: Activity, new: bool) -> list[Row]:
    """A line for each analyte and one for the programme as a whole."""
    rows: list[Row] = []
    for programme in PROGRAMMES:
        if activity.n <= programme.times:
            for place, code in enumerate(takers(programme, new)):
                if place >= programme.stragglers:
                    rows += _of_lab(activity, programme, code)
    return rows


def _of_lab(activity: Activity, programme: Programme, code: str) -> list[Row]:
    if not programme.scored:
        return [_row(activity, programme, "", code, verdict="不计分")]
    passed = {name: _passed(activity, programme, name, code) for name in ANALYTES.get(programme.code, ("",))}
    rows = [_counted(activity, programme, name, code, good, SAMPLES) for name, good in passed.items()]
    if len(passed) > 1:
        rows.insert(0, _counted(activity, programme, "", code, sum(passed.values()), SAMPLES * len(passed)))
    return rows


def _passed(activity: Activity, programme: Programme, analyte: str, code: str) -> int:
    luck = share("passes", activity.n, programme.code, analyte, code)
    return SAMPLES if luck < 0.8 else SAMPLES - 1 if luck < 0.93 else SAMPLES - 2


def _counted(activity: Activity, programme: Programme, analyte: str, code: str, good: int, total: int) -> Row:
    pt = round(good / total * 100, 1)
    fine = pt >= PASS or (code == DISPUTED and programme.code == "YS02")
    verdict = SAID[Verdict.SATISFACTORY if fine else Verdict.UNSATISFACTORY]
    return _row(
        activity, programme, analyte, code, acceptable=str(good), total=str(total), pt=f"{pt:g}", verdict=verdict
    )


def _row(activity: Activity, programme: Programme, analyte: str, code: str, **more: str) -> Row:
    where = {"year": str(YEAR), "n": str(activity.n), "programme": programme.name}
    return {**where, "analyte": analyte, "lab_code": code, **more}


def certificate_rows(new: bool) -> list[Row]:
    rows: list[Row] = []
    for programme in PROGRAMMES:
        if programme.scored and programme.times == 2:
            for code in takers(programme, new):
                issued = share("certificate", programme.code, code) < 0.95
                number = f"AHCCL-{YEAR}-{programme.code}-{len(rows) + 1:05d}" if issued else ""
                rows.append(
                    {
                        "year": str(YEAR),
                        "lab_code": code,
                        "programme": programme.name,
                        "number": number,
                        "state": "已发放" if issued else "未发放",
                    }
                )
    return rows
