"""What staff write freely, made fit for a group (domain §7): no mark of ours, nothing unseen."""

import re
import unicodedata
from typing import Final

from core.pushes.parts import unmarked

_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN: Final = {"Cc", "Cf", "Cs"}
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


def tidy(written: str) -> str:
    """As written, line by line; a mark in it would be taken for ours in a group's history."""
    lines = _LINE_ENDS.sub("\n", written).replace("\t", " ").split("\n")
    seen = ("".join(c for c in line if unicodedata.category(c) not in _UNSEEN).rstrip() for line in lines)
    text = "\n".join(seen).strip()
    while (without := unmarked(text)) != text:
        text = without
    return _EMPTY_LINES.sub("\n\n", text).strip()
