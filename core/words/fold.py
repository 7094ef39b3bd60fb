"""One spelling for what looks the same on a telephone."""

import re
import unicodedata
from typing import Final

DIGITS: Final = "〇一二三四五六七八九"

# Invisible, yet no control or format character: joiners, Hangul fillers, variation selectors.
UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
# What NFKC leaves apart though a keyboard may give either: the braille blank is a blank.
_BLANKS: Final = str.maketrans({"\u2800": " "})


def fold(text: str) -> str:
    """NFKC, nothing invisible, single blanks, none at the ends; folding twice changes nothing.

    Unseen characters go *before* NFKC, which would otherwise join their neighbours only the second time.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", UNSEEN.sub("", text).translate(_BLANKS))
    if not text.isprintable():
        text = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return " ".join(text.split())


def chinese_int(word: str) -> int | None:
    """一 … 九十九, or ASCII digits; None for anything else (两 means "both" as often as 2)."""
    if word.isascii() and word.isdecimal():
        return int(word)
    tens, ten, ones = word.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or any(c not in DIGITS[1:] for c in tens + ones):
        return None
    if not ten:
        return DIGITS.index(ones) if ones else None
    return 10 * (DIGITS.index(tens) if tens else 1) + (DIGITS.index(ones) if ones else 0)
