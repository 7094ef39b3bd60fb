"""The demonstration year: programmes with the names people use, and two activities."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.demo.moments import at, clock_text
from core.calendar import shanghai

YEAR = 2026
SAMPLES = 5
SCORES_AFTER = timedelta(days=17)
EARLY, BRISK, STEADY = 0.45, 0.9, 0.985  # all reported before the reminder of 7 days, of 1 day, of 3 hours


@dataclass(frozen=True, slots=True)
class Programme:
    """`taken`: the share of labs that take part. `slow`: belongs to the series with the later deadline.
    `pace`: by which share of the time the last lab has reported, in the first and the second activity;
    `stragglers`: labs that never do."""

    code: str
    name: str
    aliases: str = ""
    taken: float = 0.5
    scored: bool = True
    times: int = 2
    slow: bool = False
    stragglers: int = 0
    pace: tuple[float, float] = (STEADY, EARLY)


PROGRAMMES = (
    Programme("YS01", "常规化学", "生化、常规生化", 0.9, pace=(STEADY, STEADY)),
    Programme("YS02", "全血细胞计数", "血常规、血球", 0.95),
    Programme("YS03", "凝血试验", "凝血", 0.7),
    Programme("YS04", "尿干化学", "尿常规、尿干化", 0.8, pace=(BRISK, EARLY)),
    Programme("YS05", "感染性疾病血清学标志物A", "感A、两对半、乙肝五项", 0.7, slow=True),
    Programme("YS06", "感染性疾病血清学标志物B", "感B", 0.5, slow=True, stragglers=2),
    Programme("YS07", "感染性疾病血清学标志物C", "感C", 0.4, slow=True, pace=(BRISK, EARLY)),
    Programme("YS08", "感染快检", "", 0.3, slow=True, pace=(BRISK, EARLY)),
    Programme("YS09", "内分泌", "", 0.4),
    Programme("YS10", "甲状腺功能", "甲功", 0.5),
    Programme("YS11", "肿瘤标志物", "肿标", 0.5),
    Programme("YS12", "特殊蛋白", "特蛋", 0.3, pace=(BRISK, EARLY)),
    Programme("YS13", "糖化血红蛋白", "糖化", 0.6),
    Programme("YS14", "心肌标志物", "心标", 0.5),
    Programme("YS15", "心衰标志物", "BNP、原脑钠肽", 0.4),
    Programme("YS16", "血气和酸碱", "血气", 0.3, pace=(BRISK, EARLY)),
    Programme("YS17", "血型", "", 0.5),
    Programme("YS18", "临床微生物", "微生物、细菌", 0.3),
    Programme("YS19", "核酸检测", "", 0.3, slow=True, stragglers=1),
    Programme("YS20", "降钙素原", "PCT", 0.4),
    Programme("YS21", "D-二聚体/FDP", "D-二聚体、FDP", 0.4),
    Programme("YS22", "血细胞形态", "", 0.4, scored=False, times=1),
)


@dataclass(frozen=True, slots=True)
class Activity:
    """One of the two a year; `slow` programmes close at `later`; no deadline lies on a rest day. `scored`:
    when the portal has all scores."""

    n: int
    sent_on: date
    expected_on: date
    opens: datetime
    closes: datetime
    later: datetime
    scored: datetime

    def deadline(self, programme: Programme) -> datetime:
        return self.later if programme.slow else self.closes

    @property
    def samples(self) -> str:
        return f"{YEAR}{self.n}1-{YEAR}{self.n}{SAMPLES}"


ACTIVITIES = (
    Activity(
        1,
        date(YEAR, 3, 12),
        date(YEAR, 3, 16),
        at("2026-03-13 09:00"),
        at("2026-03-27 17:00"),
        at("2026-03-31 17:00"),
        at("2026-04-16 10:00"),
    ),
    Activity(
        2,
        date(YEAR, 8, 27),
        date(YEAR, 8, 31),
        at("2026-08-28 09:00"),
        at("2026-09-11 17:00"),
        at("2026-09-15 17:00"),
        at("2026-09-30 10:00"),
    ),
)


def programme_rows() -> list[dict[str, str]]:
    return [
        {
            "year": str(YEAR),
            "code": p.code,
            "name": p.name,
            "aliases": p.aliases,
            "rounds": str(p.times),
            "scored": "是" if p.scored else "否",
            "pass_score": "80" if p.scored else "",
            "plan_url": f"https://example.org/{YEAR}/{p.code}.pdf",
        }
        for p in PROGRAMMES
    ]


def round_rows() -> list[dict[str, str]]:
    return [_round_row(a, p) for a in ACTIVITIES for p in PROGRAMMES if a.n <= p.times]


def _round_row(activity: Activity, programme: Programme) -> dict[str, str]:
    deadline = activity.deadline(programme)
    return {
        "year": str(YEAR),
        "n": f"第{activity.n}次",
        "programme": programme.name,
        "dispatch_on": activity.sent_on.isoformat(),
        "expected_on": activity.expected_on.isoformat(),
        "opens_at": clock_text(activity.opens),
        "deadline": clock_text(deadline),
        "sample_nos": activity.samples,
        "scores_due_on": (shanghai(deadline).date() + SCORES_AFTER).isoformat(),
    }
