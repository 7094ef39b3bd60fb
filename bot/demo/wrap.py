"""Lines as a telephone breaks them."""

import re

from wcwidth import wcswidth

# What no line may begin or end with stays with its neighbour; numbers, words and addresses stay whole.
_PIECE = re.compile(r"[（「『【〔《“]*(?:[!-~]+|.)[，。、；：！？）」』】〕》”…]*")


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns; Chinese characters take two."""
    return [line for paragraph in text.split("\n") for line in _broken(paragraph, width)]


def _broken(paragraph: str, width: int) -> list[str]:
    lines = [""]
    for piece in (part for whole in _PIECE.findall(paragraph) for part in _fitting(whole, width)):
        if wcswidth(lines[-1] + piece.rstrip()) <= width:
            lines[-1] += piece
        else:
            lines.append(piece.lstrip())
    return [line.rstrip() for line in lines]


def _fitting(piece: str, width: int) -> list[str]:
    """An address longer than a line begins a line of its own and is cut at its end."""
    return [piece] if wcswidth(piece) <= width else re.findall(rf"[!-~]{{1,{width}}}|.", piece)
