"""EQABOT_HEARTBEAT_URL: asked after every tick, so that somebody outside sees when the ticks stop."""

import asyncio
from dataclasses import dataclass, field

import aiohttp
from loguru import logger

from bot.watch.board import Board
from core.clock import Clock

TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass
class Heartbeat:
    """The address may hold a secret, so it is not shown. A failure is logged once, until it succeeds again."""

    url: str = field(repr=False)
    board: Board
    clock: Clock
    _asking: "asyncio.Task[None] | None" = None
    _failed: bool = False

    def rung(self) -> None:
        """A tick came to its end: noted, and told outside, not while the last asking is still under way."""
        self.board.rung_at = self.clock.real()
        if self.url and (self._asking is None or self._asking.done()):
            self._asking = asyncio.create_task(self._ask())

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _ask(self) -> None:
        try:
            async with aiohttp.ClientSession(timeout=TIMEOUT) as session, session.get(self.url) as response:
                fault = "" if response.status < 400 else f"status {response.status}"
        except (aiohttp.ClientError, OSError, TimeoutError) as raised:
            fault = type(raised).__name__
        if fault and not self._failed:
            logger.warning("EQABOT_HEARTBEAT_URL does not answer: {}", fault)
        self._failed = bool(fault)
