"""退回申请 凝血 第1次 仪器故障: year, number and programmes out of free words, of which none gets lost."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from core.activities.models import Programme
from core.errors import Several
from core.labs.names import unit_key
from core.words import fold, match_names, name_key, take
from core.words.loose import FILLERS, cut
from core.words.near import near

_BETWEEN: Final = re.compile(r"[\s,，、;；:：。]+")
_APART: Final = re.compile(r"第 ?([0-9一二三四]{1,2}) ?([次轮])")  # 第 1 次 is one word
_LONGEST_HEAD: Final = 24  # characters of slots that may be glued to the reason: 2026年第1次凝血仪器坏了
_LONGEST_NAME: Final = 8  # of a programme that is misspelt


@dataclass(frozen=True, slots=True)
class Told:
    """`named`: programmes that the words name. `reason`: all words that are neither year, number, programme nor
    unit; a word that holds one of these among others stays whole in it."""

    year: int | None
    n: int | None
    named: tuple[str, ...]
    reason: str = field(repr=False)
    units: tuple[str, ...] = ()


def words_of(text: str) -> list[str]:
    return [word for word in _BETWEEN.split(_APART.sub(r"第\1\2", fold(text))) if word]


def read_told(text: str, names: Collection[str], units: Collection[str], today: date) -> Told:
    """`names` of all programmes in question, `units` the keys of the asker's own labs."""
    keys = {name_key(name) for name in names}
    year, n = None, None
    named, reason, meant = list[str](), list[str](), list[str]()
    for word in words_of(text):
        if unit_key(word) in units:
            meant.append(unit_key(word))
            continue
        found = _slots(word, names, keys, today)
        head = found or _head(word, names, keys, today)
        if found is None:
            reason.append(word)
        if head:
            year = head[0] if year is None else year
            n = head[1] if n is None else n
            named += head[2]
    return Told(year, n, tuple(dict.fromkeys(named)), _reason(text, reason), tuple(meant))


Slots = tuple[int | None, int | None, list[str]]


def _slots(word: str, names: Collection[str], keys: set[str], today: date) -> Slots | None:
    """Year, number and names of a word that is nothing else."""
    found = take(word, today)
    parts = [part for rest in found.rest for part in _names_in(rest, names, keys)]
    if any(name_key(part) not in keys for part in parts) or not (parts or found.year or found.n):
        return None
    return found.year, found.n, parts


def _names_in(rest: str, names: Collection[str], keys: set[str]) -> list[str]:
    if name_key(rest) in keys:
        return [rest]
    return [part for part in cut(rest, names) if part not in FILLERS]


def _head(word: str, names: Collection[str], keys: set[str], today: date) -> Slots | None:
    """The slots that a longer word begins with; there must be more than a name, which may be part of another word
    (凝血酶)."""
    for end in range(min(len(word) - 1, _LONGEST_HEAD), 1, -1):
        found = _slots(word[:end], names, keys, today)
        if found and (found[0] or found[1]):
            return found
    return None


def _reason(text: str, words: Sequence[str]) -> str:
    """As it was written, marks and all, where it stands in one piece."""
    plain, joined = fold(text), " ".join(words)
    start = plain.find(words[0]) if words else 0
    end = plain.rfind(words[-1]) + len(words[-1]) if words else 0
    piece = plain[start:end]
    return piece if words_of(piece) == list(words) else joined


def inside(text: str, programmes: Sequence[Programme]) -> list[Programme]:
    """Programmes named anywhere inside the words, by a name that means no other one: 血球仪坏了. The longest name
    counts where one holds another."""
    whole = name_key(text)
    hits: dict[str, list[Programme]] = {}
    for one in programmes:
        for name in {key for name in (one.name, *one.aliases) if len(key := name_key(name)) > 1}:
            if name in whole:
                hits.setdefault(name, []).append(one)
    longest = [name for name in hits if not any(name != other and name in other for other in hits)]
    return list(dict.fromkeys(hits[name][0] for name in longest if len(hits[name]) == 1))


def exactly(named: Sequence[str], programmes: Sequence[Programme]) -> list[Programme]:
    """Those meant by whole names; Several activities/programme_ambiguous."""
    index = [(name, one) for one in programmes for name in one.names]
    found: list[Programme] = []
    for word in named:
        hits = match_names(word, index)
        different = list(dict.fromkeys(one.name for one in hits))
        if len(different) > 1:
            raise Several("activities/programme_ambiguous", word, different)
        found += hits
    return list(dict.fromkeys(found))


def misspelt(reason: str, programmes: Sequence[Programme]) -> None:
    """Several activities/programme_near for a word that is nearly a programme's name."""
    for word in words_of(reason):
        names = near(word, [(name, one.name) for one in programmes for name in one.names])
        if names and len(word) <= _LONGEST_NAME:
            raise Several("activities/programme_near", word, names)
