"""No request is read that is larger than anything QQ's side posts. Neither NoneBot nor Starlette has such a bound,
and NoneBot reads the whole body before its signature can be checked."""

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

MOST = 2 * 1024 * 1024  # bytes


class Bounded:
    """By what its head says; one that says nothing of its length has to (411)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (status := _refusal(Headers(scope=scope))):
            await PlainTextResponse("", status)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _refusal(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers:
        return 411
    return 413 if not length.isdecimal() or int(length) > MOST else 0
