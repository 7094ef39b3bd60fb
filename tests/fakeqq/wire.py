"""Envelopes and texts of NapCat's answers.

Sources: NapNeko/NapCatQQ action/OneBotAction.ts (envelope), api/msg.ts and core/apis/msg.ts (failures);
result 110 as reported in its issue #600, result 16 is QQ's own code for "not a friend".
"""

import json
from typing import Any

Json = dict[str, Any]

SEND_EVENT = (
    "NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg "
    "ListenerName:NodeIKernelMsgListener/onMsgInfoListUpdate"
)
TIMEOUT = f"Timeout: {SEND_EVENT}"


def event_failed(result: int, text: str = "") -> str:
    """The text NapCat makes of a send that QQ itself refused."""
    ret = json.dumps({"result": result, "errMsg": text}, ensure_ascii=False, separators=(",", ":"))
    return f"EventChecker Failed: {SEND_EVENT} EventRet:\n{ret}"


REFUSED = event_failed(120)
NOT_IN_GROUP = event_failed(110, "发送失败，你已被移出该群，请重新加群。")
NOT_A_FRIEND = event_failed(16, "发送失败，请先添加对方为好友。")
NO_FILE = event_failed(-1, "rich media transfer failed")
# how a recall ends that QQ didn't do (NapCat's issue #1173: an admin and the owner's message)
NOT_RECALLED = (
    "Timeout: NTEvent serviceAndMethod:NodeIKernelMsgService/recallMsg "
    'ListenerName:NodeIKernelMsgListener/onMsgInfoListUpdate EventRet:\n{\n    "result": 7,\n'
    '    "errMsg": "decode failed!"\n}\n'
)


class ActionError(Exception):
    """An action that is answered with status ``failed``."""

    def __init__(self, text: str, retcode: int = 1200) -> None:
        super().__init__(text)
        self.text = text
        self.retcode = retcode


def reply_ok(data: object, echo: object) -> Json:
    return _envelope("ok", 0, data, "", echo)


def reply_failed(text: str, retcode: int, echo: object) -> Json:
    return _envelope("failed", retcode, None, text, echo)


def _envelope(status: str, retcode: int, data: object, text: str, echo: object) -> Json:
    return {
        "status": status,
        "retcode": retcode,
        "data": data,
        "message": text,
        "wording": text,
        "echo": echo,
        "stream": "normal-action",
    }


def number(params: Json, key: str) -> int | None:
    """NapCat takes ids as numbers or strings; absent, empty and 0 are the same."""
    value = params.get(key)
    if value in (None, "", 0, "0"):
        return None
    try:
        return int(str(value))
    except ValueError:
        raise ActionError(f"Key: {key}, Message: Expected number", 1400) from None


def needed(params: Json, key: str) -> int:
    value = number(params, key)
    if value is None:
        raise ActionError(f"Key: {key}, Message: Expected string", 1400)
    return value


def truth(params: Json, key: str) -> bool:
    value = params.get(key, False)
    return value == "true" if isinstance(value, str) else bool(value)
