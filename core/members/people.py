"""Whether a piece of a card that is no unit is a person's name (domain §6)."""

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from core.members.duties import CONTACT, DUTY_FIRST, DUTY_LAST, TEMPLATE, TITLE_LAST
from core.members.lists import COMPOUND, SURNAMES, any_of, words
from core.members.places import after_places, is_away, is_place, is_town

_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af〇·]+")
_COMPOUND: Final = tuple(COMPOUND)
_LOCAL: Final = re.compile(any_of("transliterated"))
_FAMILIAR: Final = re.compile(
    rf"小\w{{1,2}}|[老阿大]\w|(?:\w|{any_of('compound')})[总姐哥工局队叔姨嫂爷处科]|某\w?|\w{{1,2}}某+"
)
_NICKNAME: Final = re.compile(
    r"[的了吗呢吧哈呵嘿嘻呀哦喔嗯你我她您爱梦猫狗鱼鬼]|妈妈|爸爸|宝贝|公主|王子|天使|昵称|群主|快乐|幸福"
)
# Two family names before a given name: 刘张雨桐; only frequent ones, else 云淡风轻 would be one.
_SECOND: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧袁潘蒋蔡魏吕沈姚卢姜崔谭"
)


class Sort(IntEnum):
    """Ordered: of several pieces the greatest is the person."""

    NOTHING = 0  # a department, a title, a number
    NICKNAME = 1
    CALLED = 2  # 小王, 王老师, Tom
    UNSURE = 3  # people would disagree: a sentence, or a place
    NAME = 4  # a name where the unit is sure
    SURNAMED = 5


@dataclass(frozen=True, slots=True)
class Read:
    """`duty`: the piece also names a department, a title or a place."""

    sort: Sort
    text: str = ""
    duty: bool = False


def best_person(pieces: tuple[str, ...]) -> Read:
    """The most certain name among the pieces; a name that blanks part (张　三) is one."""
    reads = [read_piece(piece) for piece in _joined(pieces)]
    best = max(reads, key=lambda read: read.sort, default=Read(Sort.NOTHING))
    return Read(best.sort, best.text, any(read.duty for read in reads))


def read_piece(piece: str) -> Read:
    """One piece judged. A place, department or title before a name, and a title behind it, are taken off."""
    if is_place(piece):
        return Read(_sort(piece), piece, duty=True)
    rest, duty = _without_duties(piece)
    text = "".join(_HAN.findall(rest)).strip("·")
    if not text:
        called = any(c.isalpha() for c in rest) and not CONTACT.match(rest)
        return Read(Sort.CALLED if called else Sort.NOTHING, rest if called else "", duty)
    title = TITLE_LAST.search(text)
    head = _at_home(text[: title.start()] if title else text)
    if title and (len(head) == 1 or head in COMPOUND or _FAMILIAR.fullmatch(head)):
        return Read(Sort.CALLED, head + title[0], True)
    return Read(_sort(head), head, duty or head != text)


def _at_home(text: str) -> str:
    """Without the places before a name; 安庆华 and 黄山林 are whole names, 合肥王 is not."""
    rest = after_places(text)
    return rest if rest and "·" not in text and (len(text) > 3 or text[0] not in SURNAMES) else text


def _without_duties(piece: str) -> tuple[str, bool]:
    rest = piece
    if (first := DUTY_FIRST.match(rest)) and not is_name_like(piece):
        rest = rest[first.end() :]
    last = DUTY_LAST.search(rest)
    if last and last.start() >= 2 and not is_name_like(rest):
        rest = rest[: last.start()]
    parts = [part for part in rest.split("·") if part and not DUTY_FIRST.fullmatch(part)]
    return "·".join(parts), rest != piece


def is_name_like(text: str) -> bool:
    """Three characters that begin with a surname and only seem to end in a department: 李登科."""
    return (
        len(text) == 3
        and text[0] in SURNAMES
        and not DUTY_FIRST.fullmatch(text)
        and not DUTY_LAST.search(text[1:])
    )


def _sort(text: str) -> Sort:
    if text in words("noise") or TEMPLATE.fullmatch(text):
        return Sort.NOTHING
    if is_town(text) or is_away(text):  # 黄山 and 宁国 are names, too
        return (
            Sort.UNSURE if len(text) <= 3 and text[0] in SURNAMES and text[-1] not in "省市县区" else Sort.NOTHING
        )
    if "·" in text:
        return Sort.SURNAMED if len(text) >= 4 else Sort.NAME
    if len(text) == 1 or _FAMILIAR.fullmatch(text):
        return Sort.CALLED
    return _named(text, text in words("nicknames") or bool(_NICKNAME.search(text)))


def _named(text: str, nickname: bool) -> Sort:
    if len(text) <= 3 and (text[0] in SURNAMES or text.startswith(_COMPOUND)):
        return Sort.NAME if nickname else Sort.SURNAMED
    if nickname:
        return Sort.NICKNAME
    if len(text) <= 3:
        return Sort.NAME
    two_surnames = text[0] in SURNAMES and text[1] in _SECOND
    whole = len(text) == 4 and (two_surnames or text.startswith(_COMPOUND))
    return Sort.SURNAMED if whole or _LOCAL.search(text) else Sort.UNSURE


def _joined(pieces: tuple[str, ...]) -> list[str]:
    """Single characters joined with what follows them: 张 三, 苏 小 妹, 苏 小妹."""
    found: list[str] = []
    open_ = False
    for piece in pieces:
        short = len(piece) <= 2 and bool(_HAN.fullmatch(piece)) and not DUTY_FIRST.fullmatch(piece)
        if open_ and short and len(found[-1]) + len(piece) <= 4:
            found[-1] += piece
            open_ = len(piece) == 1
        else:
            found.append(piece)
            open_ = short and len(piece) == 1
    return found
