"""From findings to alarms: one when a trouble is sure, one more after an hour, one when it is over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from core.pushes.models import Kind
from core.watch.seen import About, Finding

AGAIN = timedelta(hours=1)
WELL = timedelta(seconds=60)  # a trouble that comes back sooner never ended
PREFIX = f"{Kind.ALARM}:watch:"
_FORM = "%Y%m%dT%H%M%SZ"


class Stage(StrEnum):
    FIRST = "first"
    AGAIN = "again"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One that staff were told of. `well_at`: since when it is not seen any more."""

    about: About
    channel: str
    since: datetime
    told_at: datetime
    again: bool = False
    well_at: datetime | None = None

    def key(self, stage: Stage) -> str:
        """`staff.alarm:watch:offline:qq:20260320T010000Z:first`"""
        return f"{PREFIX}{self.about}:{self.channel}:{self.since.astimezone(UTC):{_FORM}}:{stage}"


@dataclass(frozen=True, slots=True)
class Alarm:
    trouble: Trouble
    stage: Stage
    why: str = ""
    waiting: int = 0

    @property
    def key(self) -> str:
        return self.trouble.key(self.stage)


Open = Mapping[str, Trouble]


def step(open_: Open, found: Sequence[Finding], real: datetime) -> tuple[dict[str, Trouble], list[Alarm]]:
    """(troubles open now, what staff are to be told); the first is true once the second is written."""
    here = {one.name: one for one in found}
    after: dict[str, Trouble] = {}
    alarms: list[Alarm] = []
    for name, trouble in open_.items():
        goes_on, stage = _go_on(trouble, name in here, real)
        if stage is not Stage.OVER:
            after[name] = goes_on
        if stage is not None:
            alarms.append(_alarm(goes_on, stage, here.get(name)))
    for name, one in here.items():
        if one.ripe and name not in open_:
            after[name] = Trouble(one.about, one.channel, one.since.replace(microsecond=0), real)
            alarms.append(_alarm(after[name], Stage.FIRST, one))
    return after, alarms


def _go_on(trouble: Trouble, is_there: bool, real: datetime) -> tuple[Trouble, Stage | None]:
    if not is_there:
        well_at = trouble.well_at or real
        return replace(trouble, well_at=well_at), Stage.OVER if real - well_at >= WELL else None
    again = not trouble.again and real - trouble.told_at >= AGAIN
    return replace(trouble, well_at=None, again=trouble.again or again), Stage.AGAIN if again else None


def _alarm(trouble: Trouble, stage: Stage, finding: Finding | None) -> Alarm:
    return Alarm(trouble, stage, finding.why, finding.waiting) if finding else Alarm(trouble, stage)


def still_open(keys: Iterable[str]) -> dict[str, Trouble]:
    """What an earlier process told staff of, and not that it is over, out of the keys of its alarms."""
    stages: dict[tuple[str, str, str], set[str]] = {}
    for key in keys:
        if key.startswith(PREFIX):
            about, channel, since, stage = key.removeprefix(PREFIX).split(":")
            stages.setdefault((about, channel, since), set()).add(stage)
    return {f"{of[0]}:{of[1]}": _again(of, told) for of, told in sorted(stages.items()) if Stage.OVER not in told}


def _again(of: tuple[str, str, str], told: set[str]) -> Trouble:
    about, channel, text = of
    since = datetime.strptime(text, _FORM).replace(tzinfo=UTC)
    return Trouble(About(about), channel, since, since, Stage.AGAIN in told)
