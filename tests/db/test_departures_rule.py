"""Whatever lists and events come in: nobody is suspended while he may be in a group, and two complete lists that
agree, ten minutes apart, suffice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.access import Account, ManagedGroup, Principal
from core.members.departures import APART, FRESH, join, leave, settle
from core.members.member import Member
from db.unit import Database, Unit
from tests.cast import LABS, MORNING, bring, gather_groups

MACHINE = Principal(Account("machine", "local"))
GROUPS = ("甲", "乙")
MINUTE = timedelta(minutes=1)
_platforms: Iterator[int] = count()

Step = tuple[str, int, str, bool, bool]  # what, minutes before it, group, is the person listed, is it complete

one_step = st.tuples(
    st.sampled_from(
        ["lists", "lists", "list", "leave", "join"]
    ),  # lists: of both groups, the person at most in one
    st.sampled_from([0, 1, 9, 10, 11, 3 * 24 * 60]),
    st.sampled_from(GROUPS),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([True, True, True, False]),
)


def each(steps: Sequence[Step]) -> Iterator[Step]:
    for what, minutes, group, has, complete in steps:
        yield "list" if what == "lists" else what, minutes, group, has, complete
        if what == "lists":
            yield "list", 0, next(one for one in GROUPS if one != group), False, True


@dataclass
class Seen:
    """What is known of one group: whether the person is in it, from when, and by what kind of list."""

    as_of: datetime
    complete: bool
    has: bool


@dataclass
class Rule:
    """The rule once more, in plain words. `since`: from when on every list was complete and none had the person;
    `missed`: he was on one, and is not known to have left or come."""

    lists: dict[str, Seen] = field(default_factory=dict)
    since: datetime | None = None
    missed: bool = False

    def step(self, what: str, group: str, has: bool, complete: bool, now: datetime) -> bool:
        """Whether the binding is suspended now."""
        before = any(one.has for one in self.lists.values())
        if what == "list":
            self.lists[group] = Seen(now, complete, has)
        else:
            self.lists[group].has = what == "join"
        gone = not any(one.has for one in self.lists.values())
        self.missed = gone and (self.missed or before)
        certain = gone and all(one.complete for one in self.lists.values())
        self.since = (self.since or now) if certain else None
        if what == "list":
            return self._agreed()
        return what == "leave" and self._told(group, now)

    def _agreed(self) -> bool:
        if not (self.missed and self.since):
            return False
        agreed = min(one.as_of for one in self.lists.values()) >= self.since + APART
        self.missed = self.missed and not agreed
        return agreed

    def _told(self, group: str, now: datetime) -> bool:
        others = [one for name, one in self.lists.items() if name != group]
        sure = all(one.complete and not one.has and one.as_of >= now - FRESH for one in others)
        self.missed = not sure and not any(one.has for one in others)
        self.since = now if self.since else None  # he was there until now, whatever the lists said
        return sure


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(one_step, min_size=3, max_size=12), first=st.tuples(st.booleans(), st.booleans()))
async def test_the_rule(db: Database, steps: Sequence[Step], first: tuple[bool, bool]) -> None:
    """Each example has a platform, and so groups and lists, of its own."""
    platform, rule, now = f"p{next(_platforms)}", Rule(), MORNING
    who = Account(platform, "300400601")
    if not (await db.read(lambda tx: tx.labs_named("合肥演示晴川医院"))):
        await bring(db, LABS)
    await gather_groups(db, *(ManagedGroup(platform, name, name) for name in GROUPS))

    async def work(tx: Unit, what: str, group: str, has: bool, complete: bool) -> bool:
        """Bound before it; whether that is so no more."""
        if not (await tx.principal(who)).labs:
            await tx.bind(who, 1, "code", now)
        place = Account(platform, group)
        if what == "list":
            listed = [Member("1"), *([Member(who.id)] if has else [])]
            await tx.write_members(place, listed, now, complete)
            await settle(tx, MACHINE, platform, now, "")
        elif what == "leave":
            await leave(tx, MACHINE, place, who, now, "")
        else:
            await join(tx, place, who)
        return not (await tx.principal(who)).labs

    read_first = [("list", 0, name, has, True) for name, has in zip(GROUPS, first, strict=True)]
    for what, minutes, group, has, complete in (*read_first, *each(steps)):
        now += minutes * MINUTE
        suspended = await db.write(lambda tx, w=what, g=group, h=has, c=complete: work(tx, w, g, h, c))  # type: ignore[misc]
        if group in rule.lists or what == "list":
            assert suspended is rule.step(what, group, has, complete, now)
