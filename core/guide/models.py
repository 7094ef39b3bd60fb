"""What the guide is made of. All of it is written in data files; nothing here knows where they lie."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

HUMAN: Final = "human"


@dataclass(frozen=True, slots=True)
class Topic:
    """`name` as in interfaces §4; one named human or human.… says where the guide has no answer.

    `title` is also the word by which it is picked, `questions` are samples of how people ask,
    `text` is a template that the floor above fills.
    """

    name: str
    title: str
    source: str
    questions: tuple[str, ...]
    text: str

    @property
    def is_covered(self) -> bool:
        return self.name.partition(".")[0] != HUMAN


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A word of several meanings (domain §2): without one of the `settled` words beside it, ask back."""

    word: str
    settled: tuple[str, ...]
    topics: tuple[str, ...]
    asks: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`drop`: courtesies. `vague`: question words that say nothing alone. `outside`: no business of ours;
    `unwritten`: ours, but not in the guide; `a+b` where only both together say so. `same`: canonical word →
    its synonyms. `foreign`: samples of questions that are no business of ours."""

    drop: tuple[str, ...]
    vague: tuple[str, ...]
    outside: tuple[str, ...]
    unwritten: tuple[str, ...]
    same: Mapping[str, tuple[str, ...]]
    ambiguous: tuple[Ambiguity, ...] = ()
    foreign: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """Sure: `topic`, and `second` where another clause asked about something else. Doubtful: None and up to two
    `alternatives`, the likelier first. Unknown: None and none.

    `asks` is the question back where a word means several things. `confidence` 0 … 1 says how sure it is that
    the guide covers it: 0.75 and more where sure, below 0.5 where doubtful, below 0.3 where unknown.
    """

    topic: Topic | None
    confidence: float
    alternatives: tuple[Topic, ...] = ()
    asks: str = ""
    second: Topic | None = None
