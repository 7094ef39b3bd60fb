"""Unit names: one key for the spellings of one unit, near names, and what is a unit's name at all."""

import re
from collections.abc import Sequence
from typing import Final, TypeVar

from rapidfuzz import fuzz, process

from core.words import fold
from core.words.fold import DIGITS

T = TypeVar("T")

NEAR: Final = 83  # of 100, by fuzz.ratio: one wrong character in six, one missing in five
_LOOSE: Final = 60  # no two names that differ by 市, 县, 区 alone score lower

_LONGEST: Final = 40  # characters of a unit's name

_NTH: Final = "([一二三四五六七八九十]{1,3})"
_CITIES: Final = "合肥|芜湖|蚌埠|淮南|马鞍山|淮北|铜陵|安庆|黄山|滁州|阜阳|宿州|六安|亳州|池州|宣城"
# 安徽省 goes before a city or county; elsewhere it tells 安徽省第二人民医院 from every other second one.
_PROVINCE: Final = re.compile(r"安徽省(?=.)|安徽(?=[^省])|省(?=.)")
_PLACE: Final = re.compile(rf"{_CITIES}|[^省市县区院]{{1,4}}(?:[市县]|(?<![社军校])区)")
_MARKS: Final = re.compile(r"[\W_]+")
DIVISIONS: Final = str.maketrans("", "", "市县区")
_QUOTES: Final = str.maketrans("", "", '【】「」『』《》〈〉〔〕[]<>“”‘’"')  # round ones belong to names

_TO_DIGIT: Final = str.maketrans(f"{DIGITS}零", "01234567890")
_DESIGNATION: Final = re.compile(r"[〇零一二三四五六七八九]{3}")  # 第九〇一医院
_NUMBER: Final = re.compile(r"(?<=第)\d{1,2}(?!\d)|(?<!\d)\d{1,2}(?=附?院)", re.ASCII)
_ABBREVIATIONS: Final = tuple(
    (re.compile(short), long)
    for short, long in (
        ("(?<=[院心站所])(?:医学|临床)?检验科$", ""),
        (rf"第?{_NTH}附院|附{_NTH}院", r"第\1\2附属医院"),
        ("附院", "附属医院"),
        (rf"第?{_NTH}院(?!区)", r"第\1人民医院"),
        ("疾病(?:预防)?控制中心|疾控(?:中心)?", "疾控中心"),
        ("妇幼(?:保健)?[与和]?(?:计划生育|计生)(?:技术)?服务中心|妇幼计生中心", "妇计中心"),
        ("妇保院|妇幼院|妇幼$", "妇幼保健院"),
        ("(?:股份|责任)?有限(?:责任)?公司$", ""),
    )
)

# What kind of house it is, and what kind of place it stands in: shared by very many names.
_KIND: Final = re.compile(
    r"人民|中西医|中医|妇幼|保健|疾控|妇计|口腔|眼科|骨科|儿童|肿瘤|传染病|精神|康复|社区|街道|卫生|服务|中心|体检|检验|医学|综合"
    r"|附属|大学|民营|专科|分院|医院|门诊|诊所|血站|实验|[省市县区镇乡村院所站室科部]"
)
_HAN: Final = re.compile(r"[\u3400-\u9fff]")

# What only talk holds. No unit in Anhui is called so; 谢 and 何 are in place names and stay out.
_TALK: Final = re.compile(
    r"什么|啥|怎|咋|如何|为何|何时|多少|多久|哪|[吗呢吧嘛么?!,。;]|请|是否|是不是|能不能|有没有|可以|要不要|联系|咨询|^[我你您他咱想要帮给]"
)
_UNIT: Final = re.compile(
    r"""(?: [医附]院 | 保健院 | 卫生[院所室] | 防治[院所] | 疗养院 | 研究[院所] | 医学院 | 医务[室所] | 监督所
          | 卫生服务[站点] | 血站 | 疾控 | 妇幼 | 体检 | 诊所 | 门诊部? | 中心 | 实验室 | 检验[科所]?
        )(?: 分院|[总本]院|[东南西北新老分]区|[^院区()]{1,6}院区|(?:股份|责任)?有限(?:责任)?公司|\([^()]+\) )*$""",
    re.VERBOSE,
)
_BRIEF: Final = re.compile(
    rf"(?:.+{_NTH}|.+\d|.附|附{_NTH})院$|(?:.*[省市县区])(?:疾控|妇幼|妇保|血站|中医院?|[儿妇]医)$|^(?:安徽)?省立"
)


def unit_key(name: str) -> str:
    """What the spellings of one unit's name share, for duplicate checks; never shown to anyone."""
    key = _MARKS.sub("", fold(name).casefold().replace("○", "〇"))
    key = _DESIGNATION.sub(lambda match: match[0].translate(_TO_DIGIT), key)
    key = _NUMBER.sub(lambda match: _chinese(int(match[0])), key)
    for short, long in _ABBREVIATIONS:
        key = short.sub(long, key)
    province = _PROVINCE.match(key)
    if not province:
        return key
    rest = key[province.end() :]
    return rest if _PLACE.match(rest) else f"省{rest}"


def near_names(name: str, names: Sequence[tuple[str, T]], limit: int = 5) -> list[T]:
    """Those of (unit_key, T) that may be meant, nearest first, distinct; none that bears exactly this key.

    第一 and 第二人民医院 differ by one character, yet are known to be two: other numbers are never near.
    """
    key = unit_key(name)
    loose, numbers = key.translate(DIVISIONS), numbers_in(key)
    same = [what for known, what in names if known == key]
    found: list[T] = []
    hits = process.extract(key, [known for known, _ in names], scorer=fuzz.ratio, score_cutoff=_LOOSE, limit=None)
    near = [hit for hit in hits if hit[1] >= NEAR or hit[0].translate(DIVISIONS) == loose]
    for known, _, at in sorted(near, key=lambda hit: (hit[0].translate(DIVISIONS) != loose, -hit[1])):
        what = names[at][1]
        if numbers_in(known) == numbers and what not in same and what not in found:
            found.append(what)
        if len(found) == limit:
            break
    return found


def unquoted(text: str) -> str:
    """Without what people set a name in: 【合肥某某医院】."""
    return " ".join(text.translate(_QUOTES).split())


def is_written_in_chinese(text: str) -> bool:
    """As every unit's name is; a code is not."""
    return bool(_HAN.search(text))


def says_which(key: str) -> bool:
    """Whether there is more in it than what kind of house is meant: 晴川, 晴川医院, but not 人民医院."""
    return len(_HAN.findall(_KIND.sub("", key))) >= 2


def looks_like_unit(text: str) -> bool:
    """Whether `text`, or one of its words, is an institution's name, long or short; a question never is."""
    plain = unquoted(fold(text))
    if _TALK.search(plain):
        return False
    return any(len(word) <= _LONGEST and _is_unit(word) for word in (plain.replace(" ", ""), *plain.split()))


def _is_unit(word: str) -> bool:
    return bool(len(word) >= 3 and _BRIEF.search(word)) or bool(len(word) >= 4 and _UNIT.search(word))


def numbers_in(key: str) -> list[str]:
    return re.findall(r"第[一二三四五六七八九十]+|\d+", key)


def _chinese(number: int) -> str:
    """1 … 99 as 一 … 九十九, as in 第十二; 0 as 〇."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones or not tens else "")
