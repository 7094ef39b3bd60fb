"""Words that were typed by their sound, 密马 for 密码: people take the first that pinyin offers."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from core.words.pinyin import pinyin

LONGEST: Final = 5  # characters; longer words are not mistaken as a whole

_INITIAL = re.compile("^([zcs])h")
_HAN = re.compile("^[\u4e00-\u9fff]+$")


@lru_cache(maxsize=8192)
def syllable(one: str) -> str:
    """Without tone; zh, ch, sh and -ng as the southern half of the province says them."""
    return _INITIAL.sub(r"\1", pinyin(one)).removesuffix("g")


class Sounds:
    """Finds the word of a lexicon that sounds like some characters. Single characters sound like too many."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[tuple[str, ...], str] = {}
        for word in words:
            if 2 <= len(word) <= LONGEST and _HAN.match(word):
                self._words.setdefault(tuple(map(syllable, word)), word)

    def like(self, characters: Sequence[str]) -> str | None:
        return self._words.get(tuple(map(syllable, characters)))
