"""Cutting the unit out of a card's pieces, by its longest institution suffix or a known short name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from core.members.labs import LabIndex
from core.members.lists import any_of
from core.members.places import PLACE, is_elsewhere, is_place

_NTH: Final = r"第?(?:[一二三四五六七八九十]{1,2}|\d{1,2})"
_SITE: Final = r"(?:.{1,6}?(?:院区|分院|分部|校区)|[东南西北新老总本分]院?[区部]|[东南西北新老分本]院(?!长)|院区)"
_MORE: Final = rf"(?:{_SITE}|集团(?:总院|总?医院)?|(?:股份|责任)*有限(?:责任)?公司|{_NTH}?附属?.{{0,8}}?医院)*"
_HOSPITAL: Final = rf"""
    医院 | (?:保健|卫生|疗养|护理|康复|敬老|防治|福利|养老|[附总县市分])院(?![长士])
    | {_NTH}附?院(?![长士]) | 附[一二三四五六]院? | [一二三四]附(?!属|院)
    | (?:皮防|结防|血防|防治|卫生|保健|诊|监督|医务|检验|戒毒|看守)所
    | (?:中心血|血|血防|防治|防疫|保健|服务|急救)站
    | (?:卫生|医务|保健)室 | 疾病(?:预防)?控制中心 | 疾控(?:中心)?
    | 妇幼(?:保健)?(?:院|所|站|计划生育|计生)?(?:技术)?(?:服务)?(?:中心|站)?
    | 妇保[院所]? | 妇计(?:生)?(?:服务)?中心
    | (?:服务|血液|急救|医疗|透析|影像|临检|临床检验|健康管理|诊疗|保健|精神卫生)中心
    | (?:卫健|卫计|卫生健康)(?:委员会|委|局) | 卫生局 | 计生委
"""
_PART: Final = r"""
    (?:医学|临床)检验(?:实验室|所|中心)?(?![科室部组]) | 实验室 | (?:健康)?体检(?:中心|部)?(?![科室]) | 门诊部
    | (?:检验|医学|康复|护理|检测|健康)中心
