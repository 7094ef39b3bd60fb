"""Which reminders there must be: a pure function of the deadlines, the rules and `now`.

Run again at every tick over all deadlines not yet past, by any instance, as often as one likes:
the natural key makes repetition harmless. Merging does not depend on `now`, so neither does a key.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import zip_longest

from core.calendar import SHANGHAI, QuietHours, WorkingDays, move_earlier
from core.errors import DomainError
from core.pushes.models import Kind, Planned

GROUPS_ONLY = "groups_only"  # among the facts: nobody was to have it in private
_OFFSET = re.compile(r"(\d{1,3})([dh])")
_UNIT = {"d": timedelta(days=1), "h": timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class Stage:
    """`3d`: how long before the deadline."""

    name: str
    before: timedelta

    @classmethod
    def parse_all(cls, text: str) -> tuple["Stage", ...]:
        """`7d,3d,1d,3h`, longest first; DomainError("settings/offsets") on anything else."""
        stages = []
        for word in filter(None, (part.strip() for part in text.split(","))):
            match = _OFFSET.fullmatch(word)
            if not match or not int(match[1]):
                raise DomainError("settings/offsets", value=text)
            stages.append(cls(word, int(match[1]) * _UNIT[match[2]]))
        return tuple(sorted(stages, key=lambda stage: stage.before, reverse=True))


@dataclass(frozen=True, slots=True)
class Rules:
    """`stages` go to the groups, `personal` to people bound to labs that have not reported."""

    stages: tuple[Stage, ...]
    quiet: QuietHours
    days: WorkingDays
    digest: time | None = None  # of working days, in Shanghai; None: no digest
    personal: tuple[Stage, ...] = ()
    pending_days: int = 3  # working days that an application may wait

    @property
    def all_stages(self) -> tuple[Stage, ...]:
        """Longest first; 24h and 1d are one."""
        by_length = {stage.before: stage for stage in (*self.personal, *self.stages)}
        return tuple(by_length[before] for before in sorted(by_length, reverse=True))


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment at which one or more rounds of activity (year, n) close."""

    year: int
    n: int
    at: datetime

    @property
    def key(self) -> str:
        return f"{self.year}:{self.n}:{self.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


@dataclass(frozen=True, slots=True)
class Slot:
    """Stages that land on one day, merged: sent at the earliest moment, named after the last stage. `lengths`:
    how long before are those that were merged."""

    stage: str
    due: datetime
    nominal: datetime
    lengths: frozenset[timedelta] = frozenset()

    def has_any(self, stages: Iterable[Stage]) -> bool:
        return any(stage.before in self.lengths for stage in stages)


def plan_reminders(deadlines: Iterable[Deadline], rules: Rules, now: datetime) -> list[Planned]:
    """All reminders that must exist at `now` (domain §5): none of a stage already past, none after
    the deadline; one that was moved into the past is due at the next civil minute."""
    planned: list[Planned] = []
    for deadline in deadlines:
        if deadline.at > now:
            planned += _of_deadline(deadline, rules, now)
    return planned


def possible_keys(deadlines: Iterable[Deadline], rules: Rules) -> set[str]:
    """Keys of every reminder these deadlines can have, past or to come: one that is none of them was planned
    for a deadline that has moved, or by rules that have changed."""
    return {_key(deadline, slot.stage) for deadline in deadlines for slot in _slots(deadline, rules)}


def _of_deadline(deadline: Deadline, rules: Rules, now: datetime) -> list[Planned]:
    slots = _slots(deadline, rules)
    named = {slot.stage: slot for slot in slots}
    moments = in_time(slots, deadline.at, rules, now)
    return [_reminder(deadline, named[stage], rules, due, expires) for stage, due, expires in moments]


def in_time(
    slots: Sequence[Slot], end: datetime, rules: Rules, now: datetime
) -> list[tuple[str, datetime, datetime]]:
    """(stage, due, expires) of each that must exist at `now`; each gives way to the next, the last to `end`."""
    found = []
    for slot, following in zip_longest(slots, slots[1:]):
        if slot.nominal < now:
            continue
        expires = following.due if following else end
        due = slot.due if slot.due >= now else rules.quiet.next_calm(now)
        joined = following and _local_day(due) == _local_day(expires)  # caught up on the next one's day
        if due < expires and not joined:
            found.append((slot.stage, due, expires))
    return found


def _slots(deadline: Deadline, rules: Rules) -> Sequence[Slot]:
    return slots_before(deadline.at, rules.all_stages, rules)


def slots_before(moment: datetime, stages: Iterable[Stage], rules: Rules) -> list[Slot]:
    """Off rest days and quiet hours; whatever `now` is, so that a key never changes."""
    by_day: dict[date, Slot] = {}
    for stage in stages:
        nominal = moment - stage.before
        due = move_earlier(nominal, rules.quiet, rules.days)
        day = _local_day(due)
        earlier = by_day.get(day)
        lengths = {stage.before, *earlier.lengths} if earlier else {stage.before}
        by_day[day] = Slot(stage.name, min(due, earlier.due) if earlier else due, nominal, frozenset(lengths))
    return sorted(by_day.values(), key=lambda slot: slot.due)


def _local_day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _reminder(deadline: Deadline, slot: Slot, rules: Rules, due: datetime, expires: datetime) -> Planned:
    """A merged one goes wherever any of its stages goes."""
    at, key = deadline.at.isoformat(), _key(deadline, slot.stage)
    facts: dict[str, object] = {"year": deadline.year, "n": deadline.n, "deadline": at, "stage": slot.stage}
    groups, persons = slot.has_any(rules.stages), slot.has_any(rules.personal)
    if not persons:
        facts[GROUPS_ONLY] = True
    return Planned(Kind.REMINDER, key, due, expires, facts, groups=groups, spread=persons)


def _key(deadline: Deadline, stage: str) -> str:
    return f"{Kind.REMINDER}:{deadline.key}:{stage}"
