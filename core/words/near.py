"""Names that may have been meant by a word that is none: one wrong character, or the right sound (凝雪, 糖话)."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from core.words.names import name_key
from core.words.pinyin import pinyin

ALIKE: Final = 60.0  # of 100: two characters of three
SOUNDS: Final = 88.0


@lru_cache(maxsize=8192)
def sound_of(word: str) -> str:
    """Pinyin without tones, a blank between syllables."""
    return " ".join(map(pinyin, name_key(word)))


def near(word: str, names: Iterable[tuple[str, str]], limit: int = 4) -> list[str]:
    """Of (name or alias, what it stands for) the nearest, each once; none that only chance has brought near."""
    key = name_key(word)
    if len(key) < 2 or len(key) > 20:
        return []
    best: dict[str, float] = {}
    for name, what in names:
        other = name_key(name)
        alike, sounds = fuzz.ratio(key, other), fuzz.ratio(sound_of(word), sound_of(name))
        if alike >= ALIKE or sounds >= SOUNDS:
            best[what] = max(best.get(what, 0.0), alike, sounds)
    return sorted(best, key=lambda what: -best[what])[:limit]
