"""Who may not ask something here, or said what only looked like a command: the right refusal, an answer to what
may have been a question in plain words, or silence."""

from datetime import date

from bot.answers import Answer, Proposal
from bot.asking import parse
from bot.commands import Command, Slot, Table, Who
from bot.incoming import Incoming, Job
from bot.office import is_set_off
from bot.settings import Settings
from core.access import PlaceKind, Principal
from core.activities.use import ALL, local_day, programmes
from core.clock import Clock
from core.errors import DomainError
from core.guide.models import HUMAN
from core.labs.names import looks_like_unit
from core.words import fold
from db.unit import Database, Within

Doors = Database | Within
Result = Answer | Proposal | None

TALK = {"ask/not_understood", "activities/programme_unknown", "activities/change_form", "guide/unknown"}


class Turning:
    """What the dispatcher does with those it can't serve."""

    db: Database
    clock: Clock
    table: Table
    settings: Settings

    def today(self) -> date:
        return local_day(self.clock.now())

    async def _run(
        self, command: Command, rest: str, incoming: Incoming, who: Principal, db: Doors | None = None
    ) -> Result:
        raise NotImplementedError

    async def _turn_down(self, command: Command, job: Job, who: Principal, db: Doors) -> Result:
        """In a staff group colleagues are told what they may not do, others are not heard. Free words that only
        may have meant a command are a question of anybody."""
        refusal = await self._lacking(command, job, who, db)
        if not job.addressed:
            if who.is_staff and (self._is_order(job) or not await self._is_talk(command, job, db)):
                raise refusal
            return None
        bare = is_bare_word(command, job) and not who.is_staff
        if bare or _is_vague(job) or await self._is_talk(command, job, db):
            return await self._as_question(job, who, refusal, db)
        raise refusal

    async def _lacking(self, command: Command, job: Job, who: Principal, db: Doors) -> DomainError:
        """What this person is without; that a binding is suspended only its owner learns, in private."""
        phone = self.settings.centre_phone
        if command.who is not Who.BOUND:
            return DomainError("door/forbidden", phone=phone)
        if job.incoming.place is PlaceKind.PRIVATE and (own := await db.read(lambda tx: tx.suspended(who))):
            return DomainError("access/suspended", own=own, phone=phone)
        return DomainError("access/not_bound", phone=phone)

    def _is_order(self, job: Job) -> bool:
        """Whether what is not addressed is a staff word set off from the rest, in a staff group."""
        command = job.command
        return bool(command and command.who.is_staff and is_set_off(command, job.incoming.text, self.today()))

    async def _send_away(self, command: Command, job: Job, who: Principal, db: Doors) -> Result:
        """Nobody is looked up for this: what is private is not even begun outside of a private chat. Talk that
        only begins with a command word is met as everywhere."""
        if command.who.is_staff:
            if not job.addressed:
                return None
            refusal = DomainError("door/forbidden")
            if is_bare_word(command, job):
                return await self._as_question(job, who, refusal, db)
            raise refusal
        away = DomainError("door/not_here", command=command.name)
        if _is_vague(job) or await self._is_talk(command, job, db):
            return await self._as_question(job, who, away, db) if job.addressed else None
        raise away

    async def _is_talk(self, command: Command, job: Job, db: Doors) -> bool:
        """Whether the rest is nothing that the command takes: 报名什么时候开始 is a question of anybody, though
        报名 is not everybody's command."""
        today = self.today()
        try:
            ask = parse(command, job.rest, today)
            if Slot.WORDS not in command.slots:
                return not (Slot.TEXT in command.slots or Slot.UNIT in command.slots) and any(
                    not looks_like_unit(word) for word in ask.words
                )
            if named := [word for word in ask.words if word != ALL and word not in command.takes]:
                await db.read(lambda tx: programmes(tx, ask.year, named, today))
        except DomainError as refusal:
            return refusal.key in TALK or (refusal.key == "ask/missing" and bool(job.rest))
        return False

    async def _as_question(self, job: Job, who: Principal, refusal: DomainError, db: Doors) -> Result:
        """Words that no slot takes may be a question in plain words; else the refusal stands."""
        question = self.table.question
        if question is None or job.command is question:
            raise refusal
        whole = fold(job.incoming.text).lstrip("/").lstrip()
        result = await self._run(question, whole, job.incoming, who, db)
        if result is None or (refusal.key in TALK and _is_no_answer(result)):
            raise refusal
        return result


def _is_no_answer(result: Result) -> bool:
    """Whether the guide knows nothing of it either: a refusal that names the word says more."""
    return isinstance(result, Answer) and result.view.get("topic") == HUMAN


def is_bare_word(command: Command, job: Job) -> bool:
    """Whether a staff word stands alone or glued to others: 绑定码丢了 is what anybody asks who has one."""
    head = fold(job.incoming.text).lstrip("/").lstrip().partition(" ")[0]
    return command.who.is_staff and (not job.rest or head.lower() not in command.words)


def _is_vague(job: Job) -> bool:
    """Whether free words name a command and nothing else: 成绩查询 may be a question of anybody."""
    return job.loose is not None and not job.loose.asked
