"""A picture or a voice alone: we cannot take it in, and say so now and then."""

from datetime import datetime, timedelta

from bot.incoming import Incoming
from bot.limits import Recent
from core.access import PlaceKind
from core.clock import Clock

AGAIN = timedelta(minutes=10)


class _Told:
    """When this person was told last."""

    __slots__ = ("at",)

    def __init__(self) -> None:
        self.at: datetime | None = None


class Puzzled:
    """In memory: what a restart forgets is said once more. In groups pictures are for others."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told = Recent(_Told)

    def by(self, incoming: Incoming) -> bool:
        """Whether to say so to this message."""
        alone = (incoming.pictures or incoming.voice) and not incoming.text.strip()
        if not alone or incoming.files or incoming.place is PlaceKind.GROUP:
            return False
        told, now = self._told.of(incoming.account), self._clock.real()
        if told.at is not None and now - told.at < AGAIN:
            return False
        told.at = now
        return True
