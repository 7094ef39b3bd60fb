"""One door in: whatever a channel receives becomes an `Incoming`; one dispatcher finds the command, finds out
who asks, checks the permission and calls the handler. A handler never sees a platform."""

import asyncio
from collections import Counter, OrderedDict
from datetime import datetime, timedelta

from loguru import logger

from bot.acknowledging import RECEIVED, acknowledges, is_courtesy
from bot.asking import END_MARKS, FIRST_MARKS, is_about, is_chatter
from bot.commands import Command, Table
from bot.dispatcher import Dispatcher
from bot.incoming import Incoming, Job, Meant, Reply
from bot.metrics import INBOUND
from bot.office import is_said_to_each_other, meant_in_office
from bot.patience import Patience
from bot.puzzled import Puzzled
from bot.quoting import answer_meant
from bot.settings import Settings
from bot.texts import say_error
from core.access import Account, PlaceKind, Role
from core.clock import Clock
from core.errors import DomainError
from core.words import fold
from db.unit import Database

TOO_OLD = timedelta(seconds=120)  # a replayed command has no effect (interfaces §2)
QUEUE = 8000  # API answers wait behind a burst of events in the socket; a smaller one fills before any comes
PER_PERSON = 5
WORKERS = 8
REMEMBERED = 4096

Found = tuple[Command | None, str, bool, Meant | None]  # command, rest, addressed, behind


