"""Cells that hold a score or a count."""

import re
from collections.abc import Iterable

from core.words import fold
from core.workbooks.cells import BadCell, Cell, RowContext, identifier, text

_COUNT = re.compile(r"(\d{1,4})[个例份支]?", re.ASCII)
_FIGURE, _SIGN = re.compile(r"\d+(?:\.\d+)?", re.ASCII), re.compile("[%％]")


def score(cell: Cell, context: RowContext) -> float:
    """0–100"""
    written = text(cell, context)
    bare = written.removesuffix("分").removesuffix("%")
    try:
        value = float(bare)
    except ValueError:
        raise BadCell("score") from None
    if context.per_cent and bare == written:
        value = round(value * 100, 6)
    if not 0 <= value <= 100:
        raise BadCell("score")
    return value


def in_per_cent(cells: Iterable[Cell]) -> bool:
    """Whether a column of scores is in per cent format: beside a 100 a 1 is just a 1."""
    for cell in set(cells):
        if isinstance(cell, str):
            found = None if _SIGN.search(cell) else _FIGURE.search(fold(cell))
            if found and float(found[0]) > 1:
                return False
        elif isinstance(cell, int | float) and cell > 1:
            return False
    return True


def count(cell: Cell, context: RowContext) -> int:
    """How many samples; 5 or 5个."""
    if found := _COUNT.fullmatch(identifier(cell, context)):
        return int(found[1])
    raise BadCell("count")
