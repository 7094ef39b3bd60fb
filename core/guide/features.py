"""What of a question is counted: its words, pairs of neighbours, and the characters it was written with.

Words bring different ways of saying a thing together; characters find what the lexicon has no word for.
"""

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Final

from core.guide.lexicon import plain

_PAIR: Final = 0.6  # weight of two neighbours, against a word's
_APART: Final = 0.7  # of two words wherever they stand: what is asked about, and what is asked of it
_RUN: Final = 0.4  # of one character, and of two
_MOST: Final = 10  # words that are paired; more are a story
_FIGURES = re.compile(r"\d+")  # which year and which round is asked about is no matter of the guide's

Vector = dict[str, float]


def counted(text: str, words: Sequence[str]) -> Vector:
    """Each kind of feature has a mark of its own before it, so that 成绩 the word is not 成绩 the characters."""
    found: Vector = defaultdict(float)
    for word in words:
        found[f"w{word}"] += 1.0
    for one, two in pairwise(words):
        found[f"p{one} {two}"] += _PAIR
    for one, two in combinations(sorted(set(words))[:_MOST], 2):
        found[f"s{one} {two}"] += _APART
    characters = _FIGURES.sub("0", plain(text))
    for one in characters:
        found[f"c{one}"] += _RUN
    for one, two in pairwise(f"^{characters}$"):
        found[f"c{one}{two}"] += _RUN
    return found


def unit(vector: Mapping[str, float]) -> Vector:
    length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
    return {feature: value / length for feature, value in vector.items()}
