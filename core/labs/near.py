"""Near names among very many: an index that is built once and asked in a few milliseconds.

Every name is kept as it sounds (晴川 and 情穿 are one, so are z and zh, n and l, in and ing), for input methods
offer characters by their sound. Names that look alike sound at least as alike, so one index serves both.
"""

import re
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import floor
from typing import Final

from rapidfuzz import fuzz, process

from core.labs.names import DIVISIONS, NEAR, numbers_in, says_which, unit_key
from core.words.pinyin import pinyin

_EDGE: Final = "\0"  # stands before and behind each name
_NOWHERE: Final = array("I")
_PRIVATE: Final = 0xE000  # first of the characters that stand for syllables
_LOWEST: Final = 70  # of 100 without 市, 县, 区: with them it may still be NEAR


class NameIndex:
    """`names` are (unit_key, official name) of every official, short and former name."""

    def __init__(self, names: Iterable[tuple[str, str]] = ()) -> None:
        once = dict[str, str]()
        self._keys, self._official = list[str](), list[str]()
        for key, official in names:
            if key:
                self._keys.append(key)
                self._official.append(once.setdefault(official, official))
        self._syllables: dict[str, str] = {}
        self._sounds: dict[int, str] = {}
        chars = set[str]()
        for key in self._keys:  # one by one: all at once would be 50 ms in which no other thread has its turn
            chars.update(key)
        for char in sorted(chars):
            self._learn(char)
        self._sounded = [self._as_heard(key.translate(DIVISIONS)) for key in self._keys]
        self._at: dict[str, array[int]] = {}
        self._numbered: dict[tuple[str, ...], array[int]] = {}
        for place, sounded in enumerate(self._sounded):
            if numbers := tuple(numbers_in(self._keys[place])):
                self._numbered.setdefault(numbers, array("I")).append(place)
                continue
            for pair in _pairs(sounded):
                self._at.setdefault(pair, array("I")).append(place)

    def __len__(self) -> int:
        return len(self._keys)

    def near(self, unit: str, limit: int = 5) -> list[str]:
        """Official names that may be meant, nearest first; none that bears exactly this key, none with another
        number in it (第一 and 第二人民医院 are known to be two)."""
        key = unit_key(unit)
        whole, sounded = self._as_heard(key), self._as_heard(key.translate(DIVISIONS))
        some = self._candidates(tuple(numbers_in(key)), sounded)
        choices = [self._sounded[place] for place in some]
        hits = process.extract(sounded, choices, scorer=fuzz.ratio, score_cutoff=_LOWEST, limit=None)
        ranks = dict[str, tuple[float, float]]()
        for loose, score, at in hits:
            known, official = self._keys[some[at]], self._official[some[at]]
            if score < NEAR and len(whole) + len(known) > len(sounded) + len(loose):
                score = fuzz.ratio(whole, self._as_heard(known))
            if score >= NEAR and known != key:
                rank = (-_written(key, known), -score)
                ranks[official] = min(rank, ranks.get(official, rank))
        return sorted(ranks, key=lambda official: (ranks[official], official))[:limit]

    def holding(self, unit: str) -> list[str]:
        """Official names of the units of which a name holds these words, the shortest first; none where they only
        say what kind of house is meant. Looked for from name to name: 50,000 take some milliseconds."""
        key = unit_key(unit)
        if not says_which(key):
            return []
        found = {self._official[place] for place, known in enumerate(self._keys) if key in known and key != known}
        return sorted(found, key=lambda official: (len(official), official))

    def _candidates(self, numbers: tuple[str, ...], sounded: str) -> Sequence[int]:
        """With the same numbers; without any, those that share one of the rarest pairs: whatever is near does."""
        if numbers:
            return self._numbered.get(numbers, _NOWHERE)
        rarest = sorted((self._at.get(pair, _NOWHERE) for pair in _pairs(sounded)), key=len)
        return list(set[int]().union(*rarest[: _lost(len(sounded)) + 1]))

    def _learn(self, char: str) -> None:
        syllable = _syllable(char)
        if syllable != char:
            self._sounds[ord(char)] = self._syllables.setdefault(syllable, chr(_PRIVATE + len(self._syllables)))

    def _as_heard(self, key: str) -> str:
        """A syllable that no name holds stays a character, which matches nothing."""
        sounds = {
            ord(char): self._syllables.get(_syllable(char), char) for char in key if ord(char) not in self._sounds
        }
        return key.translate({**self._sounds, **sounds} if sounds else self._sounds)


def _written(key: str, known: str) -> float:
    """How alike two names are on paper; 市, 县, 区 make no difference between two that are else the same."""
    return max(fuzz.ratio(key, known), fuzz.ratio(key.translate(DIVISIONS), known.translate(DIVISIONS)))


def _pairs(sounded: str) -> set[str]:
    line = f"{_EDGE}{sounded}{_EDGE}"
    return {line[at : at + 2] for at in range(len(line) - 1)}


@lru_cache(maxsize=64)
def _lost(length: int) -> int:
    """How many of its pairs a name of this length can have lost at most in a name that is near: two with each
    character left out, one with each put in."""
    share = 1 - NEAR / 100
    found = 0
    for out in range(length + 1):
        put_in = floor((2 * length * share - out * (1 + share)) / (1 - share) + 1e-9)
        if put_in >= 0:
            found = max(found, 2 * out + put_in)
    return found


@lru_cache(maxsize=32768)
def _syllable(char: str) -> str:
    """Without tone, and without what is confused in speaking; another character than a Chinese one as it is."""
    said = pinyin(char)
    if said == char:
        return char
    said = re.sub("^([zcs])h", r"\1", said)
    return re.sub("^n(?=.)", "l", re.sub("(?<=[ie]n)g$", "", said))
