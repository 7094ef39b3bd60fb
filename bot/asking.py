"""Taking the rest of a message apart as its command's slots say."""

import re
from datetime import date

from bot.commands import Ask, Command, Slot
from core.errors import DomainError
from core.labs.names import looks_like_unit
from core.words import fold, round_no_of, take, year_of
from core.words.loose import FILLERS

LONGEST_UNIT = 60
END_MARKS = "。.!?;~…、, "  # behind what is said to us; no part of a command
FIRST_MARKS = ":,、;。.!~—… "  # between a command word and what is glued to it: 暂停推送，内容有误
_TYPED_MARKS = f"{FIRST_MARKS}：，；．！～\n"
_ABOUT = re.compile(
    r"是什么|什么|怎|如何|可以|能|在哪|哪|有什么|有没有|有用|要|吗|呢|多久|谁|的|功能|之?后|以后|了|会|算"
    r"|审核|复核|分类|计数|智能|镜检|判读|上报|填报?|录入"
)
_BETWEEN = re.compile(r"[、，,；;]")


def parse(one: Command, rest: str, today: date) -> Ask:
    """Take the rest of a message apart as the command's slots say.

    DomainError: ask/not_understood (a word no slot takes), ask/second (another year, another
    number), ask/missing (a slot that is needed).
    """
    text = fold(rest)
    if Slot.UNIT in one.slots or Slot.TEXT in one.slots:
        if Slot.UNIT in one.slots and len(text) > LONGEST_UNIT:
            raise DomainError("ask/too_long")
        ask = Ask(text, tuple(text.split()))
    else:
        found = take(text, today)
        words = tuple(word for part in found.rest for word in _BETWEEN.split(part) if word)
        if not one.who.is_staff:  # colleagues mean each word they type
            words = tuple(word for word in words if word not in FILLERS and word not in one.along)
        ask = Ask(text, words, found.year, found.n)
        _check_leftovers(one, ask, today)
    for slot in one.needs:
        if not _given(slot, ask):
            raise DomainError("ask/missing", slot=slot.value, example=one.example)
    return ask


def _check_leftovers(one: Command, ask: Ask, today: date) -> None:
    for value, slot in ((ask.year, Slot.YEAR), (ask.n, Slot.NUMBER)):
        if value is not None and slot not in one.slots:
            raise DomainError("ask/not_understood", word=str(value), example=one.example)
    if not one.who.is_staff and (second := next((word for word in ask.words if _is_second(word, today)), None)):
        raise DomainError("ask/second", word=second, example=one.example)
    if ask.words and not {Slot.WORDS, Slot.LAB}.intersection(one.slots):
        raise DomainError("ask/not_understood", word=ask.words[0], example=one.example)


def _is_second(word: str, today: date) -> bool:
    """The first year and the first number were taken out of the line, so these are one too many."""
    return year_of(word, today) is not None or round_no_of(word) is not None


def _given(slot: Slot, ask: Ask) -> bool:
    if slot is Slot.YEAR:
        return ask.year is not None
    if slot is Slot.NUMBER:
        return ask.n is not None
    return bool(ask.words)


def as_typed(one: Command, rest: str, whole: str) -> str:
    """The rest of a message with its line ends, which folding takes away; `rest` itself if `whole` is not it."""
    text = whole.lstrip().lstrip("/／").lstrip()
    word = next((word for word in one.words if text.startswith(word)), None)
    written = "" if word is None else text.removeprefix(word).strip()
    for said in (written, written.lstrip(_TYPED_MARKS)):
        if rest and fold(said).startswith(fold(rest)):
            return said
    return rest


def is_about(one: Command, rest: str) -> bool:
    """Whether what is glued to a word that hands on free words asks about it, or makes another word of it:
    留言怎么写, 不能检测的要不要上报, 人工审核."""
    return one.acts and Slot.TEXT in one.slots and _ABOUT.match(rest) is not None


def is_chatter(one: Command, rest: str) -> bool:
    """Whether a group message that begins with a command word still is talk among people: the bare word, or a
    unit name that is none. Words are checked later, by the handler that knows the programmes."""
    if not rest:
        return one.talk
    return Slot.UNIT in one.slots and not looks_like_unit(rest)
