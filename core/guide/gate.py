"""Whether the guide covers a question at all: a weighing of what speaks for and against it.

The weights were fitted (logistic regression) on questions that were kept apart from the samples, those inside the
guide and those outside it, so that they hold for questions nobody has seen.
"""

import math
from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True, slots=True)
class Signs:
    """`first`, `human`, `foreign`: marks of the likeliest topic, of what is ours but unwritten, of what is none of
    ours; `near…`: likeness to the nearest sample of each; `whole`: to the topic as a whole; `strange`: share of
    characters in words that no sample has, `run`: most of them in a row; the others are yes or no."""

    first: float
    ahead_of_human: float
    ahead_of_foreign: float
    near: float
    whole: float
    near_ahead_of_human: float
    near_ahead_of_foreign: float
    strange: float
    run: float
    outside: float
    unwritten: float


_BASE: Final = -1.83
_WEIGHTS: Final = Signs(1.07, 1.82, 1.49, 0.49, 1.05, 1.40, 1.71, -0.79, -0.94, -4.34, -3.75)
_NAMES: Final = tuple(field.name for field in fields(Signs))


def covered(signs: Signs) -> float:
    """How likely it is, 0 … 1, that the guide covers the question."""
    sum_of = _BASE + sum(getattr(_WEIGHTS, name) * getattr(signs, name) for name in _NAMES)
    return 1 / (1 + math.exp(-sum_of))
