"""Year and number of an activity, pulled out of a line in any order, glued or not."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.words.fold import DIGITS, chinese_int, fold

# A bare 2026 counts only where it can't be part of a code, a date or an amount; "2026年3月…" is a date
# and stays whole. The look-behinds spare 说明年度, 样本年度 and their like.
_YEAR: Final = re.compile(
    r"""(?: (?<!\d)(?P<full>(?:19|20)\d\d)\ ?年度?(?!\d?\d月)
          | (?<![0-9A-Za-z./:\-])(?P<bare>20\d\d)(?![0-9A-Za-z次轮个家元人号条例份年月日时点分%]|[-./:]\d)
          | (?<![\d.])(?P<short>\d\d)\ ?年度?(?!\d?\d月)
          | (?P<han>[一二][〇零○一二三四五六七八九]{3})年度?
          | (?P<said>(?<![当如])今(?=年(?!轻))|(?<!过)去(?=年)|(?<![说证声])明(?=年)
                    |(?<![样基])本(?=年)|(?<!以)上(?=年度)|(?<!\S)前(?=年))年度?
        )""",
    re.VERBOSE | re.ASCII,
)
_SAID: Final = {"今": 0, "本": 0, "去": -1, "上": -1, "明": 1, "前": -2}
_HAN_DIGITS: Final = str.maketrans(f"{DIGITS}零○", "012345678900")

_TAKEN: Final = "\0"  # fold() leaves no such character
# Without 第 a Chinese numeral counts only at the start of a word: 再来一次 is no round.
_ROUND: Final = re.compile(
    r"""(?: 第\ ?(?P<ordinal>\d{1,2}|[一二三四五六七八九十]{1,3})\ ?[次轮]
          | (?<![\d./\-])(?P<digits>\d{1,2})\ ?[次轮]
          | (?<![^\s\0])(?P<han>[一二三四五六七八九十]{1,3})[次轮]
          | (?P<half>[上下])半年度?
        )(?!性)(?:\ ?(?:室间)?(?:质评)?活动)?""",
    re.VERBOSE | re.ASCII,
)
# The comma behind a taken word belongs to it: 2026年，第1次，糖化.
_BEHIND: Final = re.compile(f"{_TAKEN}(?: ?[,、;]|[-/])?")


@dataclass(frozen=True, slots=True)
class Found:
    year: int | None
    n: int | None
    rest: tuple[str, ...]


def year_of(word: str, today: date) -> int | None:
    """2026, 2026年度, 26年, 二〇二六年, 今年 …; `today` is the day in Shanghai."""
    match = _YEAR.fullmatch(fold(word))
    return _year(match, today) if match else None


def round_no_of(word: str) -> int | None:
    """第一次, 第1轮, 1次, 第二次活动 …; 上半年 is 1, 下半年 is 2. A bare digit is nobody's round."""
    match = _ROUND.fullmatch(fold(word))
    return _round(match) if match else None


def take(text: str, today: date) -> Found:
    """Pull year and number out of `text`; all other words stay, folded and in order, in `rest`.

    A second, different year or number stays too, as a word of its own: the caller asks back.
    """
    year, line = _pull(_YEAR, fold(text), lambda match: _year(match, today))
    n, line = _pull(_ROUND, line, _round)
    return Found(year, n, tuple(_BEHIND.sub(" ", line).split()))


def _pull(
    pattern: re.Pattern[str], line: str, value: Callable[[re.Match[str]], int | None]
) -> tuple[int | None, str]:
    found: int | None = None

    def one(match: re.Match[str]) -> str:
        nonlocal found
        seen = value(match)
        if seen is None:
            return match[0]
        found = seen if found is None else found
        return _TAKEN if seen == found else f" {match[0]} "

    line = pattern.sub(one, line)
    return found, line


def _year(match: re.Match[str], today: date) -> int:
    if digits := match["full"] or match["bare"]:
        return int(digits)
    if match["short"]:
        year = today.year // 100 * 100 + int(match["short"])
        return year - 100 if year > today.year + 20 else year
    if match["han"]:
        return int(match["han"].translate(_HAN_DIGITS))
    return today.year + _SAID[match["said"]]


def _round(match: re.Match[str]) -> int | None:
    if match["half"]:
        return 1 if match["half"] == "上" else 2
    return chinese_int(match["ordinal"] or match["digits"] or match["han"]) or None
