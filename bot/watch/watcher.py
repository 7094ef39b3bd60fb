"""A task of its own beside the tick: looks every few seconds whether all is well, and sees to it that staff hear
of what is not. It outlives a tick that hangs, not the process: for that there are the heartbeat and the digest."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError

from bot.channels import Channel
from bot.watch.aloud import say_aloud
from bot.watch.board import Board
from core.calendar import QuietHours
from core.clock import Clock
from core.pushes.hold import Hold
from core.pushes.models import Kind, Target
from core.watch.pushes import trouble_alarm
from core.watch.seen import Line, Seen, findings, stuck_since
from core.watch.troubles import Alarm, Trouble, step, still_open
from db.unit import Database, Unit
from db.watch import Waiting

EVERY = 5.0
PATIENCE = 15.0  # seconds for the database; a tick that hangs in a transaction lets nobody write
OVERSLEPT = timedelta(seconds=60)  # the machine slept, or its clock was put forward: all looks late for a moment
_FAULTS = (SQLAlchemyError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Glance:
    """What the database tells at one look. `told`: keys of alarms that are not past."""

    waiting: Mapping[str, Waiting]
    hold: Hold | None
    staff: tuple[Target, ...]
    told: tuple[str, ...] = ()


@dataclass
class Watcher:
    """`to`: who gets the alarms besides the staff groups. `wake`: the deliverers, for the tick may be dead.
    `aloud`: whether staff may be told without a push; not so in a rehearsal. `probes` ask accounts that have said
    nothing for long how they are."""

    db: Database
    clock: Clock
    board: Board
    quiet: QuietHours
    instance: str
    to: tuple[Target, ...]
    wake: Callable[[], None]
    aloud: bool = True
    probes: Sequence[Callable[[], Awaitable[None]]] = ()
    _open: dict[str, Trouble] = field(default_factory=dict)
    _staff: tuple[Target, ...] | None = None
    _failing_at: datetime | None = None
    _looked_at: datetime | None = None

    async def run(self) -> None:
        while True:
            try:
                await self.once()
            except Exception:  # noqa: BLE001 - the next look sees what this one missed
                logger.exception("not watched")
            begun = monotonic()
            await asyncio.sleep(EVERY)
            self.board.lag = max(0.0, monotonic() - begun - EVERY)

    async def once(self) -> None:
        """One look; what it leads to is written, or said aloud where nothing can be written."""
        for probe in self.probes:
            await probe()
        glance = await self._glance()
        real = self.clock.real()
        before, self._looked_at = self._looked_at, real
        self.board.look(real)
        if before is not None and real - before > OVERSLEPT:
            return
        lines = tuple(self._line(channel, glance, real) for channel in self.board.channels)
        found = findings(Seen(lines, self.board.rung_at, self._failing_at), real)
        after, alarms = step(self._open, found, real)
        for alarm in alarms:
            logger.warning("alarm: {}", alarm.key)
        if not alarms or await self._tell(alarms, glance is not None):
            self._open = after
        if not self.board.is_alive(real):
            self.wake()

    async def _glance(self) -> Glance | None:
        """None while the database does not answer. It is written to, or a full disk would look well."""
        now, real, first = self.clock.now(), self.clock.real(), self._staff is None

        async def work(tx: Unit) -> Glance:
            await tx.beat(self.instance, real)
            told = tuple(await tx.push_states(Kind.ALARM, now)) if first else ()
            staff = [Target(g.platform, "group", g.id) for g in await tx.groups() if g.wants(Kind.ALARM)]
            return Glance(await tx.waiting(now), await tx.hold(), (*staff, *self.to), told)

        try:
            async with asyncio.timeout(PATIENCE):
                glance = await self.db.write(work)
        except _FAULTS as fault:
            self._note_failure(fault)
            return None
        self._failing_at, self._staff = None, glance.staff
        self._open = {**still_open(glance.told), **self._open}
        return glance

    def _line(self, channel: Channel, glance: Glance | None, real: datetime) -> Line:
        health, online = channel.health, channel.is_online()
        found = glance.waiting.get(channel.name) if glance else None
        may_send = bool(online and glance and not glance.hold and not self.quiet.covers(self.clock.now()))
        stuck = stuck_since(
            self.board.stuck.pop(channel.name, None),
            may_send=may_send,
            waiting=found is not None or glance is None,
            sent_at=health.sent_at,
            real=real,
        )
        if stuck is not None:
            self.board.stuck[channel.name] = stuck
        lost_at = health.lost_at if online else health.lost_at or self.board.changed_at[channel.name]
        return Line(channel.name, lost_at, health.why, health.told, stuck, found.count if found else 0, online)

    async def _tell(self, alarms: list[Alarm], can_write: bool) -> bool:
        """False: nobody could be told, so the same alarms are due at the next look."""
        if can_write:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._write(alarms)
            except _FAULTS as fault:
                self._note_failure(fault)
                return False
            return True
        return not self.aloud or await say_aloud(alarms, self._staff or self.to, self.board.channels)

    async def _write(self, alarms: list[Alarm]) -> None:
        """Written, ripe and on its way: the tick is not needed."""
        now = self.clock.now()

        async def work(tx: Unit) -> None:
            for alarm in alarms:
                await tx.write_push(trouble_alarm(alarm, self.to, now), now)
            await tx.ripen(now)

        await self.db.write(work)
        self.wake()

    def _note_failure(self, fault: BaseException) -> None:
        """Once an outage; the tick's own complaints say more."""
        if self._failing_at is None:
            self._failing_at = self.clock.real()
            logger.warning("the database does not answer: {}", type(fault).__name__)
