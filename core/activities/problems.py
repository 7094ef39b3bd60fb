"""What is wrong with samples, in people's words (domain §3, Receipt)."""

import re
from typing import Final

PROBLEM: Final = "异常"

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
        r"融化|化冻|解冻|融了|(?<![糖生])化了|已化|溶化|不冰|没冰|失温|常温|温度不[对符]|超温|变质|溶血|混浊|浑浊",
    ),
)
_WORDS: Final = tuple((name, re.compile(pattern)) for name, pattern in _KINDS)
# 无破损, 没有缺少: nothing is wrong.
_DENIED: Final = re.compile(
    r"(?:未见|没有|无|未|没|不)(?:任何)?(?:异常|问题|破损|破裂|损坏|融化|化冻|缺少|缺失|缺支|漏液|渗漏)"
)
_FINE: Final = frozenset(
    {"正常", "完好", "完整", "无异常", "没有异常", "无问题", "没问题", "没有问题", "无破损", "没有破损", "齐全"}
)
_SAID: Final = re.compile(rf"\s*{PROBLEM}[\s:：,，]*")
_ASKS: Final = re.compile(r"[?？吗呢么嘛]|怎|如何|是否|什么|多久|谁")


def what_of(text: str) -> str:
    """未收到, 缺支, 破损 or 融化, several joined; empty where the words name none of them."""
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
