"""A card taken apart: what is seen of it, its pieces between separators, and whether it shows numbers."""

import re
from dataclasses import dataclass, field
from typing import Final

from core.words import fold

_LONGEST: Final = 300  # characters; platforms stop at about 60 bytes
_DOTS: Final = str.maketrans("•・‧∙⋅●○", "······〇")
_PHONE: Final = re.compile(r"(?<!\d)(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|\d{9,})(?!\d)", re.ASCII)
_YEAR: Final = re.compile(r"(?<!\d)20\d\d年(?:度)?", re.ASCII)
_CODE: Final = re.compile(r"(?<![A-Za-z])[A-Za-z]{0,3}\d{4,}|\d{4,}", re.ASCII)
_PLACEHOLDER: Final = re.compile(
    r"(?<![A-Za-z])[xX×*✕✖□]{2,}(?![A-Za-z])|(?<![A-Za-z])[xX×*](?=[\u4e00-\u9fff]*医院)|某+"
)
_SEPARATORS: Final = re.compile(r"[^\w·]|_")
_SPELLED: Final = re.compile(r"\w(?: \w){4,}")  # 合 肥 市 第 一 …
_LABEL: Final = re.compile(
    r"^(?:所在)?(?:单位名称|医院名称|真实姓名|单位|姓名|名字|科室|电话|手机|编码|地市)(?=.)"
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`seen` is the card as people see it; `pieces` bear no number of four or more digits."""

    seen: str = field(repr=False)
    pieces: tuple[str, ...]
    phone: bool
    code: bool


def clean(card: str) -> Cleaned:
    """What XX, ** and 某 stand for becomes 某; emoji part pieces like any other mark."""
    seen = fold(card[:_LONGEST])
    text = _PLACEHOLDER.sub("某", seen.translate(_DOTS))
    text, phones = _PHONE.subn(" ", text)
    text, codes = _CODE.subn(" ", _YEAR.sub(" ", text))
    if _SPELLED.fullmatch(text.strip()):
        text = text.replace(" ", "")
    pieces = (_LABEL.sub("", piece.strip("·")) for piece in _SEPARATORS.sub(" ", text).split())
    return Cleaned(seen, tuple(piece for piece in pieces if piece), bool(phones), bool(codes))


def masked(text: str) -> str:
    """What staff may be shown of a card or nickname, also in their group: no telephone, no code (domain §7)."""
    return _CODE.sub("＊", _PHONE.sub("＊", fold(text)))
