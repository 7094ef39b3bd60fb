"""通知: a free notice to the groups, in staff's own words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Protocol

from core.access import ManagedGroup, Principal
from core.calendar import shanghai
from core.errors import DomainError
from core.members.use import group_named
from core.notices.text import code_candidates, tidy
from core.pushes.models import Kind, Planned, Target, Timed
from core.pushes.parts import mark_of, parts_of

LONGEST = 4500
SHOWN_FOR = timedelta(days=1)
_AT_ALL = frozenset({"全体", "全体成员", "所有人"})
_TO = re.compile(r"[@＠](\S+)\s*")
_BETWEEN = re.compile(r"[、，,；;]")
_LONG_NUMBER = 5  # digits; a year is no code


class Tx(Protocol):
    async def groups(self) -> list[ManagedGroup]: ...

    async def count_targets(self, kind: str) -> int: ...

    async def holds_code(self, candidates: frozenset[str]) -> bool: ...

    async def push_with_key(self, key: str) -> Timed | None: ...


class WriteTx(Tx, Protocol):
    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Notice:
    """`groups`: those that were named; none for all that receive notices, which are `count`. `numbers`: there
    are numbers in it that could be codes, though none of the roster's."""

    text: str
    groups: tuple[ManagedGroup, ...]
    count: int
    at_all: bool
    numbers: bool
    key: str

    @property
    def messages(self) -> int:
        """In how many messages each group gets it."""
        reference = "26-0000-0000"
        return len(parts_of(f"{self.text}\n{mark_of(reference)}", reference))


async def propose_notice(tx: Tx, written: str, now: datetime) -> Notice:
    """`@一群 @全体 内容`; names of groups and @全体 only in front of it.

    DomainError notices/empty, …/too_long, …/lab_code, …/no_groups, …/not_received, …/sent_before,
    members/group_unknown, members/group_ambiguous.
    """
    words, text = _addressed(written)
    text = tidy(text)
    if not text:
        raise DomainError("notices/empty")
    if len(text) > LONGEST:
        raise DomainError("notices/too_long", length=len(text), most=LONGEST)
    candidates = code_candidates(text)
    if candidates and await tx.holds_code(candidates):
        raise DomainError("notices/lab_code")
    named = [word for word in words if word not in _AT_ALL]
    groups = await _groups(tx, named)
    count = len(groups) or await tx.count_targets(Kind.NOTICE)
    if not count:
        raise DomainError("notices/no_groups")
    at_all = len(named) < len(words)
    key = _key(text, groups, at_all, now)
    if before := await tx.push_with_key(key):
        raise DomainError("notices/sent_before", reference=before.push.reference, at=before.due_at)
    numbers = any(sum(map(str.isdecimal, one)) >= _LONG_NUMBER for one in candidates)
    return Notice(text, groups, count, at_all, numbers, key)


async def send_notice(tx: WriteTx, who: Principal, notice: Notice, now: datetime) -> Timed:
    facts = {"text": notice.text, "at_all": notice.at_all}
    to = tuple(Target(group.platform, "group", group.id) for group in notice.groups)
    planned = Planned(Kind.NOTICE, notice.key, now, now + SHOWN_FOR, facts, groups=not to, to=to)
    await tx.write_push(planned, now)
    sent = await tx.push_with_key(notice.key)
    assert sent is not None
    detail = {"groups": notice.count, "at_all": notice.at_all, "characters": len(notice.text)}
    await tx.audit(who, "notices.send", f"push:{sent.push.reference}", detail, now)
    return sent


def _addressed(written: str) -> tuple[list[str], str]:
    words: list[str] = []
    rest = written.lstrip()
    while match := _TO.match(rest):
        words += [word for word in _BETWEEN.split(match[1]) if word]
        rest = rest[match.end() :]
    return words, rest


async def _groups(tx: Tx, names: Sequence[str]) -> tuple[ManagedGroup, ...]:
    if not names:
        return ()
    known = await tx.groups()
    found = tuple(dict.fromkeys(group_named(known, name) for name in names))
    for group in found:
        if not group.wants(Kind.NOTICE):
            raise DomainError("notices/not_received", name=group.name)
    return found


def _key(text: str, groups: Sequence[ManagedGroup], at_all: bool, now: datetime) -> str:
    """The same words to the same groups once a day: a hand that slips sends nothing twice."""
    to = sorted(f"{group.platform}:{group.id}" for group in groups)
    digest = blake2b(repr((text, to, at_all)).encode(), digest_size=12).hexdigest()
    return f"{Kind.NOTICE}:{shanghai(now):%Y%m%d}:{digest}"
