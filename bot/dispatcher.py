"""Who asks, may they, and what is the answer."""

import secrets
from dataclasses import replace
from datetime import datetime

from loguru import logger

from bot.answers import Answer, Proposal, Said, Sketch
from bot.asking import as_typed, parse
from bot.choices import MOST, Choices
from bot.commands import Ask, Command, Context, Slot, Table, Who, fits
from bot.confirmations import Confirmations
from bot.incoming import Incoming, Job, Reply
from bot.office import is_doubtful
from bot.rendering import rendered
from bot.roster import UnitNames
from bot.settings import Settings
from bot.texts import say, say_error
from bot.turning import READ_AGAIN, TALK, Doors, Result, Turning
from bot.using import Uses
from core.access import Account, ManagedGroup, PlaceKind, Principal, Role
from core.access.agreements import Agreement
from core.activities.use import local_day
from core.clock import Clock
from core.errors import DomainError, Several
from core.labs.asking import read_asked
from core.labs.narrowing import narrow
from core.pushes.parts import PART
from core.words import fold, pieces
from core.words.loose import ASKING, read_loosely
from db.unit import Database, Unit, Within

OPERATOR = Principal(Account("cli", "local"), Role.ADMIN)  # whoever may run the program on its own machine
MACHINE = Principal(Account("machine", "local"))  # the program by itself, a name for the log


