"""Commands are declared where they are handled; table, help and permissions follow from the declarations."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, IntEnum
from typing import Any

from bot.settings import Settings
from core.access import PlaceKind, Principal, Role
from core.errors import DomainError
from core.labs.names import looks_like_unit
from core.pushes.plan import Rules
from core.words import fold, take
from db.unit import Database, Unit

LONGEST_UNIT = 60
_BETWEEN = re.compile(r"[、，,；;]")


class Who(IntEnum):
    """The least that must be proved; compared with what the principal has."""

    ANYONE = 0
    BOUND = 1
    VIEWER = 2
    OPERATOR = 3
    ADMIN = 4

    def allows(self, who: Principal) -> bool:
        if self is Who.ANYONE:
            return True
        if self is Who.BOUND:
            return bool(who.labs) or who.is_staff
        return who.role >= Role(self - 1)

    @property
    def is_staff(self) -> bool:
        return self >= Who.VIEWER


class Where(Enum):
    """ANYWHERE: group or private. PRIVATE: private only. Staff words: private or the staff group."""

    ANYWHERE = "anywhere"
    PRIVATE = "private"
    OFFICE = "office"


class Slot(Enum):
    """What may follow a command word, in any order."""

    YEAR = "年度"
    NUMBER = "次数"
    WORDS = "词"  # programmes, topics: checked by the handler, unknown ones named in the answer
    UNIT = "单位名称"
    TEXT = "内容"


@dataclass(frozen=True, slots=True)
class Ask:
    """What was asked, taken apart. `private` says that the answer may bear what is this person's own."""

    text: str
    words: tuple[str, ...] = ()
    year: int | None = None
    n: int | None = None
    place: PlaceKind = PlaceKind.PRIVATE
    office: bool = False
    quoted: str = ""

    @property
    def private(self) -> bool:
        return self.place is PlaceKind.PRIVATE


@dataclass(frozen=True, slots=True)
class Answer:
    """A template and its view. `private` names the labs whose data it bears: the door refuses it anywhere
    but in private, to somebody who may see them."""

    template: str
    view: Mapping[str, Any] = field(default_factory=dict)
    private: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A preview of what would be done; 确认 asks the handler again and does it if nothing changed.

    `digest` is whatever must be the same at both times; `do` runs in one write transaction.
    """

    preview: Answer
    digest: object
    do: Callable[[Unit], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler may use: the database, business time, the settings that texts and rules need, the table."""

    db: Database
    now: datetime
    settings: Settings
    table: "Table"
    confirm: Callable[[str], Awaitable[Answer]]
    rules: Rules

    @property
    def announced_at(self) -> datetime | None:
        """When what is announced now goes out, if it has to wait for the end of the quiet hours."""
        return self.rules.quiet.next_calm(self.now) if self.rules.quiet.covers(self.now) else None


Handler = Callable[[Ask, Principal, Context], Awaitable[Answer | Proposal]]


@dataclass(frozen=True, slots=True)
class Command:
    words: tuple[str, ...]
    handler: Handler
    slots: tuple[Slot, ...]
    needs: tuple[Slot, ...]
    who: Who
    where: Where
    example: str
    summary: str
    personal: bool = True

    @property
    def name(self) -> str:
        return self.words[0]


_declared: list[Command] = []


def command(
    *words: str,
    summary: str,
    example: str,
    slots: tuple[Slot, ...] = (),
    needs: tuple[Slot, ...] = (),
    who: Who = Who.ANYONE,
    where: Where = Where.ANYWHERE,
    personal: bool = True,
) -> Callable[[Handler], Handler]:
    """Declare a command; `needs` are the slots without which it cannot be understood. One that is not
    `personal` gives everybody the same answer, so it is answered without asking the database who it is."""

    def declare(handler: Handler) -> Handler:
        _declared.append(Command(words, handler, (*needs, *slots), needs, who, where, example, summary, personal))
        return handler

    return declare


class Table:
    """All declared commands by word."""

    def __init__(self, commands: list[Command]) -> None:
        self.commands = tuple(sorted(commands, key=lambda c: c.who.is_staff))
        self._by_word: dict[str, Command] = {}
        for one in commands:
            for word in one.words:
                if word in self._by_word:
                    raise ValueError(f"command declared twice: {word}")
                self._by_word[word] = one

    def find(self, text: str) -> tuple[Command, str] | None:
        """The command whose word stands first as a whole word, and the rest."""
        head, _, rest = text.partition(" ")
        found = self._by_word.get(head.lower())
        return (found, rest) if found else None

    def find_glued(self, text: str) -> tuple[Command, str] | None:
        """The longest command word that the text begins with: for private chat, `查重合肥某医院`."""
        for length in range(min(len(text), 8), 1, -1):
            if found := self._by_word.get(text[:length]):
                return found, text[length:].strip()
        return None

    def by_name(self, word: str) -> Command | None:
        return self._by_word.get(word.lower())

    def visible(self, who: Principal, place: PlaceKind, office: bool) -> list[Command]:
        """The commands this person can use here."""
        return [c for c in self.commands if c.who.allows(who) and fits(c, place, office)]


def fits(one: Command, place: PlaceKind, office: bool) -> bool:
    """Whether the command may be used in such a place at all."""
    if one.where is Where.OFFICE:
        return place is PlaceKind.PRIVATE or office
    if one.where is Where.PRIVATE:
        return place is PlaceKind.PRIVATE
    return True


def declared() -> Table:
    """The table of everything declared so far (plugins are loaded first)."""
    return Table(list(_declared))


def parse(one: Command, rest: str, today: date) -> Ask:
    """Take the rest of a message apart as the command's slots say.

    DomainError: ask/not_understood (a word no slot takes), ask/missing (a slot that is needed).
    """
    text = fold(rest)
    if Slot.UNIT in one.slots or Slot.TEXT in one.slots:
        if Slot.UNIT in one.slots and len(text) > LONGEST_UNIT:
            raise DomainError("ask/too_long")
        ask = Ask(text, tuple(text.split()))
    else:
        found = take(text, today)
        words = tuple(word for part in found.rest for word in _BETWEEN.split(part) if word)
        ask = Ask(text, words, found.year, found.n)
        _check_leftovers(one, ask)
    for slot in one.needs:
        if not _given(slot, ask):
            raise DomainError("ask/missing", slot=slot.value, example=one.example)
    return ask


def _check_leftovers(one: Command, ask: Ask) -> None:
    for value, slot in ((ask.year, Slot.YEAR), (ask.n, Slot.NUMBER)):
        if value is not None and slot not in one.slots:
            raise DomainError("ask/not_understood", word=str(value), example=one.example)
    if ask.words and Slot.WORDS not in one.slots:
        raise DomainError("ask/not_understood", word=ask.words[0], example=one.example)


def _given(slot: Slot, ask: Ask) -> bool:
    if slot is Slot.YEAR:
        return ask.year is not None
    if slot is Slot.NUMBER:
        return ask.n is not None
    return bool(ask.words)


def is_chatter(one: Command, rest: str) -> bool:
    """Whether a group message that begins with a command word still is talk among people: a unit name
    that is none. Words are checked later, by the handler that knows the programmes."""
    return Slot.UNIT in one.slots and bool(rest) and not looks_like_unit(rest)
