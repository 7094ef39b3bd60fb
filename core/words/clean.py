"""What somebody wrote, made harmless before we say it back: nothing unseen, no line, heading or mark of its own.

`unicodedata` is enough: what ftfy repairs is not broken here, and wcwidth only measures.
"""

import re
import unicodedata
from typing import Final

from core.words.fold import UNSEEN

_KINDS: Final = {"Cc", "Cf", "Co", "Cs"}  # control, format (bidi, zero-width, tags), private use, lone surrogates
_LINE_END: Final = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_AROUND_ENDS: Final = re.compile(r"\s*\n\s*")
_WIDE_GAP: Final = re.compile(r"[^\S\n]{3,}")  # would push what follows into a line of its own
_EMPTY_LINES: Final = re.compile(r"\n{3,}")
_ABOVE: Final = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"  # over a letter
_TOWER: Final = re.compile(f"({_ABOVE}{{2}}){_ABOVE}+")  # as high as the lines above it
# What XML cannot hold, and what turns the direction of a line around.
_BREAKING: Final = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_BLANKS: Final = str.maketrans({"\t": " ", "\u2800": " "})
_HEADINGS: Final = str.maketrans("【】▍", "[]|")
_OUR_MARK: Final = re.compile(r"〔(?=\s*(?:通知|演练))")


def visible(text: str) -> str:
    """Only what is seen, and line ends as \\n. Cleaning twice changes nothing."""
    text = UNSEEN.sub("", _LINE_END.sub("\n", text).translate(_BLANKS))
    if not text.isprintable():
        text = "".join(c for c in text if c == "\n" or not _is_unseen(c))
    return _TOWER.sub(r"\1", text)


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in _KINDS or ord(char) & 0xFFFE == 0xFFFE or "\ufdd0" <= char <= "\ufdef"


def lined(text: str) -> str:
    """What may have lines of its own, as a notice of staff; but no mark of ours."""
    return _OUR_MARK.sub("（", _EMPTY_LINES.sub("\n\n", visible(text)))


def one_line(text: str) -> str:
    """A name, a reason: part of a line of ours, without what our headings and marks begin with."""
    text = _WIDE_GAP.sub(" ", _AROUND_ENDS.sub(" ", visible(text)))
    return _OUR_MARK.sub("（", text.translate(_HEADINGS))


def sound(text: str) -> str:
    """What a cell of ours may hold: as stored, a person's emoji and all, but the file opens and reads forward."""
    return _BREAKING.sub("", text)
