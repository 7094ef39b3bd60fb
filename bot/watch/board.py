"""What is known of the running program at this moment: kept by the watcher and the tick, read by 状态 and by
the addresses for machines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.channels import Channel
from core.watch.seen import TICK_STOPPED


@dataclass
class Board:
    """Moments are real time. `rung_at`: when the tick last came to its end. By channel, `changed_at`: since when
    it is online, or is not; `stuck`: since when what is due waits in vain (`stuck_since`). `lag`: seconds by
    which the loop was late at the watcher's last look."""

    started_at: datetime
    channels: Sequence[Channel]
    rung_at: datetime = field(init=False)
    lag: float = 0.0
    changed_at: dict[str, datetime] = field(default_factory=dict)
    stuck: dict[str, datetime] = field(default_factory=dict)
    _online: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rung_at = self.started_at

    def look(self, real: datetime) -> None:
        """Note which channels came or went since the last look."""
        for channel in self.channels:
            online = channel.is_online()
            if self._online.get(channel.name) is not online:
                self._online[channel.name] = online
                lost_at = channel.health.lost_at
                self.changed_at[channel.name] = lost_at if lost_at and not online else real

    def tick_age(self, real: datetime) -> timedelta:
        return real - self.rung_at

    def is_alive(self, real: datetime) -> bool:
        """The tick runs; that the loop does is shown by the answer."""
        return self.tick_age(real) <= TICK_STOPPED


_installed: list[Board] = []


def install(board: Board) -> None:
    """Called once by the composition root."""
    _installed[:] = [board]


def installed() -> Board | None:
    """None where nothing runs, as in the demonstration."""
    return _installed[0] if _installed else None
