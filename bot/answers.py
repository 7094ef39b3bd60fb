"""What a handler gives back: an answer, or a proposal that waits for 确认."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.access.agreements import Second
from db.unit import Unit


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along with an answer; only ever in private."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG that is sent as a picture; `text` says the same where pictures are impossible."""

    name: str
    content: bytes = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sketch:
    """A picture yet to be drawn: a handler reads in a transaction, and drawing takes longer than one may last.
    `draw` gives the PNG, or None where pictures are impossible."""

    name: str
    text: str = field(repr=False)
    draw: Callable[[], Awaitable[bytes | None]] = field(repr=False)

    async def done(self) -> "Picture | str":
        content = await self.draw()
        return self.text if content is None else Picture(self.name, content, self.text)


@dataclass(frozen=True, slots=True)
class Recall:
    """The message that was answered shall be taken back, where the platform lets us."""


Said = str | Attachment | Picture | Recall  # one thing that is said; what channels know to send


@dataclass(frozen=True, slots=True)
class Answer:
    """A template and its view. `private` names the labs whose data it bears, `codes` those whose code: the
    door refuses it anywhere but in private, to somebody who may see them. `recall`: take the asker's own
    message back, it should not stand there. `choices`: the commands that 1, 2, 3 … stand for, which the template
    has numbered."""

    template: str
    view: Mapping[str, Any] = field(default_factory=dict, repr=False)
    private: frozenset[int] = frozenset()
    codes: frozenset[int] = frozenset()
    file: Attachment | None = None
    picture: Picture | Sketch | None = None
    recall: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A preview of what would be done; 确认 asks the handler again and does it if nothing changed.

    `digest` is whatever must be the same at both times; `do` runs in one write transaction. `second`: what
    other staff must agree to; 确认 then only asks them for 同意.
    """

    preview: Answer
    digest: object = field(repr=False)
    do: Callable[[Unit], Awaitable[Answer]]
    second: Second | None = None
