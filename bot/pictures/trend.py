"""A line of PT scores, round by round, with the pass line and the median of all laboratories."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.pictures.canvas import GREY, INK, LEAST, PALE, PAPER, WIDTH, Canvas, Point, fitted, width
from bot.pictures.legend import AMBER, BLUE, GREEN, LINE, MARGIN, RED, Legend, Sign

BAND = "#EFEFEF"
LEFT, RIGHT, PLOT = 84, 24, 560  # of the plot: margins, height
ROOM = WIDTH - LEFT - RIGHT
TITLE, NAME = 40, 30  # sizes of letters
STEP = 20  # points from one line of the grid to the next


@dataclass(frozen=True, slots=True)
class Dot:
    """One round. `gap`: the words that stand where no PT score is. `line`: from which score on it passes."""

    year: int
    n: int
    value: float | None
    median: float | None
    passed: bool
    line: float
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """`words`: passed, failed, median, pass line, as the legend calls them; `rounds` and `years`: the scale below,
    as 第%d次."""

    title: str
    name: str
    words: tuple[str, str, str, str]
    rounds: str
    years: str
    dots: tuple[Dot, ...]
    foot: tuple[str, ...]


def draw(chart: Chart) -> bytes:
    """A PNG, WIDTH pixels wide. FontMissing."""
    return _Drawing(chart).png()


class _Drawing:
    def __init__(self, chart: Chart) -> None:
        self.chart, self.dots = chart, chart.dots
        self.legend = Legend(self._signs())
        self.top = 40 + TITLE + 20 + NAME + 28 + self.legend.height + 60
        self.bottom = self.top + PLOT
        self.canvas = Canvas(self.bottom + 100 + LINE * len(chart.foot) + 16)
        known = [v for dot in self.dots for v in (dot.value, dot.median, dot.line) if v is not None]
        self.low = max(0, min(60, int((min(known) - 8) // STEP * STEP)))
        self.slot = ROOM / len(self.dots)
        self.size = NAME if self.slot > 2 * NAME + 8 else LEAST  # of the values

    def png(self) -> bytes:
        self._head()
        self._grid()
        self._gaps()
        self._pass_line()
        self._medians()
        self._scores()
        self._rounds()
        self._foot()
        return self.canvas.png()

    def x(self, at: int) -> float:
        return LEFT + self.slot * (at + 0.5)

    def y(self, score: float) -> float:
        return self.bottom - (score - self.low) / (100 - self.low) * PLOT

    # -- words

    def _signs(self) -> list[tuple[Sign, str]]:
        """Only of what is to be seen."""
        marked = [dot for dot in self.dots if dot.value is not None]
        seen = {
            Sign.PASSED: any(dot.passed for dot in marked),
            Sign.FAILED: not all(dot.passed for dot in marked),
            Sign.MEDIAN: any(dot.median is not None for dot in self.dots),
            Sign.LINE: True,
        }
        return [(sign, word) for sign, word in zip(Sign, self.chart.words, strict=True) if seen[sign]]

    def _head(self) -> None:
        said, size = fitted(self.chart.title, TITLE, WIDTH - 2 * MARGIN)
        self.canvas.text((MARGIN, 40), said, size, INK, "lt", bold=size > 34)
        said, size = fitted(self.chart.name, NAME, WIDTH - 2 * MARGIN)
        self.canvas.text((MARGIN, 40 + TITLE + 20), said, size, GREY, "lt")
        self.legend.put(self.canvas, 40 + TITLE + 20 + NAME + 28)

    def _foot(self) -> None:
        for at, said in enumerate(self.chart.foot):
            text, size = fitted(said, LEAST, WIDTH - 2 * MARGIN)
            self.canvas.text((MARGIN, self.bottom + 100 + LINE * at), text, size, GREY, "lt")

    # -- the plot

    def _grid(self) -> None:
        for score in range(self.low, 101, STEP):
            self.canvas.line([(LEFT, self.y(score)), (WIDTH - RIGHT, self.y(score))], PALE, 2)
            self.canvas.text((LEFT - 14, self.y(score)), str(score), LEAST, GREY, "rm")

    def _gaps(self) -> None:
        for at, dot in enumerate(self.dots):
            if dot.value is None:
                half = min(self.slot / 2 - 3, 40)
                self.canvas.box(self.x(at) - half, self.top, self.x(at) + half, self.bottom, BAND)
                middle = (self.y(dot.line) + self.bottom) / 2 - LINE * (len(dot.gap) - 1) / 2
                for place, letter in enumerate(dot.gap):
                    self.canvas.text((self.x(at), middle + LINE * place), letter, LEAST, GREY, "mm", halo=3)

    def _pass_line(self) -> None:
        """A step wherever it was changed."""
        at = 0
        for line, group in groupby(self.dots, key=lambda dot: dot.line):
            count = len(list(group))
            left, right = LEFT + self.slot * at, LEFT + self.slot * (at + count)
            self.canvas.line([(left, self.y(line)), (right, self.y(line))], GREEN, 4, 12)
            at += count

    def _medians(self) -> None:
        points = [(at, dot.median) for at, dot in enumerate(self.dots)]
        for run in _runs(points):
            self.canvas.line([(self.x(at), self.y(value)) for at, value in run], AMBER, 3, 7)
        for at, median in points:
            if median is not None:
                self.canvas.diamond((self.x(at), self.y(median)), 10, PAPER, AMBER)

    def _scores(self) -> None:
        points = [(at, dot.value) for at, dot in enumerate(self.dots)]
        for run in _runs(points):
            self.canvas.line([(self.x(at), self.y(value)) for at, value in run], BLUE, 5)
        for at, dot in enumerate(self.dots):
            if dot.value is not None:
                mark = self.canvas.dot if dot.passed else self.canvas.square
                mark((self.x(at), self.y(dot.value)), 12, BLUE if dot.passed else RED)
        self._values()

    def _values(self) -> None:
        """Above its dot, in a valley below it, out of the way of its own line; farther off where the one before
        stands."""
        last: Point | None = None
        for at, dot in enumerate(self.dots):
            if dot.value is None:
                continue
            said = f"{round(dot.value, 1):g}"
            half, away = width(said, self.size) / 2, 1 if self._in_valley(at) else -1
            y = self.y(dot.value) + away * 34
            if last and self.x(at) - half < last[0] + 4 and abs(y - last[1]) < self.size + 2:
                y = last[1] + away * (self.size + 2)
            last = (self.x(at) + half, y)
            self.canvas.text((self.x(at), y), said, self.size, BLUE if dot.passed else RED, "mm", halo=4)

    def _in_valley(self, at: int) -> bool:
        """Whether its line comes from above and goes up, and there is room below."""
        value = self.dots[at].value
        beside = [self.dots[one].value for one in (at - 1, at + 1) if 0 <= one < len(self.dots)]
        drawn = [one for one in beside if one is not None]
        assert value is not None
        return bool(drawn) and all(one > value for one in drawn) and self.y(value) + 48 < self.bottom

    def _rounds(self) -> None:
        """Numbers of rounds, the years below them; shorter where there is little room."""
        for at, dot in enumerate(self.dots):
            said = self.chart.rounds % dot.n
            self.canvas.text((self.x(at), self.bottom + 14), _short(said, str(dot.n), self.slot), LEAST, INK, "mt")
        at = 0
        for year, group in groupby(self.dots, key=lambda dot: dot.year):
            count = len(list(group))
            left, right = LEFT + self.slot * at, LEFT + self.slot * (at + count)
            if at:
                self.canvas.line([(left, self.bottom), (left, self.bottom + 84)], PALE, 2)
            said = _short(self.chart.years % year, f"{year % 100:02d}", right - left)
            self.canvas.text(((left + right) / 2, self.bottom + 52), said, LEAST, INK, "mt")
            at += count


def _short(said: str, shorter: str, room: float) -> str:
    return said if width(said, LEAST) <= room - 2 else shorter


def _runs(points: Sequence[tuple[int, float | None]]) -> Iterator[list[tuple[int, float]]]:
    """Neighbours that all have a value: a line never leads across a gap."""
    run: list[tuple[int, float]] = []
    for at, value in [*points, (0, None)]:
        if value is not None:
            run.append((at, value))
        else:
            if len(run) > 1:
                yield run
            run = []
