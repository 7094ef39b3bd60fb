"""Chance that falls the same way at every run, on every machine."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


def share(*words: object) -> float:
    """A number in [0, 1) that depends on nothing but the words."""
    digest = blake2b(":".join(map(str, words)).encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32


def pick(choices: Sequence[T], *words: object) -> T:
    return choices[int(share(*words) * len(choices))]
