"""How well questions are understood, in three rates: what is asked of the guide, and what a judge counts.

A row is `topic<TAB>question`; `a|b` are two topics asked at once, the main one first; `human` is not in the guide.
First choice: the topic, the first of two alternatives in doubt, `human` when unknown. Within two: the topic, or
one of the alternatives; in doubt the third way that is offered is a person (留言, telephone), so `human` is within
it. Confidently wrong: one topic and no choice, and it is none of the labels.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from core.guide import HUMAN, Guess, Topic

TOP_1, TOP_2, WRONG = 0.90, 0.97, 0.03  # the bars: at least, at least, at most


@dataclass(frozen=True, slots=True)
class Row:
    labels: tuple[str, ...]
    question: str


@dataclass(frozen=True, slots=True)
class Verdict:
    row: Row
    guess: Guess

    @property
    def first(self) -> str:
        if self.guess.alternatives:
            return self.guess.alternatives[0].name
        return _name(self.guess.topic)

    @property
    def is_doubtful(self) -> bool:
        return bool(self.guess.alternatives) and self.guess.topic is None

    @property
    def is_first(self) -> bool:
        return self.first in self.row.labels

    @property
    def is_within_two(self) -> bool:
        offered = {one.name for one in self.guess.alternatives} | {HUMAN} if self.is_doubtful else {self.first}
        return not offered.isdisjoint(self.row.labels)

    @property
    def is_confidently_wrong(self) -> bool:
        return _name(self.guess.topic) not in (*self.row.labels, HUMAN)


@dataclass(frozen=True, slots=True)
class Score:
    """Rates of the rows that are asked of the guide and of those outside it together."""

    verdicts: tuple[Verdict, ...]

    @property
    def top_1(self) -> float:
        return self._rate(verdict.is_first for verdict in self.verdicts)

    @property
    def top_2(self) -> float:
        return self._rate(verdict.is_within_two for verdict in self.verdicts)

    @property
    def wrong(self) -> float:
        return self._rate(verdict.is_confidently_wrong for verdict in self.verdicts)

    def of(self, *, inside: bool) -> "Score":
        return Score(tuple(one for one in self.verdicts if (one.row.labels != (HUMAN,)) is inside))

    def _rate(self, hits: Iterable[bool]) -> float:
        return sum(hits) / len(self.verdicts)

    def __str__(self) -> str:
        return (
            f"{len(self.verdicts):5} questions: first {self.top_1:6.1%}, within two {self.top_2:6.1%}, "
            f"confidently wrong {self.wrong:5.1%}"
        )


def rows(path: Path) -> list[Row]:
    """The labelled questions of a file, without its heading and those that people would disagree about."""
    found = (line.split("\t") for line in path.read_text("utf-8").splitlines() if "\t" in line)
    return [Row(tuple(labels.split("|")), question) for labels, question in found if labels not in _NO_LABEL]


def score(asked: Iterable[Row], ask: Callable[[str], Guess]) -> Score:
    return Score(tuple(Verdict(row, ask(row.question)) for row in asked))


_NO_LABEL = ("topic", "ambiguous")


def _name(topic: Topic | None) -> str:
    return topic.name if topic is not None and topic.is_covered else HUMAN
