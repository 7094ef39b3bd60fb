"""All names of units in memory, for near ones: read again when the roster, or what waits, is another."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from loguru import logger

from bot.files.reader import considerate
from core.labs.duplicate import Near
from core.labs.near import NameIndex
from db.unit import Database

LOOK_EVERY = 10.0
MOST = 9  # as many as a number of one digit can pick
Version = tuple[object, ...]
Names = Sequence[str]  # key, line end, official name


class Tx(Protocol):
    async def names_versions(self) -> tuple[Version, Version]: ...

    async def keyed_names(self) -> Names: ...

    async def pending_names(self) -> Names: ...


class _Kept:
    """An index and the version of the names that it was built of."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._version: Version | None = None
        self._index = NameIndex()

    async def fresh(self, version: Version, read: Callable[[], Awaitable[Names]]) -> NameIndex:
        """Built beside the event loop, and once however many are waiting for it."""
        async with self._turn:
            if version != self._version:
                with considerate():
                    names = await read()
                    self._index = await asyncio.to_thread(_indexed, names)
                self._version = version
            return self._index


def _indexed(names: Names) -> NameIndex:
    parts = (line.partition("\n") for line in names)
    return NameIndex((key, official) for key, _, official in parts)


def _meant(index: NameIndex, unit: str) -> tuple[list[str], list[str]]:
    return index.near(unit), index.holding(unit)


class UnitNames:
    """One for the whole program. An answer never rests on an old roster: who asks first after an import waits for
    the new index, about a second with 50,000 labs, unless `run` has built it already."""

    def __init__(self) -> None:
        self._roster, self._waiting = _Kept(), _Kept()

    async def near(self, tx: Tx, unit: str) -> Near:
        """First what is near, then what holds the words; of the roster, then of applications that wait. Beside the
        event loop: among very many names it takes some milliseconds."""
        known, pending = await tx.names_versions()
        roster = await self._roster.fresh(known, tx.keyed_names)
        waiting = await self._waiting.fresh(pending, tx.pending_names)
        near, holding = await asyncio.to_thread(_meant, roster, unit)
        also_near, also_holding = _meant(waiting, unit)
        found = tuple(dict.fromkeys((*near, *also_near, *holding, *also_holding)))
        return Near(found[:MOST], len(found[MOST:]))

    async def run(self, db: Database) -> None:
        """So that nobody has to wait: looks often enough that it is mostly there before the first question."""
        while True:
            try:
                await db.read(self._build)
            except Exception:  # noqa: BLE001 - whoever asks tries again
                logger.exception("roster not read")
            await asyncio.sleep(LOOK_EVERY)

    async def _build(self, tx: Tx) -> None:
        known, _ = await tx.names_versions()
        await self._roster.fresh(known, tx.keyed_names)
