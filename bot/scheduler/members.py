"""The lists of members of all managed groups: read when an account connects, every day, and soon again while
somebody is missing of whom it is not sure that he left."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from loguru import logger

from bot.dispatcher import MACHINE
from bot.settings import Pace
from core.access import Account, ManagedGroup
from core.clock import Clock
from core.members.departures import APART, Listed, settle
from core.members.member import Member
from core.members.pushes import void_alarm
from core.members.reading import Void, why_void
from db.unit import Database, Unit

LOOK_EVERY = 5.0
DAY = timedelta(days=1)
AGAIN = timedelta(hours=1)  # after a void list, and the soonest after a new connection
IN_A_ROW = 3  # so often soon again, then tomorrow: lists that never agree must not be read all day


class Source(Protocol):
    platform: str

    def connection(self) -> object | None: ...

    async def members(self, group: str, pause: float) -> Listed | None: ...


@dataclass
class _Read:
    """When a group was read, over which connection, and when it is due by itself."""

    at: datetime
    due: datetime
    connection: object


@dataclass
class MemberReader:
    """What was read when stands in memory: a restart connects anew and reads everything anyway. `phone`: the
    centre's, for people who are no longer in any group."""

    db: Database
    clock: Clock
    source: Source
    pace: Pace
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    phone: str = ""
    _read: dict[str, _Read] = field(default_factory=dict)
    _soon: int = 0  # times in a row that all were to be read soon again

    async def run(self) -> None:
        while True:
            try:
                await self.once()
            except Exception:  # noqa: BLE001 - what was not read now is read at the next look
                logger.exception("members not read")
            await self.sleep(LOOK_EVERY)

    async def once(self) -> None:
        """Read every group that is due, one after another."""
        if (connection := self.source.connection()) is None:
            return
        read = 0
        for group in await self.db.read(lambda tx: tx.groups()):
            if group.platform == self.source.platform and self._is_due(group.id, connection):
                believed = await self.read(group)
                real = self.clock.real()
                at, due = (real, real + DAY) if believed else (real - AGAIN, real + AGAIN)
                self._read[group.id] = _Read(at, due, connection)
                read += 1
                await self.sleep(self._pause())
        if read:
            await self._look_again_if_unsettled()

    def look_again(self) -> None:
        """All lists once more, as soon as they can agree with those of now."""
        due = self.clock.real() + APART
        for one in self._read.values():
            one.due = min(one.due, due)

    async def _look_again_if_unsettled(self) -> None:
        platform = self.source.platform
        unsettled = await self.db.read(lambda tx: tx.has_open_departures(platform))
        self._soon = (self._soon + 1) % (IN_A_ROW + 1) if unsettled else 0
        if self._soon:
            self.look_again()

    async def read(self, group: ManagedGroup) -> bool:
        """Replace the list of a group, unless what was read can't be believed: then the old one stays, and
        staff are told."""
        ident, now = Account(group.platform, group.id), self.clock.now()
        new = await self.source.members(group.id, self._pause())
        if void := await self._void(ident, None if new is None else new.members):
            logger.warning("the list of members of {} is void: {}", ident, void)
            alarm = void_alarm(group, void, now)
            await self.db.write(lambda tx: tx.write_push(alarm, now))
            return False
        assert new is not None
        await self.db.write(lambda tx: self._write(tx, ident, new, now))
        return True

    async def _write(self, tx: Unit, group: Account, new: Listed, now: datetime) -> None:
        await tx.write_members(group, new.members, now, new.complete)
        await settle(tx, MACHINE, group.platform, now, self.phone)

    async def _void(self, group: Account, new: list[Member] | None) -> Void | None:
        if new is None:
            return Void.UNREADABLE
        old = await self.db.read(lambda tx: tx.members(group))
        return await asyncio.to_thread(why_void, new, old)

    def _is_due(self, group: str, connection: object) -> bool:
        if (last := self._read.get(group)) is None:
            return True
        real = self.clock.real()
        return real >= last.due or (last.connection is not connection and real - last.at >= AGAIN)

    def _pause(self) -> float:
        return random.uniform(self.pace.least, self.pace.most)
