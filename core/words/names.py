"""Programme names and aliases: the same name however it is typed."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TypeVar

from core.words.fold import fold

T = TypeVar("T")

_ALIKE: Final = str.maketrans("[【〔〖{〈《「『]】〕〗}〉》」』‐–—−~〜", "(((((((((" + ")))))))))" + "------")
# I … XII, behind anything but a letter (BNPII is a name), at the end or before the closing bracket.
_ROMAN: Final = re.compile(r"(?<![a-z])(x?(?:iv|ix|v?i{1,3}|v)|x)(?=\)?$)")
_VALUES: Final = {"i": 1, "v": 5, "x": 10}


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """What the spellings of one name share: folded, no blanks, no case, Ⅱ and II as 2, one kind of bracket."""
    key = fold(name).casefold().translate(_ALIKE)
    key = _ROMAN.sub(lambda match: str(_roman(match[1])), key)
    return key.replace(" ", "").strip(",、;")


def match_names(word: str, names: Iterable[tuple[str, T]]) -> list[T]:
    """Every T meant by `word`, distinct, in order: by its whole name, else by 2 or more characters of it."""
    key = name_key(word)
    keyed = [(name_key(name), what) for name, what in names] if key else []
    exact = _distinct(what for name, what in keyed if name == key)
    if exact or len(key) < 2:
        return exact
    return _distinct(what for name, what in keyed if key in name)


def _distinct(hits: Iterable[T]) -> list[T]:
    seen: list[T] = []
    for hit in hits:
        if hit not in seen:
            seen.append(hit)
    return seen


def _roman(letters: str) -> int:
    values = [_VALUES[letter] for letter in letters]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))
