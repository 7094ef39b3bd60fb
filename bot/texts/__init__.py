"""Every sentence a user reads: a folder a subject, with Jinja templates and `errors.toml`, one sentence a refusal.

What a template produces is plain text; channels put it into text segments, so nothing in it becomes markup.
Whatever a template prints is made harmless first (`_harmless`), so that no template has to think of it.
"""

import re
import tomllib
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.runtime import Context, Macro

from core.errors import DomainError
from core.words import lined, one_line, say_day, say_stamp, say_when

HERE = Path(__file__).parent
_today: ContextVar[date | None] = ContextVar("today", default=None)  # for macros, which do not see the view
# What could be a lab code, one spelled out with blanks or in Chinese, an address.
_CODE_LIKE = re.compile(
    r"[A-Za-z]{0,3}\d{4,}|(?:[\d〇零一二三四五六七八九][ ._·•\-—]*){6,}|\S*\w\.[A-Za-z]{2,}\S*"
)


class Ours(str):
    """A text whose parts have been made harmless: it keeps its lines and marks."""

    __slots__ = ()


class _Context(Context):
    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        said = super().call(__obj, *args, **kwargs)
        return Ours(said) if isinstance(__obj, Macro) else said


def _harmless(value: object) -> str:
    """What people wrote stays within its place in our line (`core.words.clean`)."""
    return value if isinstance(value, Ours) else one_line(str(value))


def _written(text: object) -> Ours:
    """What staff wrote for a group may have lines."""
    return text if isinstance(text, Ours) else Ours(lined(str(text)))


def _few(count: int) -> str:
    """Counts under 3 could point at one laboratory (issue of privacy: domain §7)."""
    return f"{count}家" if count == 0 or count >= 3 else "不足3家"


def _short(words: object) -> str:
    """What a person wrote, said back: enough to recognise it, too little to speak through us."""
    return _cut(one_line(str(words)), 20)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _uncoded(name: object) -> str:
    """A unit's name without anything in it that could be a lab code (domain §7) or lead to some site."""
    # Unseen characters would hide a code; nobody's name has 100 others.
    return _CODE_LIKE.sub("＊", _cut(one_line(str(name)), 100))


def _day(day: date, today: date | None = None) -> str:
    return say_day(day, today=today or _today.get())


def _dated(at: date) -> str:
    """A day or a moment with its year, whichever it is."""
    return say_when(at, today=date.min) if isinstance(at, datetime) else say_day(at, today=date.min)


def _when(moment: datetime) -> str:
    return say_when(moment, today=_today.get())


def _stamp(moment: datetime) -> str:
    return say_stamp(moment, today=_today.get())


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # plain text, never HTML
        finalize=_harmless,
    )
    environment.context_class = _Context
    environment.filters.update(
        day=_day,
        dated=_dated,
        when=_when,
        stamp=_stamp,
        few=_few,
        short=_short,
        uncoded=_uncoded,
        written=_written,
        ours=Ours,
    )
    return environment


@cache
def _sentences() -> dict[str, Any]:
    flat: dict[str, str] = {}
    for file in HERE.glob("*/errors.toml"):
        sentences = tomllib.loads(file.read_text(encoding="utf-8"))
        flat |= {f"{file.parent.name}/{name}": sentence for name, sentence in sentences.items()}
    return {key: _environment().from_string(sentence) for key, sentence in flat.items()}


def say(name: str, view: Mapping[str, Any]) -> str:
    """The text of template `name` (`labs/status`), without blank ends. Where the view has `today`, days of other
    years are said with their year."""
    token = _today.set(view.get("today"))
    try:
        return _environment().get_template(f"{name}.j2").render(view).strip()
    finally:
        _today.reset(token)


def fill(template: str, view: Mapping[str, Any]) -> str:
    """The text of a template that is written elsewhere, as the guide's topics are."""
    return _parsed(template).render(view).strip()


@cache
def _parsed(template: str) -> Template:
    return _environment().from_string(template)


def say_error(error: DomainError) -> str:
    """The sentence of a refusal."""
    params = {key: _cut(one, 200) if isinstance(one, str) else one for key, one in error.params.items()}
    return str(_sentences()[error.key].render(params))


def error_keys() -> set[str]:
    return set(_sentences())
