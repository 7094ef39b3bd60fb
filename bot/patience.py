"""Who is no longer answered, because enough was: one person, one group, another robot."""

from bot.answers import Said
from bot.commands import Command, Table
from bot.incoming import Incoming, Reply
from bot.limits import Limit, Verdict
from bot.loops import Loops
from bot.metrics import UNANSWERED
from bot.settings import Settings
from core.access import PlaceKind
from core.clock import Clock

STAFF_TIMES = 10


class Patience:
    """In real time. Staff have ten times as much, and their commands are never taken for a robot's; staff groups
    have no limit."""

    def __init__(self, clock: Clock, table: Table, settings: Settings) -> None:
        self._clock, self._table, self._settings = clock, table, settings
        self._limit, self._loops = Limit(), Loops()

    def weigh(self, incoming: Incoming, command: Command | None, staff: bool, office: bool) -> tuple[bool, str]:
        """Whether it is to be answered; if not, the refusal to tell, once, or none."""
        now = self._clock.real()
        is_command = command is not None and self._table.by_name(command.name) is command
        if not (staff and is_command) and self._loops.is_cut(incoming, is_command, now):
            return self._no("loop")
        most = self._settings.per_person * (STAFF_TIMES if staff else 1)
        verdict = self._limit.spend(incoming.account, most, now)
        if verdict is not Verdict.ANSWER:
            return self._no("person", "door/too_fast" if verdict is Verdict.TOLD else "")
        if incoming.place is not PlaceKind.GROUP or office:
            return True, ""
        verdict = self._limit.spend((incoming.channel, incoming.group), self._settings.per_group, now)
        if verdict is not Verdict.ANSWER:
            return self._no("group", "door/group_too_fast" if verdict is Verdict.TOLD else "")
        return True, ""

    def _no(self, why: str, told: str = "") -> tuple[bool, str]:
        UNANSWERED.labels(why).inc()
        return False, told

    def noting(self, incoming: Incoming, reply: Reply) -> Reply:
        """An answer that is noted: what comes right behind each of them may come from a robot."""

        async def noted(said: Said) -> None:
            await reply(said)
            self._loops.answered(incoming, said, self._clock.real())

        return noted
