"""One-time binding codes: 12 characters of Crockford's base32, kept only as HMAC."""

import hmac
import re
import secrets
from itertools import islice
from typing import Final

from core.words import fold

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U
LENGTH: Final = 12
MOST_IN_TEXT: Final = 256  # looked at in one message
_LOOKS_LIKE: Final = str.maketrans("OIL", "011")
_MARKS: Final = re.compile(r"[\W_]+")

_C: Final = "[0-9A-TV-Za-tv-z０-９Ａ-ＴＶ-Ｚａ-ｔｖ-ｚ]"
# What may be a code where people talk: twelve characters, whatever marks stand between. No code is digits
# alone, so a telephone number, a date or an identity card number is none.
_S: Final = r"[\W_]{0,3}"
CODE_LIKE: Final = rf"(?={_C})(?!(?:\d{_S}){{12}}){_C}(?:{_S}{_C}){{11}}"
_ANYWHERE: Final = re.compile(f"(?=({CODE_LIKE}))")
# In a sentence to us: in a row or in groups of four, and standing by itself; neither a piece of a link nor
# words of English.
_DASH: Final = r"(?:[^\w\s]|_){1,3}"
_LEFT: Final = r"(?<![0-9A-Za-z/=?&@_\-])(?<![0-9A-Za-z]\.)"
_RIGHT: Final = r"(?![0-9A-Za-z/=?&@_\-]|\.[0-9A-Za-z])"
_ALONE: Final = re.compile(f"{_LEFT}(?:{_C}{{12}}|{_C}{{4}}{_DASH}{_C}{{4}}{_DASH}{_C}{{4}}){_RIGHT}")


def new_code() -> str:
    """Twelve characters of the alphabet, drawn from the system's source of chance, at least one a letter."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if not code.isdecimal():
            return code


def say_code(code: str) -> str:
    """ABCD-EFGH-JKMN"""
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


def fold_code(text: str) -> str | None:
    """The code that `text` as a whole spells, in either case and width, with any marks between and O for 0,
    I or L for 1; None if it spells none."""
    code = _MARKS.sub("", fold(text)).upper().translate(_LOOKS_LIKE)
    spelt = len(code) == LENGTH and all(c in ALPHABET for c in code) and not code.isdecimal()
    return code if spelt else None


def code_told(text: str) -> str | None:
    """The one code that somebody tells us in `text`, alone or in a sentence; never one out of several, so a
    message is one guess."""
    if whole := fold_code(text):
        return whole
    found = {code for one in _ALONE.findall(fold(text)) if (code := fold_code(one))}
    return found.pop() if len(found) == 1 else None


def codes_in(text: str) -> list[str]:
    """Every code that can be read anywhere in `text`, also within other words."""
    found = (fold_code(match[1]) for match in islice(_ANYWHERE.finditer(fold(text)), MOST_IN_TEXT))
    return list(dict.fromkeys(code for code in found if code))


def digest(key: bytes, code: str) -> str:
    """What is kept of a code: HMAC-SHA256 under a key that the database never holds."""
    return hmac.new(key, code.encode(), "sha256").hexdigest()


def guess_chance(open_codes: int, failures_per_hour: int) -> float:
    """The chance that a year of guessing without a pause hits any open code:
    failures an hour × 24 × 365 × open codes ÷ 32¹². There is one open code a lab at most."""
    return failures_per_hour * 24 * 365 * open_codes / len(ALPHABET) ** LENGTH
