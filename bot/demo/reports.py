"""Who has reported by when: the list that the portal would export at any moment of the demonstration year."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from bot.demo.catalogue import ACTIVITIES, PROGRAMMES, YEAR, Activity, Programme
from bot.demo.chance import share
from bot.demo.moments import clock_text
from bot.demo.roster import units


@cache
def takers(programme: Programme) -> tuple[str, ...]:
    """Codes of the labs that take part."""
    return tuple(u.code for u in units() if share("takes", programme.code, u.code) < programme.taken)


def open_at(moment: datetime) -> tuple[Activity, ...]:
    """The activities that can be reported to, whose list is worth importing."""
    return tuple(activity for activity in ACTIVITIES if activity.opens < moment <= activity.later)


def listed(activity: Activity, moment: datetime) -> list[dict[str, str]]:
    """The complete lists of the rounds of one activity that are still open, as workbook rows."""
    rounds = [p for p in PROGRAMMES if activity.n <= p.times and moment <= activity.deadline(p)]
    return [row for programme in rounds for row in _of_round(activity, programme, moment)]


def _of_round(activity: Activity, programme: Programme, moment: datetime) -> Iterator[dict[str, str]]:
    for place, code in enumerate(takers(programme)):
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
    last = programme.pace[activity.n - 1]
    return activity.opens + length * last * share("reports", activity.n, programme.code, code)
