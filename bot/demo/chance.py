"""Chance that falls the same way at every run, on every machine."""

from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

T = TypeVar("T")


def share(*words: object) -> float:
    """A number in [0, 1) that depends on nothing but the words."""
    return crc32(":".join(map(str, words)).encode()) / 2**32


def pick(choices: Sequence[T], *words: object) -> T:
    return choices[int(share(*words) * len(choices))]
