"""What staff see of cards that are not in form."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.access import Account, ManagedGroup
from core.errors import DomainError
from core.members.clean import masked
from core.members.judge import judge
from core.members.labs import LabIndex
from core.members.member import Member
from core.members.models import FLAGGED, Reason, Verdict
from core.words import name_key


class Tx(Protocol):
    async def groups(self) -> list[ManagedGroup]: ...

    async def members(self, group: Account) -> Sequence[Member]: ...

    async def members_as_of(self, group: Account) -> datetime | None: ...

    async def lab_names(self) -> Sequence[tuple[str, str]]: ...


@dataclass(frozen=True, slots=True)
class GroupList:
    """A group with its members as read; `as_of` None: never read, so nothing is known."""

    name: str
    as_of: datetime | None
    members: Sequence[Member]


@dataclass(frozen=True, slots=True)
class Flagged:
    """One member who is to be asked for a better card. `shown` bears no number; `nickname` if there is no card."""

    verdict: Verdict
    shown: str
    nickname: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class CardReport:
    """A group's cards: `counts` by verdict; `flagged` in the order of `FLAGGED`."""

    name: str
    as_of: datetime | None
    counts: Counter[Verdict]
    flagged: tuple[Flagged, ...]

    @property
    def judged(self) -> int:
        return sum(count for verdict, count in self.counts.items() if verdict is not Verdict.SKIP)


async def member_lists(tx: Tx, word: str) -> tuple[list[GroupList], LabIndex]:
    """Of the group that `word` names, else of all but staff groups.

    DomainError: members/group_unknown, members/group_ambiguous.
    """
    groups = await tx.groups()
    wanted = [group_named(groups, word)] if word else [group for group in groups if not group.staff]
    lists = []
    for group in wanted:
        place = Account(group.platform, group.id)
        lists.append(GroupList(group.name, await tx.members_as_of(place), await tx.members(place)))
    return lists, LabIndex(await tx.lab_names())


def group_named(groups: Sequence[ManagedGroup], word: str) -> ManagedGroup:
    """By number, name, or a part of the name that no other has; members/group_unknown, members/group_ambiguous."""
    key = name_key(word)
    exact = [group for group in groups if key in (group.id, name_key(group.name))]
    found = exact or [group for group in groups if key in name_key(group.name)]
    if not found:
        raise DomainError("members/group_unknown", word=word, names=[group.name for group in groups])
    if len(found) > 1:
        raise DomainError("members/group_ambiguous", word=word, names=[group.name for group in found])
    return found[0]


def report(group: GroupList, labs: LabIndex) -> CardReport:
    """All cards of a group judged: some 50 µs each, so a large group belongs into a thread."""
    judged = [(one, judge(one.card, role=one.role, labs=labs)) for one in group.members]
    flagged = [
        Flagged(found.verdict, masked(one.card), masked(one.nickname), found.reason)
        for one, found in judged
        if found.verdict in FLAGGED
    ]
    flagged.sort(key=lambda one: FLAGGED.index(one.verdict))
    return CardReport(group.name, group.as_of, Counter(found.verdict for _, found in judged), tuple(flagged))
