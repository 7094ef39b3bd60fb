"""What a failed OneBot call means (architecture §4).

NapCat answers every failure with 1200 and only the text tells; go-cqhttp says 100; Lagrange QQ's own number,
or 9000 when no sequence came back; others -1. Only what surely was not shown may be tried again.
"""

import re
from typing import Any

from nonebot.adapters.onebot.v11 import ActionFailed, ApiNotAvailable

from core.pushes.states import Outcome

_TIMEOUT = re.compile(r"time.?out|超时", re.IGNORECASE)
_GONE = re.compile(
    r"GROUP_NOT_FOUND|群聊?不存在|不在群|已被移出|被踢|解散|not.{0,10}(?:in|found).{0,10}group|无法获取.{0,6}信息|好友|friend",
    re.IGNORECASE,
)
_RESULT = re.compile(r'"result"\s*:\s*(-?\d+)')
_NEVER = {400, 404, 1400, 1404}  # bad parameters, unknown action: the same call fails again


def classify(fault: Exception) -> tuple[Outcome, str]:
    """(outcome, words for staff) of a send that raised."""
    if isinstance(fault, ApiNotAvailable):
        return Outcome.NOT_SENT, "未连接"
    if isinstance(fault, ActionFailed):
        return _failed(fault.info)
    return Outcome.UNKNOWN, "连接中断或超时"


def _failed(info: dict[str, Any]) -> tuple[Outcome, str]:
    code = info.get("retcode")
    text = str(info.get("wording") or info.get("message") or info.get("msg") or "")
    words = f"{code} {text}".strip()[:300]
    if _TIMEOUT.search(text) or code == 9000:
        return Outcome.UNKNOWN, words
    if code in _NEVER or _GONE.search(text):
        return Outcome.REFUSED, words
    if code == 1200 and not _RESULT.search(text):
        return Outcome.UNKNOWN, words
    return Outcome.NOT_SENT, words
