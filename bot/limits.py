"""How many answers one person and one group get. Rows of a table would be too slow for this, and a restart may
forget it."""

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Generic, TypeVar

V = TypeVar("V")

WINDOW = timedelta(minutes=1)
REMEMBERED = 4096


class Verdict(Enum):
    ANSWER = auto()
    TOLD = auto()  # the first one too many: say so
    SILENT = auto()


class Recent(Generic[V]):
    """What is remembered of the keys that were asked for last; older ones are forgotten."""

    def __init__(self, make: Callable[[], V], most: int = REMEMBERED) -> None:
        self._make, self._most, self._kept = make, most, OrderedDict[Hashable, V]()

    def of(self, key: Hashable) -> V:
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if len(self._kept) >= self._most:
            self._kept.popitem(last=False)
        return self._kept.setdefault(key, self._make())

    def get(self, key: Hashable) -> V | None:
        return self._kept.get(key)

    def __len__(self) -> int:
        return len(self._kept)


@dataclass(slots=True)
class _Tally:
    answers: deque[datetime] = field(default_factory=deque)
    silent_until: datetime | None = None


class Limit:
    """At most so many answers to one key in any minute. Whoever asks for more is told once, and not heard until a
    minute after. Our own, because `limits` reads the machine's clock itself, `aiolimiter` waits instead of
    refusing, `pyrate-limiter` wants a bucket made for each key; and none knows who was told."""

    def __init__(self) -> None:
        self._tallies = Recent(_Tally)

    def spend(self, key: Hashable, most: int, now: datetime) -> Verdict:
        tally = self._tallies.of(key)
        if tally.silent_until is not None:
            if now < tally.silent_until:
                return Verdict.SILENT
            tally.silent_until = None
        while tally.answers and now - tally.answers[0] >= WINDOW:
            tally.answers.popleft()
        if len(tally.answers) >= most:
            tally.silent_until = now + WINDOW
            return Verdict.TOLD
        tally.answers.append(now)
        return Verdict.ANSWER
