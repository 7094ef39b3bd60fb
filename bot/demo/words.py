"""What the demonstration itself says, as against the assistant: one sentence a key."""

import tomllib
from functools import cache

from bot.texts import HERE


def line(key: str, **values: object) -> str:
    """The sentence `subject.name` of texts/demo/lines.toml."""
    subject, name = key.split(".")
    return str(_lines()[subject][name]).strip().format(**values)


@cache
def _lines() -> dict[str, dict[str, str]]:
    return tomllib.loads((HERE / "demo" / "lines.toml").read_text(encoding="utf-8"))
