"""Which lab of the roster a unit's spelling on a card means. The match informs staff; it grants nothing."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from core.labs.names import unit_key

_DIVISIONS: Final = re.compile(r"[市县区]")
_SITE: Final = re.compile(r"(?<=院).{1,6}(?:院区|区)$")
_SCHOOLS: Final = tuple(
    (re.compile(short), long)
    for short, long in (
        (r"^安医大?(?=第?[一二三四]|附)", "安徽医科大学"),
        (r"^安中医(?:药大学|大)?(?=第?[一二]|附)", "安徽中医药大学"),
        (r"^蚌医大?(?=第?[一二]|附)", "蚌埠医科大学"),
        (r"^皖医(?=第?[一二]|附)", "皖南医学院"),
        (r"^中国?科大(?=第?[一]|附)", "中国科学技术大学"),
        (r"^省立(?:医院)?$", "安徽省立医院"),
        (r"^省儿(?:医|童医院)?$", "安徽省儿童医院"),
        (r"附属第([一二三四])医院", r"第\1附属医院"),
    )
)


class LabIndex:
    """The names of the roster by key, also without 市, 县, 区, as far as just one lab bears them."""

    def __init__(self, names: Iterable[tuple[str, str]] = ()) -> None:
        """`names` are (unit_key, official name) of every official, short and former name."""
        found: dict[str, set[str]] = defaultdict(set)
        for key, official in names:
            found[key].add(official)
            found[_loose(key)].add(official)
        self._names = {key: min(known) for key, known in found.items() if len(known) == 1 and key}

    def name_of(self, unit: str) -> str:
        """The official name of the one lab meant, or ""."""
        if not self._names or not unit:
            return ""
        whole = _SITE.sub("", unit)
        for spelled in dict.fromkeys((unit, whole, _spelled_out(unit), _spelled_out(whole))):
            key = unit_key(spelled)
            if found := self._names.get(key) or self._names.get(_loose(key)):
                return found
        return ""

    def prefix(self, piece: str) -> int:
        """How many characters of `piece` are a whole name of the roster; 0 if none is."""
        sizes = range(min(len(piece), 30), 1, -1) if self._names else ()
        return next((size for size in sizes if piece[:size] in self._names), 0)


def _loose(key: str) -> str:
    return _DIVISIONS.sub("", key)


def _spelled_out(unit: str) -> str:
    for short, long in _SCHOOLS:
        unit = short.sub(long, unit)
    return unit
