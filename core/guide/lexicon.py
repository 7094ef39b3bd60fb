"""A question as a row of the guide's own words."""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from core.guide.models import Ambiguity, Lexicon
from core.guide.sounds import LONGEST, Sounds
from core.words import fold

_MARKS = re.compile(r"[\W_]+")
_LATIN = re.compile("[a-z0-9]+")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Folded, lower case, letters and digits only."""
    return _MARKS.sub("", fold(text).casefold())


class Words:
    """Reads texts with a lexicon: at each place the longest word that it knows, else one that sounds like what
    stands there, else one character."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._canonical = dict.fromkeys(lexicon.drop, "")
        for word, others in lexicon.same.items():
            self._canonical |= dict.fromkeys((word, *others), word)
        self.vague = frozenset(lexicon.vague)
        self._outside = [tuple(entry.split("+")) for entry in lexicon.outside]
        self._unwritten = [tuple(entry.split("+")) for entry in lexicon.unwritten]
        self._beginning: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._canonical, key=len, reverse=True):  # 申请表 is not read as 申请
            self._beginning[word[0]].append(word)
        self._sounds = Sounds(word for word, meant in self._canonical.items() if meant)
        self._kept = lru_cache(maxsize=1024)(self._reading)

    def read(self, text: str) -> tuple[str, ...]:
        return self._kept(plain(text))

    def _reading(self, key: str) -> tuple[str, ...]:
        found = (self._canonical.get(word, word) for word in self._heard(self._cut(key)))
        return tuple(word for word in found if word)

    def _cut(self, key: str) -> list[str]:
        found: list[str] = []
        at = 0
        while at < len(key):
            known = (word for word in self._beginning.get(key[at], ()) if key.startswith(word, at))
            latin = _LATIN.match(key, at)
            found.append(next(known, None) or (latin[0] if latin else key[at]))
            at += len(found[-1])
        return found

    def _heard(self, found: Sequence[str]) -> list[str]:
        """Single characters that sound like a word of the lexicon are that word, if one of them is unknown."""
        heard: list[str] = []
        at = 0
        while at < len(found):
            size, word = self._heard_at(found, at) if self._is_loose(found[at]) else (1, found[at])
            heard.append(word)
            at += size
        return heard

    def _heard_at(self, found: Sequence[str], at: int) -> tuple[int, str]:
        run = 1
        while run < LONGEST and at + run < len(found) and self._is_loose(found[at + run]):
            run += 1
        for size in range(run, 1, -1):
            some = found[at : at + size]
            if any(one not in self._canonical for one in some) and (word := self._sounds.like(some)):
                return size, word
        return 1, found[at]

    @staticmethod
    def _is_loose(word: str) -> bool:
        return len(word) == 1 and "\u4e00" <= word <= "\u9fff"

    def knows(self, word: str) -> bool:
        """Whether it is a word of the lexicon, and no character that stood between."""
        return word in self._canonical

    def is_outside(self, text: str) -> bool:
        """Whether something is named that has nothing to do with us."""
        return _names(self._outside, self._key(text))

    def is_unwritten(self, text: str) -> bool:
        """Whether something of ours is named that the guide says nothing about."""
        return _names(self._unwritten, self._key(text))

    def _key(self, text: str) -> str:
        """The text as it was typed, and in the lexicon's own words."""
        return " ".join((plain(text), *self.read(text)))

    def ambiguity(self, text: str) -> Ambiguity | None:
        """The first word in `text` that may mean several things and nothing beside it settles which."""
        key = plain(text)
        for one in self._lexicon.ambiguous:
            if one.word in key and not any(word in key for word in one.settled):
                return one
        return None


def _names(entries: Sequence[tuple[str, ...]], key: str) -> bool:
    return any(entry[0] in key and all(part in key for part in entry[1:]) for entry in entries)
