"""What a planner asks for; by itself, so that every subject may have planners."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.pushes.models import Kind, Planned


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of one kind: what must stand at `now`, and every key that may. A planned push whose key is none of them
    is withdrawn: what it rested on is gone. `prefix`: of the keys that are the planner's own, where a kind has
    others, too."""

    kind: Kind
    planned: Sequence[Planned]
    possible: frozenset[str]
    prefix: str = ""
