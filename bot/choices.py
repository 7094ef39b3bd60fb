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
# 2, ②, 选2, 第2个, 2号, 2.
_NUMBER = re.compile(r"(?:我?选|第|序号)? ?([1-9一二三四五六七八九])(?:个|项|号)?[.。、,!]?")
_HAN = "一二三四五六七八九"


class _Offered:
    """Commands by number, until when."""

    __slots__ = ("commands", "until")

    def __init__(self) -> None:
        self.commands: tuple[str, ...] = ()
        self.until: datetime | None = None


class Choices:
    """Each is one person's in one place: nobody else's number picks it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offered = Recent(_Offered)

    def offer(self, incoming: Incoming, commands: tuple[str, ...]) -> None:
        one = self._offered.of((incoming.account, incoming.where))
        one.commands, one.until = commands[:MOST], self._clock.real() + LASTS

    def picked(self, incoming: Incoming) -> str | None:
        """The command that this message picks: a number in private, or in a group where it quotes us. It may pick
        another one after that: people look at both."""
        if len(incoming.text) > 8 or (incoming.place is PlaceKind.GROUP and not incoming.quotes_us):
            return None
        match = _NUMBER.fullmatch(fold(incoming.text))
        if match is None:
            return None
        one = self._offered.get((incoming.account, incoming.where))
        if one is None or one.until is None or one.until < self._clock.real():
            return None
        at = _HAN.index(match[1]) if match[1] in _HAN else int(match[1]) - 1
        return one.commands[at] if at < len(one.commands) else None