class Door(Dispatcher):
    """Bounded on every side: so many waiting in all, so many of one person, so many at work; so many answers a
    minute to one person and in one group."""

    def __init__(self, db: Database, clock: Clock, table: Table, settings: Settings) -> None:
        super().__init__(db, clock, table, settings)
        staffs = (one for one in table.commands if one.who.is_staff)
        self._staff_initials = frozenset(word[0] for one in staffs for word in one.words)
        self._queue: asyncio.Queue[Job] = asyncio.Queue(QUEUE)
        self._waiting: Counter[Account] = Counter()
        self._told_busy: set[Account] = set()
        self._patience = Patience(clock, table, settings)
        self._puzzled = Puzzled(clock)
        self._seen: OrderedDict[tuple[str, str, datetime], None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._since = clock.real().replace(microsecond=0)  # events have whole seconds

    # -- coming in

    def recognise(self, incoming: Incoming) -> Found | None:
        """(command, rest, addressed, behind), or None for chatter. Cheap: no database, no allocation worth
        naming. What is overheard goes before anything else in a group; in private before all that is not
        plainly a command, and before the staff's, which others may use without knowing."""
        text = incoming.text.lstrip()
        picked = self._picked(incoming)
        meant = picked or self._meant(incoming, text)
        if meant and not picked:
            self._choices.close(incoming)
        heard = f"{text}\n{incoming.shared}" if incoming.shared else text
        overhearing = self.table.overheard(heard)
        if overhearing and self._may_be_overheard(incoming, text):
            return overhearing, heard, incoming.place is not PlaceKind.GROUP, meant
        return (*meant, None) if meant else None

    def _picked(self, incoming: Incoming) -> Meant | None:
        """What a number stands for that was offered to this person here."""
        picked = self._choices.picked(incoming)
        found = self.table.find(picked) if picked else None
        return (*found, True) if found else None

    def _may_be_overheard(self, incoming: Incoming, text: str) -> bool:
        if incoming.place is PlaceKind.GROUP:
            return True
        found = self.table.find(fold(text.lstrip("/／")))
        return found is None or found[0].who.is_staff

    def _meant(self, incoming: Incoming, text: str) -> Meant | None:
        slash = text[:1] in ("/", "／")
        addressed = slash or incoming.is_to_me or incoming.place is not PlaceKind.GROUP
        if incoming.quoted_marks and acknowledges(text) and (one := self.table.by_name(RECEIVED)):
            return one, "", addressed
        if not addressed:
            if self.is_office(incoming) and (said := self._said_in_office(incoming, text)):
                return said
            head = text.split(None, 1)[0] if text else ""
            if len(head) > 16 or self.table.by_name(head if head.isalnum() else fold(head)) is None:
                return None
        if (incoming.files and not text) or self._puzzled.by(incoming):
            return None, "", addressed
        text = fold(text[1:] if slash else text)
        text = text.rstrip(END_MARKS) if addressed else text
        found = self._found(text, addressed, incoming)
        if found is None:
            return (self.table.question, text, addressed) if self._deserves_answer(text, addressed) else None
        command, rest = found
        if not addressed and not self._is_meant(command, rest, incoming):
            return None
        return command, rest, addressed

    def _said_in_office(self, incoming: Incoming, text: str) -> Meant | None:
        """An order, or what may be the answer to a 留言 whose alarm is quoted."""
        may_be_order = text[:1] in self._staff_initials
        if may_be_order and (order := meant_in_office(self.table, text, self.today())):
            return (*order, False)
        may_answer = self._staff.get(incoming.account, Role.NONE) >= Role.OPERATOR
        answer = answer_meant(self.table, text, incoming.quoted_marks) if may_answer else None
        return (*answer, False) if answer else None

    def _found(self, text: str, addressed: bool, incoming: Incoming) -> tuple[Command, str] | None:
        """`查重合肥某医院` as well; but `查重是什么意思` is a question, and 收到 without a quote a courtesy."""
        found = self.table.find(text)
        if found is None and addressed:
            glued = self.table.find_glued(text)
            talk = glued and (is_chatter(*glued) or is_about(*glued))
            found = None if talk else glued and (glued[0], glued[1].lstrip(FIRST_MARKS))
        if found and addressed and found[0].who.is_staff and self._is_others_word(*found, text, incoming):
            return None
        return None if found and found[0].name == RECEIVED else found

    def _is_others_word(self, one: Command, rest: str, text: str, incoming: Incoming) -> bool:
        """Whether a staff word, alone or glued to others, is of the free words of everybody: 未上报."""
        alone = not rest or text.split(None, 1)[0] not in one.words
        return alone and one.name in self.table.spoken and incoming.account not in self._staff

    def _deserves_answer(self, text: str, addressed: bool) -> bool:
        return addressed and bool(text) and not is_courtesy(text)

    def _is_meant(self, command: Command, rest: str, incoming: Incoming) -> bool:
        if command.who.is_staff and (not self.is_office(incoming) or is_said_to_each_other(command, rest)):
            return False
        return not is_chatter(command, rest)

    def offer(self, incoming: Incoming, reply: Reply, found: Found) -> None:
        """Queue a recognised message, or say once that it is busy or too much; doubled and old ones have no
        effect."""
        if self._is_repeated(incoming) or self._is_late(incoming):
            return
        if self._queue.full():
            self._say_busy(incoming, reply)
            return
        if left := self._left(incoming, reply, found):
            self._waiting[incoming.account] += 1
            INBOUND.inc()
            self._queue.put_nowait(Job(incoming, self._patience.noting(incoming, reply), *left))

    def _is_late(self, incoming: Incoming) -> bool:
        if self.clock.real() - incoming.time > TOO_OLD:
            logger.info("a command sent at {} is too old; is the clock of this machine right?", incoming.time)
            return True
        if incoming.time < self._since:  # answered by the process before this one, or by nobody
            logger.info("a command sent at {}, before this process began", incoming.time)
            return True
        return False

    def _left(self, incoming: Incoming, reply: Reply, found: Found) -> Found | None:
        """What of it is seen to, as much as this person and group have had. What is overheard in a group always
        is: a code that stands there has to be burnt."""
        command, rest, addressed, behind = found
        overheard = incoming.place is PlaceKind.GROUP and self.table.overhears(command)
        if overheard and behind is None:
            return found
        if self._has_patience(incoming, reply, behind[0] if behind else command):
            return found
        return (command, rest, addressed, None) if overheard else None

    def _has_patience(self, incoming: Incoming, reply: Reply, command: Command | None) -> bool:
        if self._waiting[incoming.account] >= PER_PERSON:
            self._say_busy(incoming, reply)
            return False
        staff, office = incoming.account in self._staff, self.is_office(incoming)
        answered, told = self._patience.weigh(incoming, command, staff, office)
        if told:
            self._tell(reply, DomainError(told))
        return answered

    def _is_repeated(self, incoming: Incoming) -> bool:
        key = (incoming.where, incoming.message_id, incoming.time)
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
        self._tell(reply, DomainError("door/busy"))

    def _tell(self, reply: Reply, refusal: DomainError) -> None:
        task = asyncio.create_task(self._send(reply, say_error(refusal)))
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
