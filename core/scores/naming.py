"""Which programmes and analytes words mean: 成绩 凝血, 成绩 葡萄糖, 成绩 凝血 PT."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from core.activities.models import Programme
from core.activities.use import ALL
from core.errors import DomainError, Several
from core.scores.analytes import KNOWN, names_of
from core.words import name_key
from core.words.loose import cut
from core.words.near import near

T = TypeVar("T")
_KEYS: Final = frozenset(map(name_key, KNOWN))
PT: Final = "pt"  # the score of proficiency testing, or 凝血酶原时间 (domain §2)


@dataclass(frozen=True, slots=True)
class Analyte:
    """As a score sheet spells it."""

    programme: Programme
    name: str

    @property
    def spoken(self) -> str:
        """What names it and nothing else; without blanks, so that it stays together."""
        return f"{''.join(self.programme.name.split())} {''.join(self.name.split())}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """`analytes`: keys of names, by programme; a programme that has none is wanted whole."""

    programmes: frozenset[int] = frozenset()
    analytes: Mapping[int, frozenset[str]] = field(default_factory=dict)
    names: tuple[str, ...] = field(default=(), compare=False)  # of the programmes, each once

    def takes(self, programme: int, analyte: str) -> bool:
        """Whether this score is asked for; a programme's own always goes along with its analytes."""
        only = self.analytes.get(programme)
        return programme in self.programmes and (not only or not analyte or name_key(analyte) in only)


@dataclass(slots=True)
class _Meant:
    programmes: list[Programme]
    analytes: list[Analyte]


def wanted(words: Sequence[str], programmes: Sequence[Programme], analytes: Sequence[Analyte]) -> Wanted:
    """A whole name goes before a part of one, and a programme before an analyte of the same name.

    DomainError: activities/programme_unknown, with every word that is none; scores/no_analyte where these are
    analytes of which nothing is known here. Several: scores/pt_meant,
    activities/programme_near, activities/programme_ambiguous.
    """
    names = _Names(programmes, analytes)
    parts = names.apart(words)
    pt = [part for part in parts if name_key(part) == PT]
    if pt and len(pt) == len(parts) and (hits := names.meaning(pt[0]).analytes):
        raise Several("scores/pt_meant", words[0], [ALL, *(one.spoken for one in hits)])
    read = [(part, names.meaning(part)) for part in parts]
    read = [(part, meant) for part, meant in read if name_key(part) != PT or _is_beside(meant, read)]
    if unknown := [part for part, meant in read if not (meant.programmes or meant.analytes)]:
        raise names.unknown(unknown)
    named = [one for part, meant in read for one in _programmes(part, meant)]
    chosen = [one for part, meant in read if not meant.programmes for one in _analytes(part, meant, named)]
    of = frozenset(one.id for one in (*named, *(one.programme for one in chosen)))
    only = {
        ident: frozenset(name_key(one.name) for one in chosen if one.programme.id == ident)
        for ident in {one.programme.id for one in chosen}
    }
    return Wanted(of, only, tuple(dict.fromkeys(p.name for p in (*named, *(a.programme for a in chosen)))))


def _is_beside(pt: _Meant, read: Sequence[tuple[str, _Meant]]) -> bool:
    """Whether PT is an analyte of a programme that is named with it; else it only says 成绩 once more."""
    named = {one.name for _, meant in read for one in meant.programmes}
    return bool(pt.programmes) or any(one.programme.name in named for one in pt.analytes)


def _programmes(word: str, meant: _Meant) -> list[Programme]:
    if not meant.programmes:
        return []
    others = [one for one in meant.analytes if one.programme not in meant.programmes]
    names = list(dict.fromkeys(one.name for one in meant.programmes))  # one name in two years is one programme
    if others or len(names) > 1:
        raise Several("activities/programme_ambiguous", word, [*names, *(one.spoken for one in others)])
    return meant.programmes


def _analytes(word: str, meant: _Meant, named: Sequence[Programme]) -> list[Analyte]:
    """Of the programmes that are named beside it, if it is one of theirs."""
    beside = {one.name for one in named}
    hits = [one for one in meant.analytes if one.programme.name in beside] or meant.analytes
    different = {(one.programme.name, name_key(one.name)): one.spoken for one in hits}
    if len(different) > 1:
        raise Several("activities/programme_ambiguous", word, list(different.values()))
    return hits


class _Names:
    """What may be meant at all."""

    def __init__(self, programmes: Sequence[Programme], analytes: Sequence[Analyte]) -> None:
        self._programmes = [(name, one) for one in programmes for name in one.names]
        self._analytes = [(name, one) for one in analytes for name in names_of(one.name)]

    def apart(self, words: Iterable[str]) -> list[str]:
        """Glued names one by one (血球和糖化)."""
        known = [name for name, _ in (*self._programmes, *self._analytes)] + [PT]
        return [part for word in words for part in self._cut(word, known)]

    def _cut(self, word: str, known: Sequence[str]) -> list[str]:
        meant = self.meaning(word)
        return [word] if meant.programmes or meant.analytes or name_key(word) == PT else cut(word, known)

    def meaning(self, word: str) -> _Meant:
        key = name_key(word)
        whole = _Meant(list(_equal(key, self._programmes)), list(_equal(key, self._analytes)))
        if whole.programmes:
            return _Meant(whole.programmes, [])
        if whole.analytes or len(key) < 2:
            return whole
        return _Meant(list(_within(key, self._programmes)), list(_within(key, self._analytes)))

    def unknown(self, words: Sequence[str]) -> DomainError:
        words = [word for word in words if name_key(word) not in _KEYS] or words
        if all(name_key(word) in _KEYS for word in words):
            return DomainError("scores/no_analyte", word="、".join(words))
        if len(words) == 1:
            known = [(name, one.name) for name, one in self._programmes]
            known += [(name, one.spoken) for name, one in self._analytes]
            if options := near(words[0], known):
                return Several("activities/programme_near", words[0], options)
        return DomainError("activities/programme_unknown", word="、".join(words))


def _equal(key: str, names: Iterable[tuple[str, T]]) -> Iterator[T]:
    return iter(dict.fromkeys(one for name, one in names if name_key(name) == key))


def _within(key: str, names: Iterable[tuple[str, T]]) -> Iterator[T]:
    """Latin letters only as a word of their own: PT is no part of APTT."""
    part = re.compile(rf"(?<![0-9a-z]){re.escape(key)}(?![0-9a-z])" if key.isascii() else re.escape(key))
    return iter(dict.fromkeys(one for name, one in names if part.search(name_key(name))))
