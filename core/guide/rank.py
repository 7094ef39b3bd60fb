"""Which topic's sample questions a question is most like: two ways of looking, mixed. No model file, no chance.

One is the likeness (TF-IDF) to the topic's nearest sample and to its samples as a whole; the other, complement
naive Bayes, asks how much each feature speaks for a topic rather than for all the others. How they are mixed was
chosen by cross-validation over the samples.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.guide.features import Vector, unit

_CHANCE: Final = 0.7  # weight of Bayes; the rest is likeness
_NEAREST: Final = 0.6  # of the likeness: weight of the nearest sample; the rest is the topic's as a whole
_SMOOTH: Final = 0.1
_SHARP: Final = 1.5  # how far apart the topics' chances are drawn

Samples = Mapping[str, Sequence[Vector]]


@dataclass(frozen=True, slots=True)
class Mark:
    """How a question stands to one topic, all 0 … 1: in all, to its nearest sample, to it as a whole."""

    total: float
    near: float
    whole: float


class Ranking:
    """Marks of a question for every topic that has samples."""

    def __init__(self, samples: Samples) -> None:
        self._likeness = _Likeness(samples)
        self._chances = _Chances(samples)

    def marks(self, features: Vector) -> dict[str, Mark]:
        chances = self._chances.of(features)
        found = self._likeness.of(features).items()
        return {name: Mark(_mixed(chances[name], near, whole), near, whole) for name, (near, whole) in found}

    def knows(self, feature: str) -> bool:
        return self._likeness.knows(feature)


def _mixed(chance: float, near: float, whole: float) -> float:
    return _CHANCE * chance + (1 - _CHANCE) * (_NEAREST * near + (1 - _NEAREST) * whole)


class _Likeness:
    """The fewer topics speak of a thing, the more it says."""

    def __init__(self, samples: Samples) -> None:
        spoken = Counter(feature for rows in samples.values() for feature in set().union(*rows))
        self._rarity = {one: math.log((len(samples) + 1) / topics) for one, topics in spoken.items()}
        self._names = tuple(samples)
        self._wholes: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._bearing: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._topics: list[int] = []  # of each sample
        for topic, rows in enumerate(samples.values()):
            self._add(topic, [self._weighed(row) for row in rows])

    def knows(self, feature: str) -> bool:
        return feature in self._rarity

    def of(self, features: Vector) -> dict[str, tuple[float, float]]:
        """Likeness to each topic's nearest sample, and to it as a whole."""
        alike = [0.0] * len(self._topics)
        wholes, nearest = [0.0] * len(self._names), [0.0] * len(self._names)
        for feature, value in self._weighed(features).items():
            for sample, weight in self._bearing[feature]:
                alike[sample] += value * weight
            for topic, weight in self._wholes[feature]:
                wholes[topic] += value * weight
        for topic, likeness in zip(self._topics, alike, strict=True):
            if likeness > nearest[topic]:
                nearest[topic] = likeness
        return dict(zip(self._names, zip(nearest, wholes, strict=True), strict=True))

    def _add(self, topic: int, vectors: Sequence[Vector]) -> None:
        whole: Counter[str] = Counter()
        for vector in vectors:
            whole.update(vector)
            for feature, weight in vector.items():
                self._bearing[feature].append((len(self._topics), weight))
            self._topics.append(topic)
        for feature, weight in unit(whole).items():
            self._wholes[feature].append((topic, weight))

    def _weighed(self, features: Vector) -> Vector:
        return unit({one: count * self._rarity[one] for one, count in features.items() if one in self._rarity})


class _Chances:
    """How likely each topic is, 1 in all; what a feature says is worked out when it is first asked."""

    def __init__(self, samples: Samples) -> None:
        rows = [row for found in samples.values() for row in found]
        borne = Counter(feature for row in rows for feature in row)
        self._rarity = {one: math.log((len(rows) + 1) / (times + 0.5)) for one, times in borne.items()}
        self._names = tuple(samples)
        self._own = [_sum([self._weighed(row) for row in found]) for found in samples.values()]
        self._all = _sum(self._own)
        smooth, sums = _SMOOTH * len(self._all), [sum(own.values()) for own in self._own]
        self._against = [math.log((own + smooth) / (sum(sums) - own + smooth)) for own in sums]
        self._weights: dict[str, list[float]] = {}

    def of(self, features: Vector) -> dict[str, float]:
        sums = [0.0] * len(self._names)
        for feature, value in self._weighed(features).items():
            sums = [total + value * weight for total, weight in zip(sums, self._says(feature), strict=True)]
        most = max(sums)
        powers = [math.exp(_SHARP * (one - most)) for one in sums]
        whole = sum(powers)
        return {name: power / whole for name, power in zip(self._names, powers, strict=True)}

    def _says(self, feature: str) -> list[float]:
        if feature not in self._weights:
            whole = self._all[feature]
            self._weights[feature] = [
                math.log((own[feature] + _SMOOTH) / (max(whole - own[feature], 0.0) + _SMOOTH)) - against
                for own, against in zip(self._own, self._against, strict=True)
            ]
        return self._weights[feature]

    def _weighed(self, features: Vector) -> Vector:
        return unit({one: count * self._rarity[one] for one, count in features.items() if one in self._rarity})


def _sum(vectors: Sequence[Mapping[str, float]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for vector in vectors:
        total.update(vector)
    return total
