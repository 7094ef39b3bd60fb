"""By which our own pushes are known again in what QQ shows."""

from collections.abc import Mapping
from typing import Any

from core.pushes.parts import marks_in


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
    return found[-1] if found and text.rstrip().endswith("〕") else None
