"""通知: a free notice to the groups, in staff's own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Protocol

from core.access import ManagedGroup, Principal
from core.calendar import shanghai
from core.errors import DomainError
from core.notices.addressing import Loose, addressed, loose_in
from core.notices.codes import code_candidates, has_bind_code, has_long_number
from core.notices.text import tidy
from core.pushes.models import Kind, Planned, Target, Timed
from core.pushes.parts import mark_of, parts_of

LONGEST = 4500
SHOWN_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Had:
    """One conversation that got a notice, or will."""

    target: Target
    reference: str
    at: datetime


class Tx(Protocol):
    async def groups(self) -> list[ManagedGroup]: ...

    async def holds_code(self, candidates: frozenset[str]) -> bool: ...

    async def open_codes(self, digests: Sequence[str], now: datetime) -> Sequence[object]: ...

    async def push_with_key(self, key: str) -> Timed | None: ...

    async def count_keys(self, prefix: str) -> int: ...

    async def had_notice(self, prefix: str) -> list[Had]: ...


class WriteTx(Tx, Protocol):
    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Notice:
    """`groups`: those it goes to; none for all that receive notices, which are `count`. `left_out`: those that got
    the same words today. `numbers`: there are numbers in it that could be codes, though none of the roster's.
    `loose`: addresses that are none."""

    text: str
    groups: tuple[ManagedGroup, ...]
    count: int
    at_all: bool
    numbers: bool
    key: str
    loose: Loose
    left_out: tuple[ManagedGroup, ...] = ()

    @property
    def messages(self) -> int:
        """In how many messages each group gets it."""
        reference = "26-0000-0000"
        return len(parts_of(f"{self.text}\n{mark_of(reference)}", reference))


async def propose_notice(tx: Tx, written: str, now: datetime, codes: Sequence[str] = ()) -> Notice:
    """`@一群 @全体 内容`; names of groups and @全体 only in front of it. `codes`: digests of whatever in it may be
    a binding code.

    DomainError notices/empty, …/too_long, …/lab_code, …/bind_code, …/no_groups, …/not_received, …/sent_before,
    members/group_unknown, members/group_ambiguous.
    """
    known = await tx.groups()
    to = addressed(known, written)
    text = tidy(to.text)
    await _check_text(tx, text, codes, now)
    for group in to.groups:
        if not group.wants(Kind.NOTICE):
            raise DomainError("notices/not_received", name=group.name)
    wanted = to.groups or tuple(group for group in known if group.wants(Kind.NOTICE))
    if not wanted:
        raise DomainError("notices/no_groups")
    prefix = _prefix(text, now)
    had = {one.target: one for one in await tx.had_notice(prefix)}
    left_out = tuple(group for group in wanted if _target(group) in had)
    groups = tuple(group for group in wanted if group not in left_out)
    if not groups:
        last = max((had[_target(group)] for group in left_out), key=lambda one: (one.at, one.reference))
        raise DomainError("notices/sent_before", reference=last.reference, at=last.at)
    key = f"{prefix}{await tx.count_keys(prefix) + 1}"
    named = groups if to.groups or left_out else ()
    number, loose = has_long_number(text), loose_in(known, to)
    return Notice(text, named, len(groups), to.at_all, number, key, loose, left_out)


async def _check_text(tx: Tx, text: str, codes: Sequence[str], now: datetime) -> None:
    if not text:
        raise DomainError("notices/empty")
    if len(text) > LONGEST:
        raise DomainError("notices/too_long", length=len(text), most=LONGEST)
    if has_bind_code(text) or (codes and await tx.open_codes(codes, now)):
        raise DomainError("notices/bind_code")
    candidates = code_candidates(text)
    if candidates and await tx.holds_code(candidates):
        raise DomainError("notices/lab_code")


async def send_notice(tx: WriteTx, who: Principal, notice: Notice, now: datetime) -> Timed:
    facts = {"text": notice.text, "at_all": notice.at_all}
    to = tuple(_target(group) for group in notice.groups)
    planned = Planned(Kind.NOTICE, notice.key, now, now + SHOWN_FOR, facts, groups=not to, to=to)
    await tx.write_push(planned, now)
    sent = await tx.push_with_key(notice.key)
    assert sent is not None
    detail = {"groups": notice.count, "at_all": notice.at_all, "characters": len(notice.text)}
    await tx.audit(who, "notices.send", f"push:{sent.push.reference}", detail, now)
    return sent


def _target(group: ManagedGroup) -> Target:
    return Target(group.platform, "group", group.id)


def _prefix(text: str, now: datetime) -> str:
    """Of the keys of all notices with these words today; each group gets them once, however it is addressed."""
    digest = blake2b(text.encode(), digest_size=12).hexdigest()
    return f"{Kind.NOTICE}:{shanghai(now):%Y%m%d}:{digest}:"
