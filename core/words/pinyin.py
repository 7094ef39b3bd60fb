"""How a character sounds, for what was typed by its sound (密马 for 密码)."""

import os
from functools import lru_cache


@lru_cache(maxsize=16384)
def pinyin(character: str) -> str:
    """Without tone; what is no Chinese character is its own sound. The dictionary is read with the first one, in
    0.1 s during which nothing else runs: a program that serves somebody asks for one before it begins."""
    # characters are asked for one by one, and the dictionary of phrases is twice as long as all the rest
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(character)[0])
