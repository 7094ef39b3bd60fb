"""What the watcher sees at one look, and which troubles that amounts to (issue "Pushes", item 7).

Limits: offline 30 s after the platform's own word, silent 12 min, a stopped tick 2 min; the look itself takes
5 s, so each patience here is shorter.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

GONE = timedelta(seconds=60)  # a socket that is not back by then
SILENT = timedelta(minutes=10)
TICK_LATE, TICK_STOPPED = timedelta(seconds=30), timedelta(seconds=90)
BARRED = timedelta(minutes=15)  # a server that lets nothing pass for now, as some do for minutes
FAILING = timedelta(seconds=45)  # a database that did not answer since


class About(StrEnum):
    """What a trouble is about; parts of keys, so they stay."""

    OFFLINE = "offline"
    SILENT = "silent"
    TICK = "tick"
    DATABASE = "database"
    BARRED = "barred"


@dataclass(frozen=True, slots=True)
class Line:
    """One channel. `lost_at`: since when it can't speak; `told`: the platform said so; `barred`: it is no account
    that is gone, but messages are not accepted; `stuck_at`: since when messages that are due wait without any
    being sent, though nothing holds them back."""

    channel: str
    lost_at: datetime | None = None
    why: str = ""
    told: bool = False
    stuck_at: datetime | None = None
    waiting: int = 0
    barred: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """All moments are real time. `failing_at`: since when the database does not answer."""

    lines: tuple[Line, ...]
    rung_at: datetime
    failing_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A trouble that is there now. One that is not yet `ripe` raises no alarm, but neither is it over."""

    about: About
    channel: str
    since: datetime
    ripe: bool
    why: str = ""
    waiting: int = 0

    @property
    def name(self) -> str:
        """`offline:qq`; one trouble of a name at a time."""
        return f"{self.about}:{self.channel}"


def findings(seen: Seen, real: datetime) -> list[Finding]:
    """Whatever is not as it should be."""
    found = [one for line in seen.lines for one in _of_line(line, real)]
    if real - seen.rung_at >= TICK_LATE:
        found.append(Finding(About.TICK, "", seen.rung_at, real - seen.rung_at >= TICK_STOPPED))
    if seen.failing_at is not None:
        found.append(Finding(About.DATABASE, "", seen.failing_at, real - seen.failing_at >= FAILING))
    return found


def _of_line(line: Line, real: datetime) -> list[Finding]:
    found = []
    stuck = line.barred and not line.told and line.stuck_at is not None  # the same trouble, and told sooner
    if line.lost_at is not None and not stuck:
        about, patience = (About.BARRED, BARRED) if line.barred else (About.OFFLINE, GONE)
        ripe = line.told or real - line.lost_at >= patience
        found.append(Finding(about, line.channel, line.lost_at, ripe, line.why, line.waiting))
    if line.stuck_at is not None:
        ripe = real - line.stuck_at >= SILENT
        found.append(Finding(About.SILENT, line.channel, line.stuck_at, ripe, "", line.waiting))
    return found


def stuck_since(
    before: datetime | None, *, may_send: bool, waiting: bool, sent_at: datetime | None, real: datetime
) -> datetime | None:
    """Since when due messages wait in vain; each success starts the waiting anew, and so does each moment in
    which nothing may be sent (`may_send`: online, no quiet hours, no hold). None: nothing waits."""
    if not waiting:
        return None
    begun = before if may_send and before is not None else real
    return sent_at if sent_at is not None and sent_at > begun else begun
