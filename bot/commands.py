"""Commands are declared where they are handled; table, help and permissions follow from the declarations."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, IntEnum

from bot.answers import Answer, Proposal
from bot.roster import UnitNames
from bot.settings import Settings
from core.access import PlaceKind, Principal, Role
from core.access.agreements import Agreement
from core.pushes.plan import Rules
from db.unit import Database, Within

QUESTION = "?"


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
            return bool(who.labs)
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
    LAB = "单位"  # one of the asker's own; the door narrows the asker to it
    UNIT = "单位名称"
    TEXT = "内容"


@dataclass(frozen=True, slots=True)
class Ask:
    """What was asked, taken apart. `private` says that the answer may bear what is this person's own; `marks`
    are those of the push that was quoted: (reference, number of the part); `written` is `text` with its line
    ends, as it was typed; `group` the number of the group it was said in."""

    text: str = field(repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)
    year: int | None = None
    n: int | None = None
    place: PlaceKind = PlaceKind.PRIVATE
    office: bool = False
    quoted: str = field(default="", repr=False)
    marks: tuple[tuple[str, int], ...] = ()
    written: str = field(default="", repr=False)
    group: str = ""

    @property
    def private(self) -> bool:
        return self.place is PlaceKind.PRIVATE


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler may use: the database, business time (`real`: the machine's own, for limits on attempts),
    the settings that texts and rules need, the table. `again`: what a colleague's command proposes now. `roster`:
    all names of units, for near ones."""

    db: Database | Within
    now: datetime
    settings: Settings
    table: "Table"
    confirm: Callable[[str], Awaitable[Answer]]
    rules: Rules
    real: datetime
    again: Callable[[Agreement, Database | Within], Awaitable[Proposal]]
    roster: UnitNames

    @property
    def announced_at(self) -> datetime | None:
        """When what is announced now goes out, if it has to wait for the end of the quiet hours."""
        return self.rules.quiet.next_calm(self.now) if self.rules.quiet.covers(self.now) else None


Handler = Callable[[Ask, Principal, Context], Awaitable[Answer | Proposal | None]]


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
    talk: bool = False
    suspended: bool = False
    spoken: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    acts: bool = False
    takes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.words[0]

    @property
    def is_loose(self) -> bool:
        """Whether it may be asked for in free words: of laboratories, with slots that can be told apart."""
        taken = {Slot.TEXT, Slot.UNIT}.intersection(self.slots)
        return not self.who.is_staff and not taken and bool(self.slots or self.spoken)


_declared: list[Command] = []
_overhearing: list[tuple[re.Pattern[str], Command]] = []


def command(
    *words: str,
    summary: str,
    example: str,
    who: Who,
    where: Where,
    slots: tuple[Slot, ...] = (),
    needs: tuple[Slot, ...] = (),
    personal: bool = True,
    talk: bool = False,
    suspended: bool = False,
    spoken: tuple[str, ...] = (),
    along: tuple[str, ...] = (),
    acts: bool = False,
    takes: tuple[str, ...] = (),
) -> Callable[[Handler], Handler]:
    """Declare a command. `who` and `where` have no default: nothing is open because somebody forgot it, and
    tests/privacy/rights.py wants a line for it. `needs` are the slots without which it cannot be understood.
    One that is not `personal` gives everybody the same answer, so it is answered without asking the database
    who it is. `talk`: people say the bare word to each other (已报), so in a group it is left alone. `suspended`:
    of those for the bound, one that they keep while their bindings are suspended. `spoken`: words that mean it
    anywhere in free words, `along`: words that may go with it there and add nothing (截止 … 几号). `acts`: it
    takes something down, so a question never is it. `takes`: words of its own that it may be given in free words
    (关闭 … 提醒)."""

    def declare(handler: Handler) -> Handler:
        slots_of = (*needs, *slots)
        kinds = (personal, talk, suspended, spoken, along, acts, takes)
        _declared.append(Command(words, handler, slots_of, needs, who, where, example, summary, *kinds))
        return handler

    return declare


def question(handler: Handler) -> Handler:
    """Declare what answers free words: everything in private that is no command, and what is addressed to
    us in a group. In private the answer may bear what is the asker's own."""
    one = Command((QUESTION,), handler, (Slot.TEXT,), (), Who.ANYONE, Where.ANYWHERE, "", "")
    _overhearing.append((re.compile(""), one))
    return handler


def overhear(pattern: str) -> Callable[[Handler], Handler]:
    """Declare what takes notice of messages that bear `pattern`, whoever they were meant for: before any
    command in a group, after all commands in private. None: it was nothing, and is met as if not overheard."""

    def declare(handler: Handler) -> Handler:
        one = Command((pattern,), handler, (Slot.TEXT,), (), Who.ANYONE, Where.ANYWHERE, "", "")
        _overhearing.insert(0, (re.compile(pattern), one))
        return handler

    return declare


class Table:
    """All declared commands by word; `overheard` by pattern, the question of free words last."""

    def __init__(self, commands: list[Command], overhearing: list[tuple[re.Pattern[str], Command]]) -> None:
        self.commands = tuple(sorted(commands, key=lambda c: c.who.is_staff))
        self.question = next((one for _, one in overhearing if one.name == QUESTION), None)
        self._overhearing = [(pattern, one) for pattern, one in overhearing if one is not self.question]
        self._by_word: dict[str, Command] = {}
        loosely = [one for one in commands if one.is_loose]
        self.heads = {word: one.name for one in loosely for word in (*one.words, *one.spoken)}
        self.along = {one.name: one.along for one in loosely}
        self.spoken = frozenset(word for one in loosely for word in one.spoken)
        self.takes = frozenset(word for one in loosely for word in one.takes if len(word) > 1)
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
        """The longest command word that the text begins with: for private chat, `查重合肥某医院`. None where it
        begins with a longer one that only stands in free words: 上报时间."""
        for length in range(min(len(text), 8), 1, -1):
            if text[:length] in self.spoken:
                return None
            if found := self._by_word.get(text[:length]):
                rest = text[length:].strip()
                return None if found.is_loose and self._names_another(found, rest) else (found, rest)
        return None

    def _names_another(self, one: Command, rest: str) -> bool:
        """Free words with two commands in them: 上报到几号截止."""
        return any(name != one.name and word in rest for word, name in self.heads.items())

    def overheard(self, text: str) -> Command | None:
        return next((one for pattern, one in self._overhearing if pattern.search(text)), None)

    def overhears(self, one: Command | None) -> bool:
        return any(one is heard for _, heard in self._overhearing)

    def by_name(self, word: str) -> Command | None:
        return self._by_word.get(word.lower())

    def visible(self, who: Principal, place: PlaceKind, office: bool) -> list[Command]:
        """The commands this person can use here; those for the bound to everybody in private, for who is
        bound is not asked only to show a list."""
        return [c for c in self.commands if (c.who is Who.BOUND or c.who.allows(who)) and fits(c, place, office)]


def fits(one: Command, place: PlaceKind, office: bool) -> bool:
    """Whether the command may be used in such a place at all."""
    if one.where is Where.OFFICE:
        return place is PlaceKind.PRIVATE or office
    if one.where is Where.PRIVATE:
        return place is PlaceKind.PRIVATE
    return one.where is Where.ANYWHERE


def declared() -> Table:
    """The table of everything declared so far (plugins are loaded first)."""
    return Table(list(_declared), list(_overhearing))
