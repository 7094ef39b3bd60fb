"""Numbered choices that were offered: for two minutes a number stands for its command (interfaces §2).

In memory: what a restart forgets is asked once more."""

import re
from datetime import datetime, timedelta

from bot.incoming import Incoming
from bot.limits import Recent
from core.access import PlaceKind
from core.clock import Clock
from core.words import fold

LASTS = timedelta(seconds=120)
MOST = 9
# 2, ②, 选2, 第2个, 2号, 2., 第二家
_NUMBER = re.compile(r"(?:我?选|第|序号)? ?([1-9一二三四五六七八九])(?:个|项|号|家|条|种)?[.。、,!]?")
_HAN = "一二三四五六七八九"
_LONGEST_LABEL = 40


class _Offered:
    """Commands by number, what they are called, until when; `once`: one of them is all that may be picked."""

    __slots__ = ("commands", "labels", "once", "until")

    def __init__(self) -> None:
        self.close()

    def close(self) -> None:
        self.commands: tuple[str, ...] = ()
        self.labels: tuple[str, ...] = ()
        self.once = False
        self.until: datetime | None = None


class Choices:
    """Each is one person's in one place: nobody else's number picks it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offered = Recent(_Offered)

    def offer(
        self, incoming: Incoming, commands: tuple[str, ...], labels: tuple[str, ...] = (), once: bool = False
    ) -> None:
        """`once`: what is picked takes something down, so that a second tap must not."""
        one = self._offered.of((incoming.account, incoming.where))
        one.commands, one.labels, one.once = commands[:MOST], labels[:MOST], once
        one.until = self._clock.real() + LASTS

    def close(self, incoming: Incoming) -> None:
        """Something else was said to us: a number does not mean the old list any more."""
        if (one := self._offered.get((incoming.account, incoming.where))) is not None:
            one.close()

    def picked(self, incoming: Incoming) -> str | None:
        """The command that this message picks, by number or by name: in private, or in a group where it quotes us
        or says our name. Unless `once` it may pick another one after that: people look at both."""
        spoken_to = incoming.quotes_us or incoming.is_to_me or incoming.place is not PlaceKind.GROUP
        if len(incoming.text) > _LONGEST_LABEL or not spoken_to:
            return None
        one = self._offered.get((incoming.account, incoming.where))
        if one is None or one.until is None or one.until < self._clock.real():
            return None
        at = _place(fold(incoming.text), one.labels)
        if at is None or at >= len(one.commands):
            return None
        command = one.commands[at]
        if one.once:
            one.close()
        return command


def _place(text: str, labels: tuple[str, ...]) -> int | None:
    if match := _NUMBER.fullmatch(text):
        return _HAN.index(match[1]) if match[1] in _HAN else int(match[1]) - 1
    hits = [at for at, label in enumerate(labels) if len(text) > 1 and text in label]
    return hits[0] if len(hits) == 1 else None
