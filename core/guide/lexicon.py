"""A question as a row of the guide's own words."""

import re
from collections.abc import Iterable
from functools import cached_property

from core.guide.models import Ambiguity, Lexicon
from core.words import fold

_MARKS = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Folded, lower case, letters and digits only."""
    return _MARKS.sub("", fold(text).casefold())


class Words:
    """Reads texts with a lexicon: at each place the longest word that it knows, else one character."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._canonical = dict.fromkeys(lexicon.drop, "")
        for word, others in lexicon.same.items():
            self._canonical |= dict.fromkeys((word, *others), word)
        self.vague = frozenset(lexicon.vague)
        self._outside = [entry.split("+") for entry in lexicon.outside]
        self._unwritten = [entry.split("+") for entry in lexicon.unwritten]

    @cached_property
    def _words(self) -> re.Pattern[str]:
        return re.compile(f"{_either(self._canonical)}|[a-z0-9]+|.")

    def read(self, text: str) -> list[str]:
        found = (self._canonical.get(word, word) for word in self._words.findall(plain(text)))
        return [word for word in found if word]

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


def _either(words: Iterable[str]) -> str:
    """Longest first, so that 申请表 is not read as 申请."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"


def _names(entries: list[list[str]], key: str) -> bool:
    return any(all(part in key for part in parts) for parts in entries)
