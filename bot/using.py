"""Who has used a binding today: written once a day and account, for every private answer waits for it."""

from datetime import date, datetime

from core.access import Principal
from core.activities.use import local_day
from db.unit import Unit


class Uses:
    """What was written stands in memory; a restart writes it once more."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._written: set[Principal] = set()

    async def write(self, tx: Unit, who: Principal, now: datetime) -> None:
        if who.labs and not (self._day == local_day(now) and who in self._written):
            await tx.note_use(who, now)

    def keep(self, who: Principal, now: datetime) -> None:
        """It was committed."""
        if not who.labs:
            return
        if self._day != (today := local_day(now)):
            self._day, self._written = today, set()
        self._written.add(who)
