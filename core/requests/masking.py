"""What of a person's words colleagues may read where others read along: the staff group is a group (domain §7)."""

import re
from typing import Final

from core.access.codes import CODE_LIKE
from core.requests.models import Request
from core.words import fold

LONGEST: Final = 200  # characters; the whole is told in private
MASK: Final = "＊"

_FIGURES: Final = re.compile("0+|[〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺]{3,}")
_ADDRESS: Final = re.compile(r"\S*\w[.@][A-Za-z]\S*")
_BIND_CODE: Final = re.compile(CODE_LIKE)
# What a lab scored stays out of every group, though somebody has said it in one.
_NUMBER: Final = r"\d+(?:\.\d+)?"
_SCORE: Final = re.compile(rf"(?:成绩|得分|分数)[是为:\s]*{_NUMBER}|{_NUMBER}(?=\s*分(?![钟之前]))")


def for_colleagues(request: Request) -> str:
    """Of a 留言: in private no number at all, for each may be a score, a code or a telephone; in a group, where it
    was read already, no score. The template takes out what else looks like a code."""
    plain = fold(request.text)
    said = _scoreless(plain) if request.in_group else _numberless(plain)
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"


def _numberless(text: str) -> str:
    text = _BIND_CODE.sub(MASK, _ADDRESS.sub(MASK, text))
    return _FIGURES.sub(MASK, "".join("0" if char.isdigit() else char for char in text))


def _scoreless(text: str) -> str:
    return _SCORE.sub(lambda match: re.sub(r"[\d.]+", MASK, match[0]), text)
