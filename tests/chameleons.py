"""Views out of nothing: a template can be rendered from the names of its variables alone.

A `Chameleon` is a text, a number, a moment, a list, an object and a function at once. `Dice` decides which way
each condition goes; thrown again with the same seed, a template takes the same way with other words.
"""

import sys
from collections.abc import Iterator, Sequence
from dis import opmap
from random import Random
from typing import Any


class Dice:
    """Ways by the seed, words from `words` in turn; `said` counts the words."""

    def __init__(self, seed: int, words: Sequence[str]) -> None:
        self.way, self.words, self.said = Random(seed), words, 0

    def word(self) -> str:
        self.said += 1
        return self.words[self.said % len(self.words)]


def _throw(self: "Chameleon", *_: Any) -> bool:
    return bool(self._dice.way.getrandbits(1))


def _child(self: "Chameleon", *_: Any, **__: Any) -> "Chameleon":
    return Chameleon(self._dice)


class Chameleon(str):
    """Every question about it is answered by the dice, every part of it is another one."""

    _dice: Dice

    def __new__(cls, dice: Dice) -> "Chameleon":
        new = super().__new__(cls, dice.word())
        object.__setattr__(new, "_dice", dice)
        return new

    def __getattribute__(self, name: str) -> Any:
        if name == "_dice" or (name.startswith("__") and name.endswith("__")):
            return object.__getattribute__(self, name)
        return Chameleon(self._dice)

    def __str__(self) -> str:
        return str.__str__(self)

    def __format__(self, how: str) -> str:
        return str.__str__(self)

    def __iter__(self) -> Iterator[Any]:
        """As many as are unpacked, or up to three."""
        caller = sys._getframe(1)
        code, at = caller.f_code.co_code, caller.f_lasti
        count = code[at + 1] if code[at] == opmap["UNPACK_SEQUENCE"] else self._dice.way.randint(0, 3)
        return iter([Chameleon(self._dice) for _ in range(count)])

    def __radd__(self, other: Any) -> Any:
        return type(other)(list(self)) if isinstance(other, list | tuple) else Chameleon(self._dice)

    def __len__(self) -> int:
        return self._dice.way.choice((0, 1, 2, 3, 30, 100))

    def __index__(self) -> int:
        return self._dice.way.randint(0, 6)

    def __float__(self) -> float:
        return 87.5

    def __round__(self, digits: int = 0) -> float:
        return 87.5

    def __hash__(self) -> int:
        return 1

    __int__ = __index__
    __call__ = __getitem__ = __add__ = __sub__ = __rsub__ = __mul__ = __neg__ = __mod__ = __truediv__ = _child  # type: ignore[assignment]
    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _throw  # type: ignore[assignment]
