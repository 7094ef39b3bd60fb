"""Who asks, may they, and what is the answer."""

import secrets
from dataclasses import replace
from datetime import date, datetime

from loguru import logger

from bot.answers import Answer, Attachment, Proposal, Recall
from bot.asking import as_typed, parse
from bot.commands import Command, Context, Slot, Table, Who, fits
from bot.confirmations import Confirmations
from bot.incoming import Incoming, Job, Reply
from bot.office import is_doubtful, is_set_off
from bot.rendering import rendered
from bot.settings import Settings
from bot.texts import say, say_error
from bot.using import Uses
from core.access import Account, ManagedGroup, PlaceKind, Principal, Role
from core.access.agreements import Agreement
from core.activities.use import ALL, local_day, programmes
from core.clock import Clock
from core.errors import DomainError
from core.pushes.parts import PART
from core.words import fold, pieces
from db.unit import Database, Unit, Within

OPERATOR = Principal(Account("cli", "local"), Role.ADMIN)  # whoever may run the program on its own machine
MACHINE = Principal(Account("machine", "local"))  # the program by itself, a name for the log

Doors = Database | Within
Result = Answer | Proposal | None


class Dispatcher:
    """Handles one message at a time; `Door` decides how many."""

    def __init__(self, db: Database, clock: Clock, table: Table, settings: Settings) -> None:
        self.db, self.clock, self.table, self.settings = db, clock, table, settings
        self._rules = settings.rules
        self._confirmations = Confirmations(db, clock, table, self._run, settings.second_person)
        self.offices: frozenset[tuple[str, str]] = frozenset()
        self._groups: tuple[ManagedGroup, ...] = ()
        self._staff: dict[Account, Role] = {}
        self._uses = Uses()

    def is_office(self, incoming: Incoming) -> bool:
        return incoming.place is PlaceKind.GROUP and (incoming.channel, incoming.group) in self.offices

    async def refresh(self) -> None:
        """Which groups are staff groups, and who is staff; asked at the start and at every tick."""
        groups = await self.db.read(lambda tx: tx.groups())
        self.offices = frozenset((g.platform, g.id) for g in groups if g.staff)
        self._groups = tuple(groups)
        self._staff = dict(await self.db.read(lambda tx: tx.staff_list()))

    def today(self) -> date:
        return local_day(self.clock.now())

    def groups_of(self, platform: str) -> list[str]:
        """Numbers of the managed groups of a platform, as of the last tick."""
        return [group.id for group in self._groups if group.platform == platform]

    async def handle(self, job: Job) -> None:
        """Answer one message. Order: refusals with a text of their own; silence for talk that only looked
        like a command; anything else is an incident with a number, its traceback in the log only."""
        said: list[str | Attachment | Recall] = []
        try:
            said = await self._answer(job)
        except DomainError as refusal:
            if refusal.key in _TALK and not (job.addressed or self._is_order(job)):
                return
            said = [say_error(refusal)]
        except Exception:  # noqa: BLE001 - the last line of defence: logged whole, told as a number
            number = secrets.token_hex(3)
            logger.exception("incident {}", number)
            said = [say_error(DomainError("door/incident", number=number, phone=self.settings.centre_phone))]
        for one in said:
            await self._send(job.reply, one)

    async def _answer(self, job: Job) -> list[str | Attachment | Recall]:
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
        return rendered(result, job.incoming.place, who, self.today())

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
            raise DomainError("door/unknown", phone=self.settings.centre_phone)
        try:
            return who, await self._permitted(job.command, job, who, db)
        except DomainError as refusal:
            if refusal.key not in _TALK or not job.addressed or job.command.who.is_staff:
                raise
            return who, await self._as_question(job, who, refusal)

    async def _permitted(self, command: Command, job: Job, who: Principal, db: Doors) -> Result:
        """What the handler says, if this person may ask that here; a refusal with a text of its own otherwise,
        silence where staff words are not for this group."""
        if not fits(command, job.incoming.place, self.is_office(job.incoming)):
            return await self._send_away(command, job, who, db)
        if not (command.who.allows(who) or await self._keeps(command, who, db)):
            return await self._turn_down(command, job, who, db)
        if is_doubtful(command, job.incoming.text):
            raise DomainError("door/not_stopped")
        result = await self._run(command, job.rest, job.incoming, who, db)
        if result is None and command is self.table.question:
            raise DomainError("door/unknown", phone=self.settings.centre_phone)
        return result

    async def _keeps(self, command: Command, who: Principal, db: Doors) -> bool:
        """Whether it is open to somebody who was bound, and is bound no more."""
        return command.suspended and bool(await db.read(lambda tx: tx.suspended(who)))

    async def _turn_down(self, command: Command, job: Job, who: Principal, db: Doors) -> Result:
        """In a staff group colleagues are told what they may not do, others are not heard."""
        refusal = await self._lacking(command, job, who, db)
        if not job.addressed:
            if who.is_staff and (self._is_order(job) or not await self._is_talk(command, job, db)):
                raise refusal
            return None
        loose = _is_loose(command, job) and not who.is_staff
        if loose or await self._is_talk(command, job, db):
            return await self._as_question(job, who, refusal)
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
            if _is_loose(command, job):
                return await self._as_question(job, who, refusal)
            raise refusal
        away = DomainError("door/not_here", command=command.name)
        if await self._is_talk(command, job, db):
            return await self._as_question(job, who, away) if job.addressed else None
        raise away

    async def _is_talk(self, command: Command, job: Job, db: Doors) -> bool:
        """Whether the rest is nothing that the command takes: 报名什么时候开始 is a question of anybody, though
        报名 is not everybody's command."""
        today = self.today()
        try:
            ask = parse(command, job.rest, today)
            named = [word for word in ask.words if word != ALL] if Slot.WORDS in command.slots else []
            if named:
                await db.read(lambda tx: programmes(tx, ask.year, named, today))
        except DomainError as refusal:
            return refusal.key in _TALK or (refusal.key == "ask/missing" and bool(job.rest))
        return False

    async def _as_question(self, job: Job, who: Principal, refusal: DomainError) -> Result:
        """Words that no slot takes may be a question in plain words; else the refusal stands."""
        question = self.table.question
        if question is None or job.command is question:
            raise refusal
        whole = fold(job.incoming.text).lstrip("/").lstrip()
        result = await self._run(question, whole, job.incoming, who)
        if result is None:
            raise refusal
        return result

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
        ask = replace(ask, written=as_typed(command, rest, incoming.text))
        return await command.handler(ask, who, self._context(incoming, who, now, db or self.db))

    def _context(self, incoming: Incoming, who: Principal, now: datetime, db: Doors) -> Context:
        async def confirm(code: str) -> Answer:
            return await self._confirmations.use(code, incoming, who)

        async def again(one: Agreement, db: Doors) -> Proposal:
            return await self._confirmations.again(one, incoming, db)

        return Context(db, now, self.settings, self.table, confirm, self._rules, self.clock.real(), again)

    async def _propose(self, proposal: Proposal, job: Job, who: Principal) -> str:
        assert job.command is not None
        rest = as_typed(job.command, job.rest, job.incoming.text)
        code = await self._confirmations.add(proposal, job.command, rest, job.incoming)
        second = bool(proposal.second) and self.settings.second_person
        preview = "".join(map(str, rendered(proposal.preview, job.incoming.place, who, self.today())))
        return f"{preview}\n{say('door/confirm', {'code': code, 'second': second})}"

    async def _send(self, reply: Reply, said: str | Attachment | Recall) -> None:
        try:
            for part in pieces(said, PART) if isinstance(said, str) else [said]:
                await reply(part)
        except Exception:  # noqa: BLE001 - a reply that could not be sent must not stop the worker
            logger.exception("reply not sent")


def _is_loose(command: Command, job: Job) -> bool:
    """Whether a staff word stands alone or glued to others: 绑定码丢了 is what anybody asks who has one."""
    head = fold(job.incoming.text).lstrip("/").lstrip().partition(" ")[0]
    return command.who.is_staff and (not job.rest or head.lower() not in command.words)


_TALK = {"ask/not_understood", "activities/programme_unknown", "activities/change_form", "guide/unknown"}
