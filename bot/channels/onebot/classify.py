"""What a failed OneBot call means (architecture §4). Only what surely was not shown may be tried again.

| who | says | source | means |
|---|---|---|---|
| NapCat | 1200 `Timeout: …` | napcat-core/helper/event.ts | the listener never heard of it: unknown |
| NapCat | 1200 `EventChecker Failed … "result":N` | the same | QQ's number; not 0: not sent; 16, 110: refused |
| NapCat | 1200, a text of SendMsg.ts or api/msg.ts | thrown before the send | refused |
| NapCat | 1200, any other text | OneBotAction.ts: of whatever was thrown | unknown |
| NapCat | 1400, 1404; 1401, 1403 | check(); websocket-client.ts | refused; not sent (the token) |
| go-cqhttp | 100 GROUP_NOT_FOUND, EMPTY_MSG_ERROR | coolq/api.go, before the send | refused |
| go-cqhttp | 100 SEND_MSG_API_ERROR | MiraiGo client/group_msg.go: no receipt within 5 s | unknown |
| Lagrange | QQ's own number, no text | SendGroupMessageOperation.cs | as NapCat's result |
| Lagrange | 9000; 200, no text | no sequence came back; OperationService.cs: any exception | unknown |
| onebots | -1 | of whatever was thrown, time-outs too | unknown, unless the text names the target |
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
_BEFORE = re.compile(
    r"EMPTY_MSG_ERROR|消息体无法解析|未知的消息类型|当前[私群]聊发送|请指定正确的|Get Uid Error", re.IGNORECASE
)
_RESULT = re.compile(r'"result"\s*:\s*(-?\d+)')
_NEVER = {400, 404, 1400, 1404}  # bad parameters, unknown action: the same call fails again
_TOKEN = {401, 403, 1401, 1403}
_VAGUE = {-1, 100, 200, 1200, 9000}  # of an implementation, not of QQ
_TARGET_GONE = {16, 110}  # not a friend; removed from the group (NapCat's issue #600)


def classify(fault: Exception) -> tuple[Outcome, str]:
    """(outcome, words for staff) of a send that raised."""
    if isinstance(fault, ApiNotAvailable):
        return Outcome.NOT_SENT, "未连接"
    if isinstance(fault, ActionFailed):
        return _failed(fault.info)
    return Outcome.UNKNOWN, "连接中断或超时"


def _failed(info: dict[str, Any]) -> tuple[Outcome, str]:
    code = info.get("retcode")
    text = " ".join(str(info.get(key) or "") for key in ("wording", "message", "msg"))
    shown = str(info.get("wording") or info.get("message") or info.get("msg") or "")
    words = " ".join(f"{code} {shown}".split())[:300]
    return _meaning(code, text), words


def _meaning(code: object, text: str) -> Outcome:
    if _TIMEOUT.search(text):
        return Outcome.UNKNOWN
    if code in _NEVER or _GONE.search(text) or _BEFORE.search(text):
        return Outcome.REFUSED
    if code in _TOKEN:
        return Outcome.NOT_SENT
    return _of_result(_result(code, text))


def _result(code: object, text: str) -> int:
    """QQ's own number; 0 if there is none."""
    if found := _RESULT.search(text):
        return int(found[1])
    return code if isinstance(code, int) and code > 0 and code not in _VAGUE and not text.strip() else 0


def _of_result(number: int) -> Outcome:
    if number in _TARGET_GONE:
        return Outcome.REFUSED
    return Outcome.NOT_SENT if number else Outcome.UNKNOWN
