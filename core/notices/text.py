"""What staff write freely, made fit for a group (domain §7): no mark of ours, nothing unseen; the numbers in it
that may be a lab's code."""

import re
import unicodedata
from typing import Final

from core.pushes.parts import unmarked
from core.words import fold
from core.words.fold import DIGITS

_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN: Final = {"Cc", "Cf", "Cs"}
_EMPTY_LINES: Final = re.compile(r"\n{3,}")
_TO_DIGIT: Final = str.maketrans(f"{DIGITS}零○", "01234567890" + "0")
_NUMBERS: Final = re.compile(r"[a-z]{0,3}\d+(?:[ ._·•\-—]{1,2}\d+)*", re.ASCII)
_PARTS: Final = re.compile(r"[a-z]*\d+", re.ASCII)
_SHORTEST, _LONGEST_CODE = 4, 11  # letters and digits of a code (domain §5)


def tidy(written: str) -> str:
    """As written, line by line; a mark in it would be taken for ours in a group's history."""
    lines = _LINE_ENDS.sub("\n", written).replace("\t", " ").split("\n")
    seen = ("".join(c for c in line if unicodedata.category(c) not in _UNSEEN).rstrip() for line in lines)
    text = "\n".join(seen).strip()
    while (without := unmarked(text)) != text:
        text = without
    return _EMPTY_LINES.sub("\n\n", text).strip()


def code_candidates(text: str) -> frozenset[str]:
    """Whatever in `text` could be a code, in lower case, also spelled with blanks, dashes or in Chinese."""
    plain = fold(text).lower().translate(_TO_DIGIT)
    found: set[str] = set()
    for number in _NUMBERS.finditer(plain):
        parts = _PARTS.findall(number[0])
        for first in range(len(parts)):
            joined = ""
            for part in parts[first:]:
                joined += part
                if len(joined) > _LONGEST_CODE:
                    break
                found |= {joined, joined.lstrip("abcdefghijklmnopqrstuvwxyz")}
    return frozenset(one for one in found if len(one) >= _SHORTEST)
