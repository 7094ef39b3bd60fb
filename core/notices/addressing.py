"""To whom a free notice goes: `@一群、二群 @全体` in front of it; what only looks like it elsewhere."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from core.access import ManagedGroup
from core.members.use import group_named
from core.words import name_key

AT_ALL: Final = ("全体成员", "全体", "所有人")
_FRONT: Final = re.compile(r"[\s：:，,、]+")
_AT: Final = re.compile(r"[@＠]\s*")
_WORD: Final = re.compile(r"[^\s@＠、，,；;]+")
_AND: Final = re.compile(r"\s*[、，,；;]+\s*")
_ENDS: Final = r"(?=[\s@＠、，,；;]|$)"
_ELSEWHERE: Final = re.compile(r"[@＠]\s*([^\s@＠、，,；;。.！!？?：:）)」]+)")


@dataclass(frozen=True, slots=True)
class Addressed:
    """`groups`: those that were named, each once; `text` is the rest."""

    groups: tuple[ManagedGroup, ...]
    at_all: bool
    text: str


def addressed(known: Sequence[ManagedGroup], written: str) -> Addressed:
    """DomainError members/group_unknown, members/group_ambiguous."""
    rest = _FRONT.sub("", written, count=1) if _FRONT.match(written) else written
    groups: list[ManagedGroup] = []
    at_all = False
    while match := _AT.match(rest):
        rest = rest[match.end() :]
        while word := _name_at(known, rest):
            rest = rest[len(word) :]
            if word in AT_ALL:
                at_all = True
            else:
                groups.append(group_named(known, word))
            match = _AND.match(rest)
            rest = rest[match.end() :] if match else rest.lstrip()
            if not match:
                break
    return Addressed(tuple(dict.fromkeys(groups)), at_all, rest)


def _name_at(known: Sequence[ManagedGroup], rest: str) -> str:
    """The longest whole name that `rest` begins with, though it bear blanks or 、; else the word there."""
    names = (*AT_ALL, *(group.name for group in known))
    found = max((_beginning(name, rest) for name in names), key=len)
    word = _WORD.match(rest)
    return found or (word[0] if word else "")


def _beginning(name: str, text: str) -> str:
    """What of `text` spells `name` as whole words, with whatever blanks."""
    spelled = r"\s*".join(map(re.escape, "".join(name.split())))
    match = re.match(spelled + _ENDS, text, re.IGNORECASE) if spelled else None
    return match[0] if match else ""


@dataclass(frozen=True, slots=True)
class Loose:
    """What stands in the text as if it were an address, though it is not in front: a group's name, @全体."""

    group: str = ""
    at_all: bool = False


def loose_in(known: Sequence[ManagedGroup], to: Addressed) -> Loose:
    keys = [name_key(word) for word in _ELSEWHERE.findall(to.text)]
    at_all = not to.at_all and any(key.startswith(AT_ALL) for key in keys)
    others = [group for group in known if group not in to.groups]
    return Loose(next(_meant(others, keys, "" if to.groups else to.text), ""), at_all)


def _meant(groups: Sequence[ManagedGroup], keys: Sequence[str], text: str) -> Iterator[str]:
    for group in groups:
        own = name_key(group.name)
        if _beginning(group.name, text) or any(own in key or (len(key) > 1 and key in own) for key in keys):
            yield group.name
