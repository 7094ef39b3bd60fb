"""The guide's own words: one Markdown file a topic, `words.toml` for all. Read once, at the first question."""

import asyncio
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from bot.settings import Settings
from bot.texts import fill
from core.guide import Ambiguity, Guide, Lexicon, Topic

HERE = Path(__file__).parent
_FENCE = "+++\n"
_building = Lock()


def guide() -> Guide:
    """All topics, ready to be asked. The first one to ask builds it, in about half a second."""
    with _building:
        return _built()


@cache
def _built() -> Guide:
    return Guide([topic_in(path) for path in sorted(HERE.glob("*.md"))], lexicon())


async def ready() -> Guide:
    """As `guide`; built beside the event loop if it is not there yet."""
    return guide() if _built.cache_info().currsize else await asyncio.to_thread(guide)


def text_of(topic: Topic, settings: Settings) -> str:
    """What the guide says, with this centre's telephone and addresses."""
    return fill(topic.text, {"settings": settings})


def topic_in(path: Path) -> Topic:
    """TOML between two lines of +++ (title, source, questions), then the text, a Jinja template."""
    _, front, text = path.read_text(encoding="utf-8").split(_FENCE, 2)
    said = tomllib.loads(front)
    return Topic(path.stem, said["title"], said["source"], tuple(said["questions"]), text)


def lexicon() -> Lexicon:
    said = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))
    return Lexicon(
        drop=(*said["drop"], *said["names"]),
        vague=tuple(said["vague"]),
        outside=tuple(said["outside"]),
        unwritten=tuple(said["unwritten"]),
        same={word: tuple(others) for word, others in said["same"].items()},
        ambiguous=tuple(_ambiguity(one) for one in said["ambiguous"]),
        foreign=tuple(said["foreign"]),
    )


def _ambiguity(said: Mapping[str, Any]) -> Ambiguity:
    return Ambiguity(said["word"], tuple(said["settled"]), tuple(said["topics"]), said["asks"])