"""
_BRANDS: Final = any_of("chains")
_SHORT: Final = (
    r"安徽省立|省立 | 弋矶山 | 省(?:儿医?|妇幼|中医|胸科|肿瘤|口腔|临检|医) |"
    rf"(?:{_BRANDS})(?:医学|临床)?(?:检验|诊断|体检|健康)?(?![科室])"
)
_TYPES: Final = r"(?:人民|人医|中医|儿医|妇产|卫生院|矿工|职工)"
_SCHOOL: Final = r"大学|学院|学校|医专|卫校|监狱|安医大?|蚌医大?|皖医|安中医大?|中国?科大"


def _pattern(ends: str) -> re.Pattern[str]:
    return re.compile(rf"(?P<unit>.*?(?:{ends}){_MORE})(?P<rest>.*)", re.VERBOSE | re.DOTALL)


# In this order, each over all pieces: a hospital's own laboratory or door is no unit beside the hospital.
PATTERNS: Final = (
    _pattern(_HOSPITAL),
    _pattern(_PART),
    _pattern(_SHORT),
    _pattern(rf"{PLACE.pattern}{_TYPES}"),
    _pattern(_SCHOOL),
)
SITE: Final = re.compile(rf"{_SITE}")
_KIND: Final = re.compile(
    r"[省市县区镇乡村]|街道|人民|中西医结合|中医药?|医疗|医院|卫生|服务|中心|社区|妇幼|妇保|妇计|妇产|保健|计划生育|计生"
    r"|疾病|预防|控制|疾控|疾|附属?|临床|医学|检验|检测|实验|体检|健康|管理|门诊|综合|职工|血站|血液|诊|防治|[院所站室部委局附]"
    r"|大学|学院|某"
)
_SPECIAL: Final = re.compile(
    r"儿童|肿瘤|口腔|眼科|精神|传染病|胸科|骨科|康复|皮肤病?"
    r"|老年病?|妇女|肝病|结核病?|心血管病?|脑科|总"
)
_ORDINAL: Final = re.compile(r"第?[一二三四五六七八九十]{1,2}(?![〇一二三四五六七八九])|(?<!\d)\d{1,2}(?!\d)")
_BEGINNING: Final = re.compile(
    rf"{PLACE.pattern}|省(?=[立儿二妇中胸疾血肿口临])|中国|解放军|第?[\d〇一二三四五六七八九]{{3}}医院"
    rf"|安医|蚌医|皖医|弋矶山|{_BRANDS}"
)
_NO_NAME: Final = re.compile(r"[医大学院省市县区镇乡村路街军警]|^安徽")


class Sure(IntEnum):
    """Whether the unit is one of its own, or people would disagree (二附院), or it is any or none (医院)."""

    NO = 0
    PERHAPS = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Cut:
    """`placeholder`: the unit is written XX医院 or 某医院, so it is none."""

    unit: str
    rest: tuple[str, ...]
    sure: Sure
    placeholder: bool = False


def cut_unit(pieces: tuple[str, ...], labs: LabIndex) -> Cut:
    """The unit and what is left of the pieces in order; of several units the most certain one."""
    pieces = tuple(part for piece in pieces for part in _around_unit(piece))
    for pattern in PATTERNS:
        hits = {i: found for i, piece in enumerate(pieces) if (found := pattern.fullmatch(piece))}
        if hits:
            return _cut(pieces, hits, labs)
    for i, piece in enumerate(pieces):
        if length := labs.prefix(piece):
            return Cut(piece[:length], (*pieces[:i], *_beside(piece[length:]), *pieces[i + 1 :]), Sure.YES)
    return Cut("", pieces, Sure.NO)


def _around_unit(piece: str) -> list[str]:
    """A dot parts 张三·和县中医院, but not 买买提·艾力: only a unit is taken out."""
    parts = piece.split("·")
    for at, part in enumerate(parts[1:], 1):
        if any(pattern.fullmatch(part) for pattern in PATTERNS):
            return ["·".join(parts[:at]), "·".join(parts[at:])]
    return [piece]


def _is_owner(piece: str) -> bool:
    """What makes 人民医院 or 第一附属医院 beside it one of its own."""
    school = PATTERNS[-1].fullmatch(piece)
    return is_place(piece) or bool(school and not school["rest"])


def _cut(pieces: tuple[str, ...], hits: dict[int, re.Match[str]], labs: LabIndex) -> Cut:
    owners = [piece for i, piece in enumerate(pieces) if i not in hits and _is_owner(piece)]
    units = [found["unit"] for found in hits.values()]
    unit = max(units, key=lambda name: certainty(name, labs))
    sure = certainty(unit, labs)
    if sure < Sure.YES and owners and "某" not in unit:
        unit, sure = owners[-1] + unit, Sure.YES
    rest: list[str] = []
    for i, piece in enumerate(pieces):
        if i in hits:
            rest += _beside(hits[i]["rest"])
        elif i > min(hits) or piece not in owners:
            rest += _beside(piece)
    return Cut(unit, tuple(rest), sure, "某" in unit)


def certainty(unit: str, labs: LabIndex) -> Sure:
    """Whether anything but the kind of institution is said. 省人民医院 is one, 县医院 is many."""
    if "某" in unit:
        return Sure.NO
    if PLACE.search(unit) or unit.startswith("省") or is_elsewhere(unit) or labs.name_of(unit):
        return Sure.YES
    bare = _KIND.sub("", unit)
    if re.sub(r"[A-Za-z]{1,2}", "", _ORDINAL.sub("", _SPECIAL.sub("", bare))):
        return Sure.YES
    return Sure.PERHAPS if _ORDINAL.search(bare) or _SPECIAL.search(bare) else Sure.NO


def reversed_parts(unit: str, labs: LabIndex) -> Iterator[tuple[str, str]]:
    """(what may be a name, unit) at each point where a unit of its own begins within `unit`."""
    known = [length for length in (2, 3, 4) if labs.name_of(unit[length:])]
    for at in (*known, *(begin.start() for begin in _BEGINNING.finditer(unit, 2))):
        if not (_NO_NAME.search(unit[:at]) or is_place(unit[:at])):
            yield unit[:at], unit[at:]


def _beside(text: str) -> list[str]:
    """What stands beside a unit, without its site: （南区）张三."""
    stripped = text.strip("·")
    if site := SITE.match(stripped):
        stripped = stripped[site.end() :]
    return [stripped] if stripped else []
