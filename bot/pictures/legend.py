"""What the marks of a picture mean, above it; and how they look."""

from collections.abc import Sequence
from enum import Enum

from bot.pictures.canvas import INK, LEAST, PAPER, WIDTH, Canvas, Point, width

BLUE, RED, AMBER, GREEN = "#0B4A9E", "#B3121D", "#8A5200", "#2B6B2F"
MARGIN, LINE = 24, 40  # from the edge; from line to line
SIGN, APART = 52, 24  # the room of a sign; between two
HALF = 22  # of the line through a sign


class Sign(Enum):
    PASSED, FAILED, MEDIAN, LINE = range(4)


class Legend:
    def __init__(self, signs: Sequence[tuple[Sign, str]]) -> None:
        """Broken where a line is full."""
        self._rows: list[list[tuple[Sign, str]]] = [[]]
        left = 0.0
        for sign, word in signs:
            wide = SIGN + width(word, LEAST)
            if self._rows[-1] and left + wide > WIDTH - 2 * MARGIN:
                self._rows.append([])
                left = 0.0
            self._rows[-1].append((sign, word))
            left += wide + APART

    @property
    def height(self) -> int:
        return LINE * len(self._rows)

    def put(self, canvas: Canvas, top: float) -> None:
        for row, signs in enumerate(self._rows):
            left, y = float(MARGIN), top + LINE * (row + 0.5)
            for sign, word in signs:
                _mark(canvas, sign, (left + HALF, y))
                canvas.text((left + SIGN, y), word, LEAST, INK, "lm")
                left += SIGN + width(word, LEAST) + APART


def _mark(canvas: Canvas, sign: Sign, at: Point) -> None:
    x, y = at
    across = [(x - HALF, y), (x + HALF, y)]
    if sign is Sign.PASSED:
        canvas.line(across, BLUE, 5)
        canvas.dot(at, 11, BLUE)
    elif sign is Sign.FAILED:
        canvas.square(at, 11, RED)
    elif sign is Sign.MEDIAN:
        canvas.line(across, AMBER, 3, 7)
        canvas.diamond(at, 10, PAPER, AMBER)
    else:
        canvas.line(across, GREEN, 4, 12)
