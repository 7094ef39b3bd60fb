"""One-time binding codes: 12 characters of Crockford's base32, kept only as HMAC."""

import hmac
import re
import secrets
from typing import Final

from core.words import fold

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U
LENGTH: Final = 12
_LOOKS_LIKE: Final = str.maketrans("OIL", "011")
_MARKS: Final = re.compile(r"[\W_]+")

_C: Final = "[0-9A-TV-Za-tv-z０-９Ａ-ＴＶ-Ｚａ-ｔｖ-ｚ]"
# What may be a code where people talk: twelve characters, whatever marks stand between. No code is digits
# alone, so a telephone number, a date or an identity card number is none.
_S: Final = r"[\W_]{0,6}"
CODE_LIKE: Final = rf"(?={_C})(?!(?:\d{_S}){{12}}){_C}(?:{_S}{_C}){{11}}"
_RUN: Final = re.compile(f"{_C}(?:{_S}{_C}){{11,}}")
# What nothing but tells us a code.
_SAID: Final = re.compile(r"(?:我们?的|本单位的?)?绑定码?(?:是|为)?[:\s]*(.+?)[,。!\s]*(?:谢谢)?[。!\s]*")
# In a sentence after 绑定: in a row or in groups of four, and standing by itself; neither a piece of a link nor
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


def code_alone(text: str) -> str | None:
    """The code of a message that says nothing else, 绑定码：… at most; a number in a sentence may be of a parcel,
    a batch, an account."""
    said = _SAID.fullmatch(fold(text))
    return fold_code(said[1] if said else text)


def codes_in(text: str) -> list[str]:
    """Every code that can be read anywhere in `text`, also within other words; a list of codes is all of them."""
    found: dict[str, None] = {}
    for run in _RUN.findall(fold(text)):
        row = _MARKS.sub("", run).upper().translate(_LOOKS_LIKE)
        found |= dict.fromkeys(row[at : at + LENGTH] for at in range(len(row) - LENGTH + 1))
    return [code for code in found if not code.isdecimal()]


def digest(key: bytes, code: str) -> str:
    """What is kept of a code: HMAC-SHA256 under a key that the database never holds."""
    return hmac.digest(key, code.encode(), "sha256").hex()


def digests_in(key: bytes, text: str) -> list[str]:
    """What would be kept of every code in `text`; milliseconds for a page of them."""
    return [digest(key, code) for code in codes_in(text)]


def guess_chance(open_codes: int, failures_per_hour: int) -> float:
    """The chance that a year of guessing without a pause hits any open code:
    failures an hour × 24 × 365 × open codes ÷ 32¹². There is one open code a lab at most."""
    return failures_per_hour * 24 * 365 * open_codes / len(ALPHABET) ** LENGTH
