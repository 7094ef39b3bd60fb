"""What is wrong with samples, in people's words (domain §3, Receipt)."""

import re
from collections.abc import Sequence
from typing import Final

PROBLEM: Final = "异常"
_ALL: Final = "全部"
_TOLD: Final = 40  # characters; a whole story is asked of staff

_KINDS: Final = (
    (
        "未收到",
        r"(?:未|没有?)(?:能|有)?(?:收到|收着|收|到货|送到|到达|到(?!期))|没见到|收不到|丢失|丢件|寄丢|弄丢|漏寄|漏发",
    ),
    (
        "缺支",
        r"缺[一二两三四五六七八九\d]*[支管瓶份]|缺少|缺失|少(?:了|寄|发)?[一二两三四五六七八九\d]*[支管瓶份]|不够|数量不[对符足]|漏装",
    ),
    ("破损", r"破损|破裂|破了|碎|裂|漏液|渗漏|泄漏|洒了|损坏|坏了"),
    (
        "融化",
        r"融化|化冻|解冻|融了|(?<![糖生])化了|已化|溶化|不冰|没冰|失温|常温|温度不[对符]|超温|变质|混浊|浑浊",
    ),
    ("溶血", r"溶血"),
)
_WORDS: Final = tuple((name, re.compile(pattern)) for name, pattern in _KINDS)
# 无破损, 没有缺少: nothing is wrong.
_DENIED: Final = re.compile(
    r"(?:未见|没有|无|未|没|不)(?:任何)?(?:发现)?"
    r"(?:异常|问题|破损|破裂|损坏|融化|化冻|解冻|溶血|缺少|缺失|缺支|漏液|渗漏|少[支管瓶份]?|缺|破|碎(?!冰)|坏)"
)
# 都收到了: so much of a word behind 签收 says no more than 签收 itself.
_ARRIVED: Final = re.compile(
    r"(?:我们|本院|样品|质控品|标本)*(?P<all>都|全部?|均)?(?:已经?)?(?P<all2>都|全部?|均)?"
    r"(?:收到|签收|收|到货|到)(?P<all3>齐|全)?了?$"
)
_ABOUT: Final = re.compile(r"注意|事项|流程|步骤|时间|日期|之?后|以前|规定|要求|方法|单|表|人|必须|需要|应该")
_EXCEPT: Final = re.compile(r"除了|除外|以外|之外|除去|不包括")
_OF_SAMPLES: Final = re.compile(r"样品|质控|样本|标本|包裹|快递")
_NOT_SAMPLES: Final = re.compile(
    r"仪器|机器|设备|系统|平台|网站|网页|电脑|试剂|证书|成绩|密码|验证码|绑定码|通知|短信|邮件|回复|答复|发票|账号"
    r"|计划书|报告|名单|项目|缴费|上报"
)
_FINE: Final = frozenset(
    {"正常", "完好", "完整", "无异常", "没有异常", "无问题", "没问题", "没有问题", "无破损", "没有破损", "齐全"}
)
_SAID: Final = re.compile(rf"\s*{PROBLEM}[\s:：,，]*")
_ASKS: Final = re.compile(r"[?？吗呢么嘛]|怎|如何|是否|什么|多久|谁")


def what_of(text: str) -> str:
    """未收到, 缺支, 破损, 融化 or 溶血, several joined; empty where the words name none of them."""
    plain = _DENIED.sub("", text)
    return "、".join(name for name, pattern in _WORDS if pattern.search(plain))


def is_problem(text: str) -> bool:
    """Whether what stands behind 签收 tells that something is wrong, and does not ask."""
    plain = _DENIED.sub("", text)
    return PROBLEM in plain or (bool(what_of(text)) and not _ASKS.search(plain))


def is_question(text: str) -> bool:
    """凝血了吗 behind 签收 signs for nothing."""
    return _ASKS.search(text) is not None


def problem_of(text: str) -> str:
    """What stands beside the word 异常."""
    return _SAID.sub(" ", text, count=1).strip()


def is_fine(word: str) -> bool:
    """完好, 无破损 … behind 签收 say that it is signed for, and nothing else."""
    return word in _FINE or not _DENIED.sub("", word)


def signed_words(words: Sequence[str]) -> tuple[str, ...]:
    """What is signed for: 糖化 of 糖化 收到了没问题; 全部 of 都收到了, where nothing else is named."""
    left, whole = list[str](), False
    for word in words:
        plain = _DENIED.sub("", word)
        if match := _ARRIVED.search(plain):
            whole = whole or any(match.groups())
            plain = plain[: match.start()]
        if plain and not is_fine(plain):
            left.append(plain)
    return tuple(left) if left or not whole else (_ALL,)


def is_subject(text: str) -> bool:
    """签收注意事项 asks about it, without a word that asks."""
    return _ABOUT.search(text) is not None


def makes_exception(text: str) -> bool:
    """全部 除了血球."""
    return _EXCEPT.search(text) is not None


def sounds_wrong(text: str) -> bool:
    """Plain words that may be about samples, tell that something is wrong and do not ask."""
    return bool(what_of(text)) and not (_ASKS.search(text) or _NOT_SAMPLES.search(text)) and len(text) <= _TOLD


def of_samples(text: str) -> bool:
    return _OF_SAMPLES.search(text) is not None
