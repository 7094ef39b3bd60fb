"""The guide's own words: one Markdown file a topic, `words.toml` for all. Read once, at the first question."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.texts import fill
from core.guide import Ambiguity, Guide, Lexicon, Topic

HERE = Path(__file__).parent
_FENCE = "+++\n"


@cache
def guide() -> Guide:
    """All topics, ready to be asked."""
    return Guide([topic_in(path) for path in sorted(HERE.glob("*.md"))], lexicon())


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
