"""Word lists of the judge: `vocabulary/*.txt`, words between blanks, a line with # is a comment."""

import re
from functools import cache
from importlib.resources import files


@cache
def words(name: str) -> frozenset[str]:
    lines = (files(__package__) / "vocabulary" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def any_of(*names: str) -> str:
    """A pattern that matches any word of these lists, the longest first."""
    return "|".join(alternatives(set().union(*map(words, names))))


def alternatives(found: set[str]) -> list[str]:
    return [re.escape(word) for word in sorted(found, key=lambda word: (-len(word), word))]


SURNAMES = frozenset("".join(words("surnames")))
COMPOUND = words("compound")