class Dispatcher(Turning):
    """Handles one message at a time; `Door` decides how many."""

    def __init__(self, db: Database, clock: Clock, table: Table, settings: Settings) -> None:
        self.db, self.clock, self.table, self.settings = db, clock, table, settings
        self._rules = settings.rules
        self._confirmations = Confirmations(db, clock, table, self._run, settings.second_person)
        self.offices: frozenset[tuple[str, str]] = frozenset()
        self._groups: tuple[ManagedGroup, ...] = ()
        self._staff: dict[Account, Role] = {}
        self._uses = Uses()
        self._choices = Choices(clock)
        self.roster = UnitNames()

    def is_office(self, incoming: Incoming) -> bool:
        return incoming.place is PlaceKind.GROUP and (incoming.channel, incoming.group) in self.offices

    async def refresh(self) -> None:
        """Which groups are staff groups, and who is staff; asked at the start and at every tick."""
        groups = await self.db.read(lambda tx: tx.groups())
        self.offices = frozenset((g.platform, g.id) for g in groups if g.staff)
        self._groups = tuple(groups)
        self._staff = dict(await self.db.read(lambda tx: tx.staff_list()))

    def groups_of(self, platform: str) -> list[str]:
        """Numbers of the managed groups of a platform, as of the last tick."""
        return [group.id for group in self._groups if group.platform == platform]

    async def handle(self, job: Job) -> None:
        """Answer one message. Order: refusals with a text of their own; silence for talk that only looked
        like a command; anything else is an incident with a number, its traceback in the log only."""
        said: list[Said] = []
        try:
            job = await self._reread(job)
            said = await self._answer(job)
        except DomainError as refusal:
            if refusal.key in TALK and not (job.addressed or self._is_order(job)):
                return
            said = [self._refused(refusal, job)]
        except Exception:  # noqa: BLE001 - the last line of defence: logged whole, told as a number
            number = secrets.token_hex(3)
            logger.exception("incident {}", number)
            said = [say_error(DomainError("door/incident", number=number, phone=self.settings.centre_phone))]
        for one in said:
            await self._send(job.reply, one)

    async def _reread(self, job: Job) -> Job:
        """Free words that name one command and nothing unknown are that command: 查一下今年血球成绩."""
        if job.command is None or job.command is not self.table.question:
            return job
        text = _whole(job)
        if asked := read_asked(text):
            return replace(job, command=self.table.by_name(asked.command), rest=asked.unit)
        if not any(head in text for head in self.table.heads):
            return job
        who = await self._principal(replace(job, command=None), self.db)  # whose labs may be named
        return await self._read_loosely(job, who, self.db)

    async def _read_loosely(self, job: Job, who: Principal, db: Doors) -> Job:
        text = _whole(job)
        names = [*await db.read(lambda tx: tx.spoken_names(who, job.incoming.place)), *self.table.takes]
        loose = read_loosely(text, self.table.heads, self.table.along, names, self.today())
        if loose is None or (command := self.table.by_name(loose.head)) is None:
            return job
        if loose.unknown or (command.acts and loose.asked and ASKING.search(text)):
            return replace(job, loose=loose)
        return replace(job, command=command, rest=loose.rest, loose=loose)

    def _refused(self, refusal: DomainError, job: Job) -> str:
        """With numbered choices where it asks back; each stands for the whole command."""
        sentence = say_error(refusal)
        if not isinstance(refusal, Several) or job.command is None:
            return sentence
        free = job.command is self.table.question
        said, rest = ("", _whole(job)) if free else (f"{job.command.name} ", fold(job.rest))
        options = refusal.options[:MOST]
        commands = tuple(f"{said}{_with(rest, refusal.word, one)}" for one in options)
        self._choices.offer(job.incoming, commands, options, job.command.acts)
        group = job.incoming.place is PlaceKind.GROUP
        return say("door/choices", {"sentence": sentence, "options": options, "group": group})

    async def _answer(self, job: Job) -> list[Said]:
        command = job.command
        if command and command.who is Who.BOUND and job.incoming.place is PlaceKind.PRIVATE:
            # who asks, what is theirs, and the audit row: one transaction, for each of its own costs a millisecond
            now = self.clock.now()
            who, result = await self.db.write(lambda tx: self._owners_result(job, tx, now))
            self._uses.keep(who, now)
        else:
            who, result = await self._result(job, self.db)
        if result is None:
            if behind := job.passed_on():
                await self.handle(behind)
            return []
        if isinstance(result, Proposal):
            return [await self._propose(result, job, who)]
        if result.choices:
            self._choices.offer(job.incoming, result.choices, once=bool(job.command and job.command.acts))
        said = rendered(result, job.incoming.place, who, self.today())
        return [*said, await result.picture.done()] if isinstance(result.picture, Sketch) else said

    async def _owners_result(self, job: Job, tx: Unit, now: datetime) -> tuple[Principal, Result]:
        who, result = await self._result(job, Within(tx))
        await self._uses.write(tx, who, now)
        return who, result

    async def _result(self, job: Job, db: Doors) -> tuple[Principal, Result]:
        who = await self._principal(job, db)
        if job.command is None:
            if job.incoming.files:
                taken = "files/by_import" if who.is_staff else "files/not_taken"
                raise DomainError(taken, phone=self.settings.centre_phone)
            if job.incoming.pictures or job.incoming.voice:
                raise DomainError("door/picture" if job.incoming.pictures else "door/voice")
            raise DomainError("door/unknown", phone=self.settings.centre_phone)
        try:
            return who, await self._permitted(job.command, job, who, db)
        except DomainError as refusal:
            if refusal.key not in READ_AGAIN or not job.addressed or job.command.who.is_staff:
                raise
            return who, await self._read_again(job.command, job, who, refusal, db)

    async def _read_again(
        self, command: Command, job: Job, who: Principal, refusal: DomainError, db: Doors
    ) -> Result:
        """As free words that name the same command, else as a question; the refusal where it is neither."""
        if command is not self.table.question and job.loose is None:
            again = await self._read_loosely(job, who, db)
            if again.command is command and again.rest != job.rest:
                return await self._permitted(command, again, who, db)
        if refusal.key not in TALK:
            raise refusal
        return await self._as_question(job, who, refusal, db)

    async def _permitted(self, command: Command, job: Job, who: Principal, db: Doors) -> Result:
        """What the handler says, if this person may ask that here; a refusal with a text of its own otherwise,
        silence where staff words are not for this group."""
        if not fits(command, job.incoming.place, self.is_office(job.incoming)):
            return await self._send_away(command, job, who, db)
        if not (command.who.allows(who) or await self._keeps(command, who, db)):
            return await self._turn_down(command, job, who, db)
        if is_doubtful(command, job.incoming.text):
            raise DomainError("door/not_stopped")
        if (said := await self._without_names(command, job, who, db)) is not None:
            return said
        result = await self._run(command, job.rest, job.incoming, who, db)
        if result is None and command is self.table.question:
            raise self._not_understood(job)
        return result

    async def _keeps(self, command: Command, who: Principal, db: Doors) -> bool:
        """Whether it is open to somebody who was bound, and is bound no more."""
        return command.suspended and bool(await db.read(lambda tx: tx.suspended(who)))

    async def _principal(self, job: Job, db: Doors) -> Principal:
        """Made only here. In an ordinary group nothing depends on who asks, in a temporary session nothing
        may, so neither is looked up; nor for what is no secret, where the list of staff (as old as the
        last tick) decides only what 帮助 shows."""
        account = job.incoming.account
        if not (self.is_office(job.incoming) or job.incoming.place is PlaceKind.PRIVATE):
            return Principal(account)
        if job.command and not job.command.personal:
            return Principal(account, self._staff.get(account, Role.NONE))
        return await db.read(lambda tx: tx.principal(account))

    async def _run(
        self, command: Command, rest: str, incoming: Incoming, who: Principal, db: Doors | None = None
    ) -> Result:
        now = self.clock.now()
        ask = parse(command, rest, local_day(now))
        office = self.is_office(incoming)
        marks = incoming.quoted_marks
        ask = replace(ask, place=incoming.place, office=office, quoted=incoming.quoted, marks=marks)
        ask = replace(ask, written=as_typed(command, rest, incoming.text), group=incoming.group)
        context = self._context(incoming, who, now, db or self.db)
        if command.who is Who.BOUND and Slot.LAB in command.slots and ask.words:
            return await self._of_lab(command, ask, who, context)
        return await command.handler(ask, who, context)

    async def _of_lab(self, command: Command, ask: Ask, who: Principal, ctx: Context) -> Result:
        """Words that name one of the asker's labs narrow the asker to it. With one lab they are looked at only
        when they are nothing else, for that takes a further round trip."""
        if len(who.labs) == 1 and Slot.WORDS in command.slots:
            try:
                return await command.handler(ask, who, ctx)
            except DomainError as refusal:
                if refusal.key not in READ_AGAIN:
                    raise
                narrowed, words = await ctx.db.read(lambda tx: narrow(tx, who, ask.words))
                if words == ask.words:
                    raise
        else:
            narrowed, words = await ctx.db.read(lambda tx: narrow(tx, who, ask.words))
        if words and Slot.WORDS not in command.slots:
            raise DomainError("ask/not_understood", word="、".join(words), example=command.example)
        return await command.handler(replace(ask, words=words), narrowed, ctx)

    def _context(self, incoming: Incoming, who: Principal, now: datetime, db: Doors) -> Context:
        async def confirm(code: str) -> Answer:
            return await self._confirmations.use(code, incoming, who)

        async def again(one: Agreement, db: Doors) -> Proposal:
            return await self._confirmations.again(one, incoming, db)

        return Context(
            db, now, self.settings, self.table, confirm, self._rules, self.clock.real(), again, self.roster
        )

    async def _propose(self, proposal: Proposal, job: Job, who: Principal) -> str:
        assert job.command is not None
        rest = as_typed(job.command, job.rest, job.incoming.text)
        code = await self._confirmations.add(proposal, job.command, rest, job.incoming)
        second = bool(proposal.second) and self.settings.second_person
        preview = "".join(map(str, rendered(proposal.preview, job.incoming.place, who, self.today())))
        return f"{preview}\n{say('door/confirm', {'code': code, 'second': second})}"

    async def _send(self, reply: Reply, said: Said) -> None:
        try:
            for part in pieces(said, PART) if isinstance(said, str) else [said]:
                await reply(part)
        except Exception:  # noqa: BLE001 - a reply that could not be sent must not stop the worker
            logger.exception("reply not sent")


def _with(rest: str, word: str, option: str) -> str:
    """The option in the place of the word that it stands for, or behind all others."""
    return rest.replace(word, option, 1) if word and word in rest else f"{rest} {option}".strip()


def _whole(job: Job) -> str:
    """All that was said, without the slash."""
    return fold(job.incoming.text).lstrip("/").lstrip()
