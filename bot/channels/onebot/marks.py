"""By which our own pushes are known again in what QQ shows."""

import re
from collections.abc import Mapping
from typing import Any

from bot.channels.onebot.adapter import Gate
from core.pushes.parts import REHEARSED, marks_in

_CODES = re.compile(r"(?:\s|\[CQ:[^\]]*\])*")  # such as an @全体 before the words, in string format


def is_own(sender: object, connected: object) -> bool:
    """Whether this account is ours: the connected one itself, or another one that we speak through at times."""
    return sender is not None and (str(sender) == str(connected) or str(sender) in Gate.our_accounts())


def is_of_this_run(text: str) -> bool:
    """A rehearsal counts from 1 as well: 〔通知 26-0001-1〕 is no sign of the real one, or the other way round."""
    return text.startswith(REHEARSED, _CODES.match(text).end()) is Gate.rehearsing  # type: ignore[union-attr]


def text_of(message: Mapping[str, Any]) -> str:
    """The words of a message in a history or an event, in array or string format."""
    content = message.get("message")
    if isinstance(content, list):
        return "".join(str(part.get("data", {}).get("text", "")) for part in content if part.get("type") == "text")
    return str(message.get("raw_message") or content or "")


def last_mark(text: str) -> tuple[str, int] | None:
    """(reference, part) of the mark with which a push of ours ends. One in the middle was put there by whoever
    wrote what we repeat, and would make us believe that a push was shown."""
    found = marks_in(text)
    return found[-1] if found and text.rstrip().endswith("〕") and is_of_this_run(text) else None
