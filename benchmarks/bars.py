"""What was measured against what was promised."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bar:
    """`at_least`: the limit is a floor, otherwise a ceiling. `detail` shows the figures behind the ratio."""

    name: str
    measured: float
    limit: float
    unit: str = "×"
    at_least: bool = False
    detail: str = ""

    @property
    def ok(self) -> bool:
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    @property
    def promise(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g} {self.unit}"


def finish(bars: Sequence[Bar]) -> int:
    """The closing table; the exit status, 1 if a bar fails."""
    wide = max(len(bar.name) for bar in bars)
    print(f"\n{'bar':<{wide}}  {'promise':<12}{'measured':>10}  ok")
    for bar in bars:
        said = "yes" if bar.ok else "NO"
        print(f"{bar.name:<{wide}}  {bar.promise:<12}{bar.measured:>10.2f}  {said:<4}{bar.detail}")
    return 0 if all(bar.ok for bar in bars) else 1


def alternated(rounds: int, cases: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Every case once a round, in turn, each round beginning with another one: a machine that is noisy
    for a while is noisy for all of them."""
    found: dict[str, list[T]] = {name: [] for name in cases}
    names = list(cases)
    for turn in range(rounds):
        at = turn % len(names)
        for name in (*names[at:], *names[:at]):
            found[name].append(cases[name]())
    return found


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Median of the ratios round by round."""
    return median(our / their for our, their in zip(ours, theirs, strict=True))


def note(text: str) -> None:
    print(text, flush=True)


def stop(text: str) -> None:
    """What is missing cannot be measured: status 2, like bad usage."""
    print(text, file=sys.stderr)
    sys.exit(2)
