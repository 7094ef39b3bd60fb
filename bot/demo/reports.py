"""Who has reported by when: the list that the portal would export at any moment of the demonstration year."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from bot.demo.catalogue import ACTIVITIES, PROGRAMMES, YEAR, Activity, Programme
from bot.demo.chance import share
from bot.demo.moments import clock_text
from bot.demo.roster import BOUND_LAB, NEW, units

# The labs of the people who speak: the new one reports two programmes late, the other one all of them early.
_OWN = {
    NEW: ("YS01", "YS02", "YS03", "YS04", "YS10", "YS13"),
    BOUND_LAB: ("YS01", "YS02", "YS04", "YS05"),
}
_LATE, _LATE_AT, _EARLY_AT = ("YS03", "YS13"), 0.86, 0.3


@cache
def takers(programme: Programme, new: bool = True) -> tuple[str, ...]:
    """Codes of the labs that take part, with or without the new one."""
    old = [
        u.code for u in units() if u.code not in _OWN and share("takes", programme.code, u.code) < programme.taken
    ]
    own = [code for code, taken in _OWN.items() if programme.code in taken and (new or code != NEW)]
    return (*old, *own)


def open_at(moment: datetime) -> tuple[Activity, ...]:
    """The activities that can be reported to, whose list is worth importing."""
    return tuple(activity for activity in ACTIVITIES if activity.opens < moment <= activity.later)


def listed(activity: Activity, moment: datetime, new: bool) -> list[dict[str, str]]:
    """The complete lists of the rounds of one activity that are still open, as workbook rows."""
    rounds = [p for p in PROGRAMMES if activity.n <= p.times and moment <= activity.deadline(p)]
    return [row for programme in rounds for row in _of_round(activity, programme, moment, new)]


def _of_round(activity: Activity, programme: Programme, moment: datetime, new: bool) -> Iterator[dict[str, str]]:
    for place, code in enumerate(takers(programme, new)):
        when = None if place < programme.stragglers else _reported_at(activity, programme, code)
        done = when is not None and when <= moment
        yield {
            "year": str(YEAR),
            "n": str(activity.n),
            "programme": programme.name,
            "lab_code": code,
            "reported": "已上报" if done else "未上报",
            "reported_at": clock_text(when) if when and done else "",
        }


def _reported_at(activity: Activity, programme: Programme, code: str) -> datetime:
    length = activity.deadline(programme) - activity.opens
    if code in _OWN:
        late = code == NEW and programme.code in _LATE
        return activity.opens + length * (_LATE_AT if late else _EARLY_AT)
    last = programme.pace[activity.n - 1]
    return activity.opens + length * last * share("reports", activity.n, programme.code, code)
