"""One call of an action, and how it may fail."""

import asyncio
from typing import Any

from nonebot.adapters.onebot.v11 import ActionFailed, ApiNotAvailable, Bot, NetworkError
from nonebot.exception import WebSocketClosed

from bot.channels.onebot.adapter import Gate

TIMEOUT = 30.0
FAILURES = (ActionFailed, ApiNotAvailable, NetworkError, WebSocketClosed, ConnectionError)


async def call(bot: Bot, action: str, timeout: float = TIMEOUT, **params: Any) -> Any:
    """A call that ends when its socket does, instead of waiting for an answer that cannot come.
    Raises one of FAILURES, which `classify` reads."""
    adapter = bot.adapter
    assert isinstance(adapter, Gate)
    under_way = asyncio.ensure_future(bot.call_api(action, _timeout=timeout, **params))
    while not under_way.done():
        await asyncio.wait({under_way}, timeout=0.5)
        if not under_way.done() and bot.self_id not in adapter.connections:
            under_way.cancel()
            raise ConnectionError("socket closed during the call")
    return under_way.result()
