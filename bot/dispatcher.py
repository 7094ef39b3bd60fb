"""Who asks, may they, and what is the answer; previews and their confirmation."""

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from loguru import logger

from bot.commands import Answer, Command, Context, Proposal, Table, fits, parse
from bot.incoming import Incoming, Job, Reply, parts
from bot.settings import Settings
from bot.texts import say, say_error
from core.access import Account, PlaceKind, Principal, Role
from core.activities.use import local_day
from core.clock import Clock
from core.errors import DomainError
from db.unit import Database

CONFIRM_FOR = timedelta(seconds=120)
OPERATOR = Principal(Account("cli", "local"), Role.ADMIN)  # whoever may run the program on its own machine


class Dispatcher:
    """Handles one message at a time; `Door` decides how many."""

    def __init__(self, db: Database, clock: Clock, table: Table, settings: Settings) -> None:
        self.db, self.clock, self.table, self.settings = db, clock, table, settings
        self._rules = settings.rules
        self.offices: frozenset[tuple[str, str]] = frozenset()
        self._staff: dict[Account, Role] = {}

    def is_office(self, incoming: Incoming) -> bool:
        return incoming.place is PlaceKind.GROUP and (incoming.channel, incoming.group) in self.offices

    async def refresh(self) -> None:
        """Which groups are staff groups, and who is staff; asked at the start and at every tick."""
        groups = await self.db.read(lambda tx: tx.groups())
        self.offices = frozenset((g.platform, g.id) for g in groups if g.staff)
        self._staff = dict(await self.db.read(lambda tx: tx.staff_list()))

    async def handle(self, job: Job) -> None:
        """Answer one message. Order: refusals with a text of their own; silence for talk that only looked
        like a command; anything else is an incident with a number, its traceback in the log only."""
        try:
            text = await self._answer(job)
        except DomainError as refusal:
            if refusal.key in _TALK and not job.addressed:
                return
            text = say_error(refusal)
        except Exception:  # noqa: BLE001 - the last line of defence: logged whole, told as a number
            number = secrets.token_hex(3)
            logger.exception("incident {}", number)
            text = say_error(DomainError("door/incident", number=number, phone=self.settings.centre_phone))
        if text:
            await self._send(job.reply, text)

    async def _answer(self, job: Job) -> str:
        who = await self._principal(job)
        if job.command is None:
            raise DomainError("door/unknown", phone=self.settings.centre_phone)
        if not self._permitted(job, who):
            if not job.addressed:
                return ""
            raise DomainError("door/forbidden" if job.command.who.is_staff else "door/not_here")
        result = await self._run(job.command, job.rest, job.incoming, who)
        if isinstance(result, Proposal):
            return await self._propose(result, job)
        return self._rendered(result, job.incoming.place, who)

    def _permitted(self, job: Job, who: Principal) -> bool:
        assert job.command is not None
        incoming = job.incoming
        return job.command.who.allows(who) and fits(job.command, incoming.place, self.is_office(incoming))

    async def _principal(self, job: Job) -> Principal:
        """Made only here. In an ordinary group nothing depends on who asks, in a temporary session nothing
        may, so neither is looked up; nor for what is no secret, where the list of staff (as old as the
        last tick) decides only what 帮助 shows."""
        account = job.incoming.account
        if not (self.is_office(job.incoming) or job.incoming.place is PlaceKind.PRIVATE):
            return Principal(account)
        if job.command and not job.command.personal:
            return Principal(account, self._staff.get(account, Role.NONE))
        return await self.db.read(lambda tx: tx.principal(account))

    async def _run(self, command: Command, rest: str, incoming: Incoming, who: Principal) -> Answer | Proposal:
        now = self.clock.now()
        ask = parse(command, rest, local_day(now))
        office = self.is_office(incoming)
        ask = replace(ask, place=incoming.place, office=office, quoted=incoming.quoted)
        return await command.handler(ask, who, self._context(incoming, who, now))

    def _context(self, incoming: Incoming, who: Principal, now: datetime) -> Context:
        async def confirm(code: str) -> Answer:
            return await self._confirmed(code, incoming, who)

        return Context(self.db, now, self.settings, self.table, confirm, self._rules)

    def _rendered(self, answer: Answer, place: PlaceKind, who: Principal) -> str:
        if answer.private and not (place is PlaceKind.PRIVATE and all(map(who.may_see_code, answer.private))):
            raise PermissionError("private answer at the wrong door")
        return say(answer.template, answer.view)

    # -- confirmations

    async def _propose(self, proposal: Proposal, job: Job) -> str:
        incoming, command = job.incoming, job.command
        assert command is not None
        code = f"{secrets.randbelow(9000) + 1000}"
        until = self.clock.real() + CONFIRM_FOR
        text = f"{command.name} {job.rest}"[:1000]
        await self.db.write(
            lambda tx: tx.add_confirmation(
                code, incoming.account, incoming.where, text, _digest(proposal.digest), until
            )
        )
        preview = say(proposal.preview.template, proposal.preview.view)
        return f"{preview}\n{say('door/confirm', {'code': code})}"

    async def _confirmed(self, code: str, incoming: Incoming, who: Principal) -> Answer:
        """Ask the handler again; do it only if it still proposes the very same."""
        real = self.clock.real()
        waiting = await self.db.write(
            lambda tx: tx.take_confirmation(code, incoming.account, incoming.where, real)
        )
        if waiting is None:
            raise DomainError("door/no_confirmation", code=code)
        text, digest = waiting
        found = self.table.find(text)
        if found is None or not found[0].who.allows(who):
            raise DomainError("door/forbidden")
        proposal = await self._run(found[0], found[1], incoming, who)
        if not isinstance(proposal, Proposal) or _digest(proposal.digest) != digest:
            raise DomainError("door/changed")
        return await self.db.write(proposal.do)

    async def _send(self, reply: Reply, text: str) -> None:
        try:
            for part in parts(text):
                await reply(part)
        except Exception:  # noqa: BLE001 - a reply that could not be sent must not stop the worker
            logger.exception("reply not sent")


_TALK = {"ask/not_understood", "activities/programme_unknown"}


def _digest(content: object) -> str:
    return hashlib.sha256(repr(content).encode()).hexdigest()
