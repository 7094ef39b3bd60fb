"""A query out of free words, in any order: 查一下今年血球成绩 is 成绩 2026年 血球."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Final

from core.words.fold import fold
from core.words.slots import round_no_of, take

LONGEST: Final = 80  # characters; a whole story is no query

# Courtesies and the words round a request: they ask nothing by themselves, so leaving them out loses nothing.
_FILLERS: Final = """
把 请把 麻烦把 发一下 发下 发给 给我发 请 请问 请教 麻烦 麻烦您 麻烦你 帮 帮我 帮忙 帮我们 帮一下 给我
给我们 发我 发给我 告诉我 我 我们 我想 我要 想 想要 想知道 要 想问 想问下 想问一下 问 问一下 问下 问问 查
查下 查一下 查查 查看 查询 查一查 看 看下 看一下 看看 看一看 了解 了解一下 一下 下 老师 老师好 您好 你好
你们 您 你 大家 谢谢 谢 多谢 感谢 辛苦 辛苦了 谢谢老师 咱 咱们 俺 俺们 咱家 我家 我院 本院 我科 我单位
本单位 我们单位 我们医院 我们科 我们科室 单位 医院 科室 的 了 吗 呢 吧 呀 啊 哈 么 嘛 哦 噢 诶 唉 哎 啦 喔
在 是 有 就 和 与 跟 及 以及 还有 关于 这 这个 那 那个 这次 本次 那次 的话 项目 计划 质评 室间质评 活动 室间
都 亲 急 急急急 在线等 现在 目前 一 个
"""
FILLERS: Final = frozenset(_FILLERS.split())
_ROUNDS: Final = frozenset(f"{number}{word}" for number in "一二三四" for word in "次轮")  # `take` wants a 第
_JOINING: Final = frozenset("的和与跟及了吗呢吧呀啊")  # behind a known word they belong to it
_RUN: Final = re.compile(r"[0-9A-Za-z]+|.", re.DOTALL)  # is never cut in two
ASKING: Final = re.compile(r"[?？吗呢么嘛没]|怎|如何|是否")  # asks, so it takes nothing down
_MARKS: Final = re.compile(r"[\s,、;:。.!~…—?()\[\]【】\"'“”‘’《》<>|/\\+·-]+")


@dataclass(frozen=True, slots=True)
class Loose:
    """`head`: the command's name. `rest`: year, number and names, as they would stand behind it. `unknown`: words
    that are none of these, in order. `asked`: whether anything but the head was named."""

    head: str
    rest: str = field(repr=False)
    unknown: tuple[str, ...] = field(repr=False)
    asked: bool = False


def read_loosely(
    text: str,
    heads: Mapping[str, str],
    along: Mapping[str, Collection[str]],
    names: Collection[str],
    today: date,
) -> Loose | None:
    """The one command that a line of free words names, or None: no head, or two different ones.

    `heads`: word → command; `along`: command → words that only go with it (截止 … 几号). `names` are those of
    programmes and units.
    """
    if len(text) > LONGEST:
        return None
    found = take(text, today)
    line = " ".join(found.rest)
    known = frozenset(heads), frozenset(map(fold, names))
    heard = _read(line, _words(known[0], frozenset(), known[1]))
    meant = _meant([word.lower() for kind, word in heard if kind == "head"], heads, along)
    if len(meant) != 1:
        return None
    head, goes_along = meant[0], along.get(meant[0], ())
    read = list(_read(line, _words(known[0], frozenset(goes_along), known[1])))
    said = [word for kind, word in read if kind == "name"]
    unknown = [word for kind, word in read if kind == "odd"]
    rounds = [number for kind, word in read if kind == "round" and (number := round_no_of(word))]
    n = found.n if found.n is not None else next(iter(rounds), None)
    unknown += [f"{number}次" for number in dict.fromkeys(rounds) if number != n]
    rest = [f"{found.year}年"] if found.year is not None else []
    rest += [f"第{n}次"] if n is not None else []
    rest += dict.fromkeys(said)
    return Loose(head, " ".join(rest), tuple(unknown), bool(rest))


def _meant(said: Sequence[str], heads: Mapping[str, str], along: Mapping[str, Collection[str]]) -> list[str]:
    """The commands named; of several the one that the words of all the others only go along with: 上报 … 截止."""
    meant = list(dict.fromkeys(heads[word] for word in said))
    if len(meant) < 2:
        return meant
    return [one for one in meant if all(heads[word] == one or word in along.get(one, ()) for word in said)]


def cut(word: str, names: Iterable[str]) -> list[str]:
    """A word that is glued together of several names, apart: 血球和糖化的 as 血球, 糖化. What is no name stays
    a word of its own; a word that holds none stays whole."""
    found = list(_read(fold(word), _words(frozenset(), frozenset(), frozenset(map(fold, names)))))
    if not any(kind == "name" for kind, _ in found):
        return [word]
    return [part for kind, part in found if kind != "filler"]


@dataclass(frozen=True, slots=True)
class _Words:
    """`kinds`: head, along, name or filler; one that is several things is the first of these. A pattern of so many
    words would take longer to make than all the looking up."""

    kinds: Mapping[str, str]
    longest: int

    def at(self, line: str, start: int) -> str:
        """The longest word that begins there; empty if none does."""
        for end in range(min(start + self.longest, len(line)), start, -1):
            if line[start:end].lower() in self.kinds and not _is_cut(line, start, end):
                return line[start:end]
        return ""


def _read(line: str, words: _Words) -> Iterator[tuple[str, str]]:
    """(kind, word) from left to right, the longest word first; what is none of them is `odd`, up to the next known
    word or mark. A single filler before odd text is a part of it: 么 in 怎么办."""
    pieces = list(_pieces(line, words))
    kinds = [kind for kind, _ in pieces]
    for at, (kind, word) in enumerate(pieces[:-1]):
        if kind == "filler" and len(word) == 1 and kinds[at + 1] == "odd":
            inside = at > 0 and kinds[at - 1] == "odd"
            kinds[at] = "odd" if inside or word not in _JOINING else kind
    for kind, some in groupby(zip(kinds, pieces, strict=True), key=lambda one: one[0]):
        spelt = [word for _, (_, word) in some]
        if kind == "odd":
            yield kind, "".join(spelt)
        elif kind != "mark":
            yield from ((kind, word) for word in spelt)


def _pieces(line: str, words: _Words) -> Iterator[tuple[str, str]]:
    """As `_read`, with marks, and odd text in runs. Names may hold marks (D-二聚体/FDP), so these come second."""
    at = 0
    while at < len(line):
        if word := words.at(line, at):
            yield words.kinds[word.lower()], word
        elif match := _MARKS.match(line, at):
            yield "mark", (word := match[0])
        else:
            match = _RUN.match(line, at)
            assert match is not None
            yield "odd", (word := match[0])
        at += len(word)


@lru_cache(maxsize=128)
def _words(heads: frozenset[str], along: frozenset[str], names: frozenset[str]) -> _Words:
    kinds: dict[str, str] = {}
    apart = {head for head in heads if not _is_wrapped(head, heads)}
    for kind, some in (
        ("head", apart), ("along", along), ("name", names), ("round", _ROUNDS), ("filler", FILLERS),
    ):  # fmt: skip
        for word in filter(None, some):
            kinds.setdefault(word.lower(), kind)
    return _Words(kinds, max(map(len, kinds)))


def _is_wrapped(head: str, heads: Collection[str]) -> bool:
    """查成绩 is 查 and 成绩: as one word it would cut 查成绩单 in the wrong place."""
    return any(head[:at] in FILLERS and head[at:] in heads for at in range(1, len(head)))


def _is_cut(line: str, start: int, end: int) -> bool:
    """A Latin word or a number is not found inside of another."""
    return (start > 0 and _is_latin(line[start]) and _is_latin(line[start - 1])) or (
        end < len(line) and _is_latin(line[end - 1]) and _is_latin(line[end])
    )


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
