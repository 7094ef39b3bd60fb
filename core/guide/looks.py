"""How a question looks: one way to read it, and the clauses that it has."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.guide.models import Topic
from core.guide.rank import Mark

SURE: Final = 0.8  # so likely it must be that the guide covers it at all
DOUBTFUL: Final = 0.3
AHEAD: Final = 0.55  # by so much the first topic's mark must lead

_BREAKS = re.compile(r"[。？！；，、\n,;!?~～…]+|另外|顺便|再问")
_ASKS = re.compile(
    "什么|啥|怎|咋|如何|哪|何时|几|多久|多少|多长|吗|么$|不$|没$|是不是|能不能|可要|可以|要不要|收不收|有没有"
)


@dataclass(frozen=True, slots=True)
class Look:
    """How likely a question is covered, the guide's topics by mark, and what it may be instead."""

    likely: float
    ranked: tuple[tuple[Mark, Topic], ...]
    ours: tuple[Mark, Topic]
    foreign: float
    is_outside: bool
    is_unwritten: bool

    @property
    def lead(self) -> float:
        return self.ranked[0][0].total - self.ranked[1][0].total if len(self.ranked) > 1 else 1.0

    @property
    def is_vetoed(self) -> bool:
        return self.is_outside or self.is_unwritten

    def sure(self, likely: float = SURE) -> Topic | None:
        return self.ranked[0][1] if self.likely >= likely and self.lead >= AHEAD else None


def clauses(text: str) -> list[str]:
    """The whole of it, where it has but one."""
    return [one.strip() for one in _BREAKS.split(text) if len(one.strip()) > 2] or [text]


def asks(clause: str) -> bool:
    """Whether it is a question by its form; 成绩出来了 is none."""
    return _ASKS.search(clause) is not None


def other(topics: Sequence[Topic], topic: Topic) -> Topic | None:
    return next((one for one in topics if one is not topic), None)
