"""What is said in a staff group without addressing us: colleagues talk there, and type their commands as
loosely as in private. A command is a staff word that stands apart (a blank, a mark or nothing behind it), or
with numbers glued to it (撤回26-0009, 催报第1次); 通知一下大家 and 状态不好 are talk."""

import re
from datetime import date

from bot.asking import END_MARKS, FIRST_MARKS
from bot.commands import Command, Slot, Table
from core.words import fold, take

STOP, GO = "暂停推送", "恢复推送"  # names of the commands: words said to nobody else, whatever is glued to them
_NUMBERED = re.compile(
    r"[〔\[【(]?(?:通知 ?|申请 ?|留言 ?|第)?\d[\d\-—–/]*(?: \d+/\d+)?[〕\]】)]?[号天日]?(?=[ :,，、;。.!?~…]|$)"
)
_ROUND = re.compile(r"第|\d|[今去明本上下]年|[上下]半年|[一二三四]次")
# 暂停推送吧？ 暂停推送是什么意思 暂停推送 取消: nobody who wants it stopped now says so
_DOUBTFUL = re.compile(
    r"[?？]|[吗呢么]$|没有?$|怎|什么|如何|是否|多久|为何"
    r"|^(?:[了吧是的]|会(?!议)|后(?!台)|时(?!间)|以后|之后|期间|功能|命令)"
    r"|^(?:先|可以|请)?(?:不要|不用|不必|别(?!的)|取消|恢复|解除|结束)"
)
_OFF = frozenset(("", *FIRST_MARKS, *END_MARKS))
_SPLIT = re.compile(f"[{FIRST_MARKS}]")


def is_said_to_each_other(command: Command, rest: str) -> bool:
    """Whether no number stands behind a staff word that colleagues also say to each other (同意)."""
    return command.talk and command.who.is_staff and not _NUMBERED.match(rest.lstrip(FIRST_MARKS))


def meant_in_office(table: Table, text: str, today: date) -> tuple[Command, str] | None:
    """The staff command and its rest, or None for talk and for the commands of everybody."""
    text = fold(text).rstrip(END_MARKS)
    whole = table.find(text)
    found = whole or table.find_glued(text)
    if found is None or not found[0].who.is_staff:
        return None
    command, rest = found
    if is_said_to_each_other(command, rest):
        return None
    if whole:
        return whole
    if is_set_off(command, text, today) or _begins_with_round(command, rest, today):
        return command, rest.lstrip(FIRST_MARKS)
    return None


def is_set_off(command: Command, text: str, today: date) -> bool:
    """Whether nothing but numbers is glued to the word, so that it is not met with silence when it is
    misunderstood."""
    if command.name in (STOP, GO):
        return True
    text = fold(text)
    word = next((word for word in command.words if text.startswith(word)), None)
    if word is None:
        return False
    rest = text.removeprefix(word)
    if rest[:1] in _OFF:
        return True
    if Slot.TEXT in command.slots:
        return _NUMBERED.match(rest) is not None
    head = _SPLIT.split(rest, maxsplit=1)[0]
    return _begins_with_round(command, head, today) and not take(head, today).rest


def _begins_with_round(command: Command, rest: str, today: date) -> bool:
    if not _ROUND.match(rest):
        return False
    found = take(rest, today)
    return (found.n is not None and Slot.NUMBER in command.slots) or (
        found.year is not None and Slot.YEAR in command.slots
    )


def is_doubtful(command: Command, text: str) -> bool:
    """Whether what acts without a preview may be no order."""
    if command.name != STOP:
        return False
    rest = fold(text).lstrip("/").lstrip().removeprefix(STOP)
    return _DOUBTFUL.search(rest.lstrip(FIRST_MARKS + " ")) is not None
