"""A message from anywhere, in the one form that the door knows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.answers import Said
from bot.commands import Command
from core.access import Account, PlaceKind
from core.words.loose import Loose

Meant = tuple[Command | None, str, bool]  # command, rest, addressed
Reply = Callable[[Said], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file that came with a message: what the platform said of it. `id` and `url` are for its channel to fetch
    it with; nothing is fetched before it is asked for."""

    name: str = field(repr=False)
    size: int | None = None
    id: str = field(default="", repr=False)
    url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from anywhere. `group` is the platform's number, empty in private."""

    channel: str
    account: Account
    place: PlaceKind
    group: str
    text: str = field(repr=False)
    message_id: str
    time: datetime
    is_to_me: bool = False
    files: tuple[FileRef, ...] = ()  # in private only
    quoted: str = field(default="", repr=False)
    shared: str = field(
        default="", repr=False
    )  # what stands in posters and forwarded chats of a group: overheard, never a command
    quoted_marks: tuple[tuple[str, int], ...] = ()  # (reference, part) of the push of ours that is quoted
    quotes_us: bool = False  # a message of ours is quoted, whichever
    pictures: bool = False  # a picture or a film came along; a sticker is none
    voice: bool = False  # it is spoken

    @property
    def where(self) -> str:
        return f"{self.channel}:{self.place}:{self.group or self.account.id}"


@dataclass(frozen=True, slots=True)
class Job:
    """A message that is for us. `addressed`: a slash, an @ or a private chat, so it is always answered.
    `behind`: what it is to us if whoever overheard it makes nothing of it. `loose`: the command was found in free
    words."""

    incoming: Incoming
    reply: Reply
    command: Command | None
    rest: str
    addressed: bool
    behind: Meant | None = None
    loose: Loose | None = None

    def passed_on(self) -> "Job | None":
        if self.behind is None:
            return None
        command, rest, addressed = self.behind
        return replace(self, command=command, rest=rest, addressed=addressed, behind=None)
