"""A unit that is asked about in free words: 查一下合肥某某医院申请过没有 is 查重 合肥某某医院.

Only where nothing is left besides the unit, the question and courtesies: whoever tells a story gets the guide.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from core.errors import DomainError
from core.labs.names import is_written_in_chinese, looks_like_unit, unit_key, unquoted
from core.words.fold import fold

LONGEST: Final = 60  # characters; a whole story is no question about a unit
CHECK: Final = "查重"
STATUS: Final = "申请状态"

_ENDING: Final = r"(?:了|过|好|完|到|成功)*+(?:没有?|吗|不|否|嘛|么)?"
_CODE: Final = r"(?:实验室|质控|参控|平台)?(?:的)?(?:编码|编号|账号|帐号|账户|代码|号)"
_ONCE: Final = r"(?:已经|已|之前|以前|原来|原先|曾经|曾|到底|究竟|现在|目前|还|也)*+"
_WHETHER: Final = rf"{_ONCE}(?:是否|是不是|有没有|有无|有)?{_ONCE}"
_CENTRE: Final = "(?:省?临检中心|省临检|中心|这边|这里|这儿|那边|那里)"
# Never a bare 中心, in which many a unit's name ends.
_WHERE: Final = rf"(?:(?:[在跟向](?:你们|咱们|贵)?|你们|咱们|贵){_CENTRE}?|省临检中心)?"
# In order: what asks whether a code is out is no question of whether somebody applied.
_QUESTIONS: Final = tuple(
    (meaning, re.compile(pattern))
    for meaning, pattern in (
        (
            STATUS,
            rf"(?:的)?{_CODE}?(?:申请|登记|审核|分配|办理)+(?:的)?(?:状态|进度|进展|结果|情况)(?:怎么样|如何|呢)?",
        ),
        (
            STATUS,
            rf"{_WHETHER}(?:的)?(?:{_CODE}|申请)?{_WHETHER}(?:分配|下来|出来|批下来|批|发下来|下发|发|给|生成|通过|审核){_ENDING}"
            rf"(?:{_CODE}{_ENDING})?",
        ),
        (STATUS, rf"(?:的)?{_CODE}(?:查询|查一下|查下)"),
        (CHECK, r"查重(?:一下|下)?"),
        (
            CHECK,
            rf"{_WHETHER}{_WHERE}{_WHETHER}(?:的)?(?:申请|注册|登记|参加|参控|报名){_ENDING}(?:的)?"
            rf"(?:{_CODE}|质控|质评|室间质评|参控)?{_ENDING}",
        ),
        (CHECK, rf"{_ONCE}{_WHERE}(?:有没有|有无|是否有|有){_CODE}{_ENDING}"),
        (CHECK, rf"{_WHETHER}在(?:不在)?(?:参控)?名录(?:里|中|上)?{_ENDING}"),
    )
)
_ASKS: Final = re.compile(r"没|吗|否|不在|嘛|么|是不是|有无|[?？]|查|看|问|状态|进度|进展|结果|情况|重")
_BEFORE: Final = re.compile(
    r"^(?:请问|请教|请|麻烦|帮忙|帮我们|帮我|帮|劳驾|查一下|查查|查下|查询一下|查询|查看|查(?!济)|看一下|看看|看下|看|问一下"
    r"|问下|问问|想问一下|想问下|想问|我想|想|咨询一下|咨询|一下|下|老师们?|您好|你好|大家好|好|我们单位|我单位|我们医院|我院|我们科室?|我科|我们"
    r"|咱们|我|单位名称|单位|是|叫做?|这边|那个|这个|关于|名称|[\s,、;:。.!~…—])+"
)
_GLUED: Final = re.compile(r"^(?:一下|请问|我们单位是|我们是|我单位是|单位名称|单位是)[\s:,]*(?=..)")
_TAIL: Final = re.compile(
    r"(?:怎么样|如何|咋样|到哪一?步|好了|谢谢|老师|一下|有没有|没有?|了|吗|呢|啊|吧|的|[\s,.。!~?])+$"
)
_BEHIND: Final = re.compile(
    r"(?:谢谢|多谢|感谢|老师们?|您好|你好|麻烦|一下|辛苦了?|的|呢|吗|啊|呀|哈|吧|哦|急|在线等|请问|帮忙|帮我|看看|看下|看一下"
    r"|查一下|查下|查查|我们|单位|现在|目前|这家|这个|[\s,、;:。.!~…—?])+$"
)
# No unit is called so: what kind of house it is and nothing else.
_KINDS: Final = re.compile(
    r"^(?:市|县|区|镇|乡|乡镇|村|社区|街道|民营|私立|公立|个体|基层|中医|妇幼|人民|口腔|眼科|专科|综合|二级|三级|三甲|二甲|一家|几家"
    r"|新|老|小|大|总|分|本|某|某某|其他|别的|这家|那家|卫生|服务|中心|体检|保健|疾控|检验|实验|医学"
    r"|医院|院|院区|所|站|室|科|门诊部?|诊所|血站)+$"
)

# 太和 is a county; 医院和 is none.
_BESIDE: Final = re.compile(r"[\s,，、;；/]+|(?<=[院心站所])[和与跟及](?=.{3})")
_AND: Final = ("", "和", "与", "跟", "及", "还有", "以及")


@dataclass(frozen=True, slots=True)
class Asked:
    """The command that is meant, and the unit."""

    command: str
    unit: str = field(repr=False)


def read_asked(text: str) -> Asked | None:
    """None where anything else is said, or no unit is named."""
    line = fold(text)
    if len(line) > LONGEST or not _ASKS.search(line):
        return None
    for command, question in _QUESTIONS:
        for match in question.finditer(line):
            unit = _only_unit(line[: match.start()], line[match.end() :])
            if match[0] and unit:
                return Asked(command, unit)
    return None


def unit_of(text: str) -> str:
    """The unit behind a command word, without what else was said: 一下合肥某某医院, 合肥某某医院申请过没有.

    DomainError labs/name_only.
    """
    text = unquoted(text)
    if text and not is_written_in_chinese(text):
        raise DomainError("labs/name_only")
    asked = read_asked(text)
    if asked:
        return asked.unit
    plain = _GLUED.sub("", text)
    shorter = _TAIL.sub("", plain)
    return shorter if looks_like_unit(shorter) else plain


def units_in(text: str) -> list[str]:
    """The units that are named side by side; none where a part is no unit's name: 合肥市 第一人民医院."""
    parts = [part for part in _BESIDE.split(unquoted(text)) if part not in _AND]
    return list(dict.fromkeys(parts)) if all(map(_is_named, parts)) else []


def _only_unit(before: str, behind: str) -> str:
    """The unit that stands on one side, if nothing but courtesies stands on the other."""
    sides = [_bare(before), _bare(behind)]
    if all(sides) or not any(sides):
        return ""
    unit = sides[0] or sides[1]
    return unit if _is_named(unit) else ""


def _is_named(unit: str) -> bool:
    return looks_like_unit(unit) and not _KINDS.match(unit_key(unit))


def _bare(side: str) -> str:
    return _BEHIND.sub("", _BEFORE.sub("", side))
