"""What is said, line by line, on any terminal; and a memory of it for the script's checks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.demo.moments import clock_text
from bot.demo.wrap import wrapped

WIDTH = 38  # columns of a small telephone
INDENT = "  "
REFERENCE = re.compile(r"〔通知 [\d-]+〕")


@dataclass(frozen=True, slots=True)
class Message:
    """`pushed`: nobody asked for it. `group` is empty in private."""

    at: datetime
    sender: str
    target: str
    text: str
    group: str = ""
    pushed: bool = False

    def is_copy_of(self, other: "Message") -> bool:
        """The same push for another group: only the reference differs."""
        same = REFERENCE.sub("", self.text) == REFERENCE.sub("", other.text)
        return same and self.pushed and other.pushed and self.at == other.at


class Screen:
    """Prints to standard output, flushed line by line so that a pipe shows it, too."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def show(self, message: Message) -> None:
        """Time, sender and target above the text; a copy of the push before it is printed by its reference."""
        before = self.messages[-1] if self.messages else None
        self.messages.append(message)
        copied = before is not None and message.is_copy_of(before)
        text = f"（同文）{''.join(REFERENCE.findall(message.text))}" if copied else message.text
        heading = f"{clock_text(message.at)} {message.sender} → {message.target}"
        self._print([heading, *(INDENT + line for line in wrapped(text, WIDTH))], blank=not copied)

    def narrate(self, text: str) -> None:
        self._print(wrapped(text, WIDTH + len(INDENT)))

    def aside(self, text: str) -> None:
        self._print([INDENT + line for line in wrapped(text, WIDTH)], blank=False)

    def _print(self, lines: Sequence[str], blank: bool = True) -> None:
        print(*([""] if blank else []), *lines, sep="\n", flush=True)
