"""Who may not ask something here, or said what only looked like a command: the right refusal, an answer to what
may have been a question in plain words, or silence."""

import re
from datetime import date
from typing import Final

from bot.answers import Answer, Proposal
from bot.asking import parse
from bot.commands import Command, Slot, Table, Where, Who
from bot.guide import ready
from bot.incoming import Incoming, Job
from bot.office import is_set_off
from bot.settings import Settings
from core.access import PlaceKind, Principal
from core.activities.use import ALL, local_day, programmes
from core.clock import Clock
from core.errors import DomainError, Several
from core.guide.looks import asks
from core.guide.models import HUMAN
from core.labs.names import looks_like_unit
from core.words import fold
from core.words.near import near
from db.unit import Database, Within

Doors = Database | Within
Result = Answer | Proposal | None

TALK = {
    "ask/not_understood",
    "ask/second",
    "activities/programme_unknown",
    "activities/change_form",
    "guide/unknown",
}
# Refused as they stand, but a word of them may be the asker's lab, or be glued to others.
READ_AGAIN = TALK | {"activities/sign_unknown", "activities/none_noted"}
LONGEST_WORD = 6  # of a command
_WONDERS: Final = re.compile("[?？呢谁]|(?<!功)能|是否|为何")  # beside what the guide looks for; 肝功能 is a thing


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

    def _not_understood(self, job: Job) -> DomainError:
        """The words that were not understood, or the commands that a misspelt one is near to (成级, 接止)."""
        phone = self.settings.centre_phone
        if job.loose and job.loose.unknown and (meant := self.table.by_name(job.loose.head)):
            if meant.where is Where.PRIVATE and job.incoming.place is not PlaceKind.PRIVATE:
                return DomainError("door/not_here", command=meant.name)
            return DomainError("ask/not_understood", word="、".join(job.loose.unknown), example=meant.example)
        head = fold(job.incoming.text).lstrip("/").lstrip().partition(" ")[0]
        words = [(word, word) for one in self.table.commands if not one.who.is_staff for word in one.words]
        if len(head) <= LONGEST_WORD and (nearest := near(head, words, 2)):
            return Several("door/near", head, nearest)
        return DomainError("door/unknown", phone=phone)

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
                found = await db.read(lambda tx: programmes(tx, ask.year, named, today))
                return not found.known and _is_asking(" ".join(named))  # nothing to tell 什么时候出来 from a name
        except DomainError as refusal:
            if refusal.key == "ask/second":
                return not job.addressed or _is_asking(job.rest)
            return refusal.key in TALK or (refusal.key == "ask/missing" and bool(job.rest))
        return False

    async def _without_names(self, command: Command, job: Job, who: Principal, db: Doors) -> Result:
        """What the guide says to words that ask, where no programme is known: a command takes them for one."""
        question = self.table.question
        loose = job.addressed and Slot.WORDS in command.slots and not (command.acts or command.who.is_staff)
        if question is None or not loose or not _is_asking(job.rest):
            return None
        try:
            ask = parse(command, job.rest, self.today())
        except DomainError:
            return None
        listed = await db.read(lambda tx: programmes(tx, ask.year, (), self.today()))
        if listed.known or not _is_asking(" ".join(ask.words)):
            return None
        result = await self._run(question, _whole(job), job.incoming, who, db)
        return None if result is None or _is_no_answer(result) else result

    async def _as_question(self, job: Job, who: Principal, refusal: DomainError, db: Doors) -> Result:
        """Words that no slot takes may be a question in plain words; else the refusal stands."""
        question = self.table.question
        if question is None or job.command is question:
            raise refusal
        result = await self._run(question, _whole(job), job.incoming, who, db)
        if result is None or (refusal.key in TALK and not await self._says_more(result, job, refusal)):
            raise refusal
        return result

    async def _says_more(self, result: Result, job: Job, refusal: DomainError) -> bool:
        """Whether the guide's answer is better than a refusal that names the word. To what does not even ask, only
        where it is sure and none of the words is dropped on the way: 计划书 香蕉 is not how to find a plan."""
        if _is_no_answer(result):
            return False
        if job.loose is not None or job.command is None:
            return True
        head = _whole(job).partition(" ")[0].lower()
        if head in job.command.words and _is_choice(result):
            return False
        if _is_asking(job.rest):
            return True
        plain = refusal.key == "ask/second" or _is_choice(result)
        return not plain and (await ready()).understands(job.rest)


def _is_no_answer(result: Result) -> bool:
    """Whether the guide knows nothing of it either: a refusal that names the word says more."""
    return isinstance(result, Answer) and result.view.get("topic") == HUMAN


def _is_choice(result: Result) -> bool:
    return isinstance(result, Answer) and "topic" not in result.view


def _is_asking(text: str) -> bool:
    return asks(text) or _WONDERS.search(text) is not None


def _whole(job: Job) -> str:
    """All that was said, without the slash."""
    return fold(job.incoming.text).lstrip("/").lstrip()


def is_bare_word(command: Command, job: Job) -> bool:
    """Whether a staff word stands alone or glued to others: 绑定码丢了 is what anybody asks who has one."""
    head = _whole(job).partition(" ")[0]
    return command.who.is_staff and (not job.rest or head.lower() not in command.words)


def _is_vague(job: Job) -> bool:
    """Whether free words name a command and nothing else: 成绩查询 may be a question of anybody."""
    return job.loose is not None and not job.loose.asked
