"""The lists of members of all managed groups: read when an account connects, and every day."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from loguru import logger

from bot.settings import Pace
from core.access import Account, ManagedGroup
from core.clock import Clock
from core.members.member import Member
from core.members.pushes import void_alarm
from core.members.reading import Void, why_void
from db.unit import Database

LOOK_EVERY = 5.0
DAY = timedelta(days=1)
AGAIN = timedelta(hours=1)  # after a void list, and the soonest after a new connection


class Source(Protocol):
    platform: str

    def connection(self) -> object | None: ...

    async def members(self, group: str, pause: float) -> list[Member] | None: ...


@dataclass
class MemberReader:
    """What was read when stands in memory: a restart connects anew and reads everything anyway."""

    db: Database
    clock: Clock
    source: Source
    pace: Pace
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _read: dict[str, tuple[datetime, object]] = field(default_factory=dict)

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
        for group in await self.db.read(lambda tx: tx.groups()):
            if group.platform == self.source.platform and self._is_due(group.id, connection):
                believed = await self.read(group)
                real = self.clock.real()
                self._read[group.id] = (real if believed else real - DAY + AGAIN, connection)
                await self.sleep(self._pause())

    async def read(self, group: ManagedGroup) -> bool:
        """Replace the list of a group, unless what was read can't be believed: then the old one stays, and
        staff are told."""
        ident, now = Account(group.platform, group.id), self.clock.now()
        new = await self.source.members(group.id, self._pause())
        if void := await self._void(ident, new):
            logger.warning("the list of members of {} is void: {}", ident, void)
            alarm = void_alarm(group, void, now)
            await self.db.write(lambda tx: tx.write_push(alarm, now))
            return False
        assert new is not None
        await self.db.write(lambda tx: tx.write_members(ident, new, now))
        return True

    async def _void(self, group: Account, new: list[Member] | None) -> Void | None:
        if new is None:
            return Void.UNREADABLE
        old = await self.db.read(lambda tx: tx.members(group))
        return await asyncio.to_thread(why_void, new, old)

    def _is_due(self, group: str, connection: object) -> bool:
        if group not in self._read:
            return True
        at, by = self._read[group]
        return self.clock.real() - at >= (DAY if by is connection else AGAIN)

    def _pause(self) -> float:
        return random.uniform(self.pace.least, self.pace.most)
