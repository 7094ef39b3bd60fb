"""Questions are compared with the topics' sample questions: TF-IDF over words and pairs of neighbours.

A topic's likeness is that of its nearest sample, mixed with that of its samples as a whole. No model, no chance.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, pairwise
from typing import Final

from core.guide.lexicon import Words, plain
from core.guide.models import HUMAN, Guess, Lexicon, Topic

# Tuned on tests/bot/fixtures/guide: as few doubts as possible with no wrong answer where none is due.
SURE: Final = 0.46
AHEAD: Final = 0.04  # by so much the nearest topic must lead
DOUBTFUL: Final = 0.36
LONGEST: Final = 200  # characters; a whole story is for a person
STRANGE: Final = 0.27  # more than this share of words that no sample has: not sure

_NEAREST: Final = 0.6  # weight of the nearest sample; the rest is the topic's as a whole
_PAIR: Final = 0.4  # weight of two neighbours, against a word's

Vector = dict[str, float]


class Guide:
    """All topics, ready to be asked. `topics` is in the order given."""

    def __init__(self, topics: Sequence[Topic], lexicon: Lexicon) -> None:
        self.topics = {topic.name: topic for topic in topics}
        self._titles = {plain(topic.title): topic for topic in topics}
        self._words = Words(lexicon)
        read = {name: [self._words.read(one) for one in topic.questions] for name, topic in self.topics.items()}
        self._readings = {_bag(row): self.topics[name] for name, rows in read.items() for row in rows}
        self._weights = self._weighed(read)
        samples = {name: [self._vector(row) for row in rows] for name, rows in read.items()}
        self._wholes = {name: _sum(vectors) for name, vectors in samples.items()}
        self._bearing = _index(samples)

    def titled(self, text: str) -> Topic | None:
        return self._titles.get(plain(text))

    def reading(self, text: str) -> tuple[str, ...]:
        """The words that count in `text`, in no order: questions of one reading are the same question."""
        return _bag(self._words.read(text))

    def ask(self, text: str) -> Guess:
        """The topic of a question; what the guide does not cover is a topic, too, or nothing (domain §2)."""
        if (titled := self.titled(text)) is not None:
            return Guess(titled, 1.0)
        if len(text) > LONGEST or self._words.is_outside(text):
            return Guess(None, 0.0)
        if self._words.is_unwritten(text):
            return Guess(self.topics[HUMAN], 1.0)
        if (ambiguity := self._words.ambiguity(text)) is not None:
            return Guess(None, 0.5, tuple(self.topics[name] for name in ambiguity.topics), ambiguity.asks)
        words = self._words.read(text)
        if (known := self._readings.get(_bag(words))) is not None:
            return Guess(known, 1.0)
        return self._likeliest(words)

    def _likeliest(self, words: list[str]) -> Guess:
        ranked = self._ranked(words)
        (likeness, nearest), (behind, _) = ranked[:2]
        if set(words) <= self._words.vague or likeness < DOUBTFUL:
            return Guess(None, likeness)
        lone = behind < DOUBTFUL and not nearest.is_covered
        clear = likeness >= SURE and likeness - behind >= AHEAD and self._strange(words) <= STRANGE
        if lone or (clear and len(words) > 1):
            return Guess(nearest, likeness)
        return Guess(None, likeness, tuple(topic for alike, topic in ranked if alike and topic.is_covered)[:2])

    def _ranked(self, words: list[str]) -> list[tuple[float, Topic]]:
        asked = self._vector(words)
        alike: dict[tuple[str, int], float] = defaultdict(float)
        for feature, value in asked.items():
            for sample, weight in self._bearing.get(feature, ()):
                alike[sample] += value * weight
        nearest = dict.fromkeys(self.topics, 0.0)
        for (name, _), likeness in alike.items():
            nearest[name] = max(nearest[name], likeness)
        found = [
            (_NEAREST * nearest[name] + (1 - _NEAREST) * _dot(asked, self._wholes[name]), topic)
            for name, topic in self.topics.items()
        ]
        return sorted(found, key=lambda one: -one[0])

    def _strange(self, words: list[str]) -> float:
        return sum(word not in self._weights for word in words) / len(words)

    def _weighed(self, read: Mapping[str, list[list[str]]]) -> Mapping[str, float]:
        """The fewer topics speak of a thing, the more it says."""
        spoken: dict[str, set[str]] = defaultdict(set)
        for name, rows in read.items():
            for feature in chain.from_iterable(map(_features, rows)):
                spoken[feature].add(name)
        return {feature: self._rarity(len(names)) * _grade(feature) for feature, names in spoken.items()}

    def _rarity(self, topics: int) -> float:
        return math.log((len(self.topics) + 1) / topics)

    def _vector(self, words: list[str]) -> Vector:
        """A word that no sample has weighs as much as one that a single topic has."""
        return _unit({f: self._weights.get(f, 0.0 if " " in f else self._rarity(1)) for f in _features(words)})


def _bag(words: list[str]) -> tuple[str, ...]:
    return tuple(sorted(words))


def _features(words: list[str]) -> Counter[str]:
    return Counter(words) | Counter(f"{one} {two}" for one, two in pairwise(words))


def _grade(feature: str) -> float:
    return _PAIR if " " in feature else 1.0


def _index(samples: Mapping[str, list[Vector]]) -> dict[str, list[tuple[tuple[str, int], float]]]:
    """Which samples, as (topic, number), bear a feature, and what it weighs there."""
    bearing: dict[str, list[tuple[tuple[str, int], float]]] = defaultdict(list)
    for name, vectors in samples.items():
        for number, vector in enumerate(vectors):
            for feature, weight in vector.items():
                bearing[feature].append(((name, number), weight))
    return bearing


def _sum(vectors: list[Vector]) -> Vector:
    total: Counter[str] = Counter()
    for vector in vectors:
        total.update(vector)
    return _unit(total)


def _unit(vector: Mapping[str, float]) -> Vector:
    length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
    return {feature: value / length for feature, value in vector.items()}


def _dot(one: Vector, other: Vector) -> float:
    return sum(value * other[feature] for feature, value in one.items() if feature in other)
