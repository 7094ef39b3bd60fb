"""What is kept too long goes every night, a little at each tick; a night that was cut short is gone on with by
whoever comes next, for what is due is found in the tables."""

import asyncio
from collections import Counter
from datetime import date, datetime

from bot.dispatcher import MACHINE
from core.clock import Clock
from core.retention.night import PERSONS, STEPS, Night, Terms, night_of
from db.unit import Database

FOR = 2.0  # seconds a tick; the rest at the next one


class Nightly:
    def __init__(self, db: Database, clock: Clock, terms: Terms) -> None:
        self.db, self.clock, self.terms = db, clock, terms
        self._done: date | None = None
        self._counts: Counter[str] = Counter()

    @property
    def is_done(self) -> bool:
        """For tonight."""
        return self._done == night_of(self.clock.now())

    async def go_on(self) -> None:
        if self.is_done:
            return
        now = self.clock.now()
        night, until = Night(self.terms, MACHINE, now, self.clock.real()), asyncio.get_running_loop().time() + FOR
        for name, work in STEPS.items():
            while done := await self.db.write(lambda tx, work=work: work(tx, night)):  # type: ignore[misc]
                self._counts[name] += done
                if asyncio.get_running_loop().time() > until:
                    return
        await self._finish(now)

    async def _finish(self, now: datetime) -> None:
        """One row a night of what was done, none of nothing."""
        if self._counts[PERSONS] and not await self.db.flush_log():
            return  # somebody reads; again at the next tick
        if counts := dict(self._counts):
            await self.db.write(lambda tx: tx.audit(MACHINE, "retention.nightly", "retention", counts, now))
        self._counts.clear()
        self._done = night_of(now)
