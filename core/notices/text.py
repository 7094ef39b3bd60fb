"""What staff write freely, made fit for a group (domain §7): no mark of ours, nothing unseen."""

import re
from typing import Final

from core.pushes.parts import unmarked
from core.words import visible

_EMPTY_LINES: Final = re.compile(r"\n{3,}")


def tidy(written: str) -> str:
    """As written, line by line; a mark in it would be taken for ours in a group's history."""
    text = "\n".join(line.rstrip() for line in visible(written).split("\n")).strip()
    while (without := unmarked(text)) != text:
        text = without
    return _EMPTY_LINES.sub("\n\n", text).strip()
