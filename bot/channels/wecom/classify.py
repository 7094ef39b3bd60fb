"""What WeCom's answer to a webhook call means. The service answers 200 with an errcode to almost everything."""

from collections.abc import Mapping
from typing import Any

import aiohttp

from core.pushes.states import Outcome

# 45009: more than 20 messages a minute (developer.work.weixin.qq.com, 群机器人). 93000: the webhook's key is not
# valid (any more). 40058, 44004, 47001: the message itself; the same one fails again.
GONE = "群机器人地址已失效，请在企业微信群里重新复制"
UNNAMED = "EQABOT_WECOM_WEBHOOKS 中没有这个群"
OF_THE_WAY = frozenset({GONE, UNNAMED})  # any other refusal is of the message
_ERRCODES = {
    0: (Outcome.DELIVERED, ""),
    45009: (Outcome.NOT_SENT, "企业微信限流，稍后再发"),
    93000: (Outcome.REFUSED, GONE),
    -1: (Outcome.NOT_SENT, "企业微信繁忙"),
}
_BEFORE = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


def classify(status: int, answer: Mapping[str, Any] | None) -> tuple[Outcome, str]:
    """Of a call that was answered; `answer` is None where it was no JSON object. A gateway that broke down
    (5xx) may have passed the message on."""
    if status >= 500 or (status == 200 and answer is None):
        return Outcome.UNKNOWN, f"企业微信无明确应答（{status}）"
    if status != 200 or answer is None:
        return Outcome.NOT_SENT, f"企业微信未受理（{status}）"
    code = answer.get("errcode")
    if not isinstance(code, int):
        return Outcome.UNKNOWN, "企业微信无明确应答"
    return _ERRCODES.get(code, (Outcome.REFUSED, f"企业微信拒绝（{code}）"))


def classify_fault(fault: Exception) -> tuple[Outcome, str]:
    """Of a call that raised: only what failed before the request was written was surely not shown. Nothing of
    the fault's own text is told, for it may hold the address with its key."""
    if isinstance(fault, _BEFORE):
        return Outcome.NOT_SENT, "连不上企业微信"
    return Outcome.UNKNOWN, "连接中断或超时"
