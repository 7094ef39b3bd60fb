"""One door in: whatever a channel receives becomes an `Incoming`; one dispatcher finds the command, finds out
who asks, checks the permission and calls the handler. A handler never sees a platform."""

import asyncio
import hashlib
import secrets
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from loguru import logger

from bot.commands import Answer, Command, Context, Proposal, Table, fits, is_chatter, parse
from bot.texts import say, say_error
from core.access import Account, PlaceKind, Principal, Role
from core.activities.use import local_day
from core.clock import Clock
from core.errors import DomainError
from core.words import fold
from db.unit import Database

TOO_OLD = timedelta(seconds=120)  # a replayed command has no effect (interfaces §2)
CONFIRM_FOR = timedelta(seconds=120)
QUEUE = 2000
PER_PERSON = 5
WORKERS = 8
REMEMBERED = 4096
PART = 1500
_COURTESIES = "谢谢 多谢 谢了 好的 好 收到 已收到 收到谢谢 嗯 嗯嗯 ok OK 知道了 明白 明白了 辛苦了 再见 没事了"
COURTESIES = frozenset(_COURTESIES.split())

OPERATOR = Principal(Account("cli", "local"), Role.ADMIN)  # whoever may run the program on its own machine

Reply = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from anywhere. `group` is the platform's number, empty in private."""

    channel: str
    account: Account
    place: PlaceKind
    group: str
    text: str
    message_id: str
    time: datetime
    is_to_me: bool = False
    files: tuple[str, ...] = ()
    quoted: str = ""

    @property
    def where(self) -> str:
        return f"{self.channel}:{self.place}:{self.group or self.account.id}"


@dataclass(frozen=True, slots=True)
class Job:
    """A message that is for us. `addressed`: a slash, an @ or a private chat, so it is always answered."""

    incoming: Incoming
    reply: Reply
    command: Command | None
    rest: str
    addressed: bool


class Door:
    """Bounded on every side: so many waiting in all, so many of one person, so many at work."""

    def __init__(self, db: Database, clock: Clock, table: Table, settings: Any, channels: Any = None) -> None:
        self.db, self.clock, self.table, self.settings, self.channels = db, clock, table, settings, channels
        self._rules = settings.rules
        self.offices: frozenset[tuple[str, str]] = frozenset()
        self._queue: asyncio.Queue[Job] = asyncio.Queue(QUEUE)
        self._waiting: Counter[Account] = Counter()
        self._told_busy: set[Account] = set()
        self._seen: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    # -- coming in

    def recognise(self, incoming: Incoming) -> tuple[Command | None, str, bool] | None:
        """(command, rest, addressed), or None for chatter. Cheap: no database, no allocation worth naming."""
        text = incoming.text.lstrip()
        slash = text[:1] in ("/", "／")
        addressed = slash or incoming.is_to_me or incoming.place is not PlaceKind.GROUP
        if not addressed:
            head = text.split(None, 1)[0] if text else ""
            if len(head) > 16 or self.table.by_name(head if head.isalnum() else fold(head)) is None:
                return None
        text = fold(text[1:] if slash else text)
        found = self.table.find(text)
        if found is None and addressed:
            found = self.table.find_glued(text)
        if found is None:
            return (None, text, addressed) if self._deserves_answer(text, addressed) else None
        command, rest = found
        if not addressed and not self._is_meant(command, rest, incoming):
            return None
        return command, rest, addressed

    def _deserves_answer(self, text: str, addressed: bool) -> bool:
        return addressed and bool(text) and text.strip("。！!～~ .") not in COURTESIES

    def _is_meant(self, command: Command, rest: str, incoming: Incoming) -> bool:
        if command.who.is_staff and not self.is_office(incoming):
            return False
        return not is_chatter(command, rest)

    def is_office(self, incoming: Incoming) -> bool:
        return incoming.place is PlaceKind.GROUP and (incoming.channel, incoming.group) in self.offices

    def offer(self, incoming: Incoming, reply: Reply, found: tuple[Command | None, str, bool]) -> None:
        """Queue a recognised message, or say once that it is busy; doubled and old ones have no effect."""
        if self._is_repeated(incoming):
            return
        if self.clock.real() - incoming.time > TOO_OLD:
            logger.info("a command sent at {} is too old; is the clock of this machine right?", incoming.time)
            return
        if self._waiting[incoming.account] >= PER_PERSON or self._queue.full():
            self._say_busy(incoming, reply)
            return
        self._waiting[incoming.account] += 1
        self._queue.put_nowait(Job(incoming, reply, *found))

    def _is_repeated(self, incoming: Incoming) -> bool:
        key = (incoming.channel, incoming.where, incoming.message_id)
        if key in self._seen:
            return True
        self._seen[key] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return False

    def _say_busy(self, incoming: Incoming, reply: Reply) -> None:
        if incoming.account in self._told_busy:
            return
        self._told_busy.add(incoming.account)
        task = asyncio.create_task(self._send(reply, say_error(DomainError("door/busy"))))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- at work

    def start(self) -> None:
        for _ in range(WORKERS):
            task = asyncio.create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def refresh(self) -> None:
        """Which groups are staff groups; asked at the start and at every tick."""
        groups = await self.db.read(lambda tx: tx.groups())
        self.offices = frozenset((g.platform, g.id) for g in groups if g.staff)

    async def _work(self) -> None:
        while True:
            job = await self._queue.get()
            try:
                await self.handle(job)
            finally:
                self._leave(job.incoming.account)

    def _leave(self, account: Account) -> None:
        self._waiting[account] -= 1
        if self._waiting[account] <= 0:
            del self._waiting[account]
            self._told_busy.discard(account)

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
        may, so neither is looked up."""
        account = job.incoming.account
        office = self.is_office(job.incoming)
        if not (office or job.incoming.place is PlaceKind.PRIVATE):
            return Principal(account)
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

        return Context(
            self.db, now, self.clock.real(), self.settings, self.table, confirm, self.channels, self._rules
        )

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


def parts(text: str, size: int = PART) -> list[str]:
    """The text in messages of at most `size` characters, broken at line ends where possible."""
    found: list[str] = []
    for line in text.split("\n"):
        while len(line) > size:
            found.append(line[:size])
            line = line[size:]
        if found and len(found[-1]) + 1 + len(line) <= size:
            found[-1] += "\n" + line
        else:
            found.append(line)
    return found
