"""One call of an action, and how it may fail."""

import asyncio
from typing import Any

from nonebot.adapters.onebot.v11 import ActionFailed, ApiNotAvailable, Bot, NetworkError
from nonebot.exception import WebSocketClosed

from bot.channels.onebot.adapter import Gate

TIMEOUT = 30.0
FAILURES = (ActionFailed, ApiNotAvailable, NetworkError, WebSocketClosed, ConnectionError)


async def call(bot: Bot, action: str, timeout: float = TIMEOUT, **params: Any) -> Any:
    """A call that ends when its socket does, also if another one of the account has come since, instead of
    waiting for an answer that cannot come. Raises one of FAILURES, which `classify` reads: ApiNotAvailable
    only if not a byte was written."""
    adapter = bot.adapter
    assert isinstance(adapter, Gate)
    socket = adapter.connections.get(bot.self_id)
    if socket is None:
        raise ApiNotAvailable
    lost = adapter.until_lost(socket)
    under_way = asyncio.ensure_future(bot.call_api(action, _timeout=timeout, **params))
    try:
        await asyncio.wait({under_way, lost}, return_when=asyncio.FIRST_COMPLETED)
        if not under_way.done():
            raise ConnectionError("socket closed during the call")
        return under_way.result()
    except FAILURES:
        raise
    except Exception as fault:  # servers have words of their own for a socket that closes under a write
        raise ConnectionError("socket closed under the call") from fault
    finally:
        under_way.cancel()
