"""What must never stand in a group though staff wrote it: a code of a lab, however spelled, or a binding code."""

import re
import unicodedata
from typing import Final

from core.access.codes import fold_code
from core.words import fold
from core.words.fold import DIGITS

_CHINESE: Final = str.maketrans(f"{DIGITS}零○壹贰叁肆伍陆柒捌玖幺", "01234567890" + "0" + "1234567891")
ALIKE: Final = (("o", "0"), ("i", "1"), ("l", "1"))  # taken for a digit by eye and by hand
_ALIKE: Final = str.maketrans(dict(ALIKE))
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]")
# Digits with up to three blanks or marks between, behind up to three letters; Han divides.
_NUMBERS: Final = re.compile(r"(?:([a-z]{1,3})[\W_]{0,3})?([0-9]+(?:[\W_]{1,3}[0-9]+)*)")
_PART: Final = re.compile("[0-9]+")
_LONG: Final = re.compile(r"[0-9](?:[ ._·•\-—]{0,2}[0-9]){4}")
_SHORTEST, _LONGEST = 4, 11  # letters and digits of a code (domain §5)
BARE: Final = 5  # characters of a code without its leading zeros; fewer may be any year or room

_X: Final = "[0-9A-Za-z]"
_BETWEEN: Final = r"[\s\-‐‑–—−._·•]{1,3}"
# Neither a piece of a link nor of a longer number.
_BIND_CODE: Final = re.compile(
    rf"(?<![0-9A-Za-z/=?&@_\-])(?=({_X}{{12}}|{_X}{{4}}{_BETWEEN}{_X}{{4}}{_BETWEEN}{_X}{{4}})"
    r"(?![0-9A-Za-z/=?&@_\-]|\.[0-9A-Za-z]))"
)


def alike(code: str) -> str:
    """One spelling for what the eye confuses: O as 0, I and l as 1, no case."""
    return code.lower().translate(_ALIKE)


def code_candidates(text: str) -> frozenset[str]:
    """Whatever in `text` could be a lab's code, as `alike` spells it, with and without its leading zeros; also
    spelled with marks or blanks between, in Chinese, or with letters that look like digits."""
    plain = _FOREIGN.sub(_digit, fold(text)).lower()
    spellings = {one for read in (plain, plain.translate(_CHINESE)) for one in (read, read.translate(_ALIKE))}
    found = {code for spelling in spellings for code in _numbers(spelling)}
    bare = {one.lstrip("0") for one in found}
    return frozenset(one for one in found if len(one) >= _SHORTEST) | {one for one in bare if len(one) >= BARE}


def _digit(match: re.Match[str]) -> str:
    """What is a digit in any script or ornament (٧, ➐) as 0 to 9."""
    value = unicodedata.digit(match[0], -1)
    return match[0] if value < 0 else str(value)


def _numbers(text: str) -> set[str]:
    found: set[str] = set()
    for letters, digits in _NUMBERS.findall(text):
        parts = _PART.findall(digits)
        for first in range(len(parts)):
            heads = [letters[at:] for at in range(len(letters) + 1)] if first == 0 else [""]
            joined = ""
            for part in parts[first:]:
                joined += part
                if len(joined.lstrip("0")) > _LONGEST:
                    break
                found |= {alike(head + joined) for head in heads}
    return found


def has_long_number(text: str) -> bool:
    """Whether a number stands in it that a reader could take for a code; years and times are none."""
    return bool(_LONG.search(fold(text).translate(_CHINESE)))


def has_bind_code(text: str) -> bool:
    """Whether something in the form of a binding code stands in it by itself: twelve letters and digits, in a row
    or in fours. Letters alone may be a word and digits alone an account, so neither is one here."""
    found = (match[1] for match in _BIND_CODE.finditer(fold(text)))
    return any(fold_code(one) and _PART.search(one) for one in found)
