"""The smallest bot there is: a WebSocket server that collects events and makes calls."""

import asyncio
import itertools
import json
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakeqq.wire import Json

SHAPES = json.loads(Path(__file__).with_name("shapes.json").read_text("utf-8"))


class Bot:
    """``stop`` and ``start`` again on the same port play the bot's death and return."""

    def __init__(self) -> None:
        self.port = 0
        self.connections: list[dict[str, str]] = []  # headers of each
        self.events: asyncio.Queue[Json] = asyncio.Queue()
        self.heartbeats: asyncio.Queue[Json] = asyncio.Queue()
        self.replies: list[Json] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._echo = itertools.count(1)
        self._ws: web.WebSocketResponse | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/onebot/v11/ws"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/onebot/v11/ws", self._accept)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _accept(self, request: web.Request) -> web.WebSocketResponse:
        self.connections.append(dict(request.headers))
        self._ws = ws = web.WebSocketResponse(timeout=0.1)
        await ws.prepare(request)
        async for frame in ws:
            if frame.type is WSMsgType.TEXT:
                self._sort(json.loads(frame.data))
        return ws

    def _sort(self, frame: Json) -> None:
        if "retcode" in frame:
            self.replies.append(frame)
            waiting = self._waiting.get(str(frame["echo"]))
            if waiting is not None and not waiting.done():
                waiting.set_result(frame)
        elif frame.get("meta_event_type") == "heartbeat":
            self.heartbeats.put_nowait(frame)
        else:
            self.events.put_nowait(frame)

    async def event(self) -> Json:
        """The next event that is no heartbeat."""
        async with asyncio.timeout(5):
            return await self.events.get()

    async def begin(self, action: str, **params: Any) -> asyncio.Future[Json]:
        """Sends the call and returns what the reply will be put into."""
        assert self._ws is not None
        echo = str(next(self._echo))
        self._waiting[echo] = asyncio.get_running_loop().create_future()
        await self._ws.send_str(json.dumps({"action": action, "params": params, "echo": echo}))
        return self._waiting[echo]

    async def call(self, action: str, **params: Any) -> Json:
        reply = await self.begin(action, **params)
        async with asyncio.timeout(5):
            return await reply

    async def send(self, text: str, *, group: int | None = None, user: int | None = None) -> Json:
        return await self.call("send_msg", **message(text, group=group, user=user))


def message(text: str, *, group: int | None = None, user: int | None = None) -> Json:
    where: Json = {"group_id": group} if group is not None else {"user_id": user}
    return where | {"message": [{"type": "text", "data": {"text": text}}]}


def shape(value: Any) -> Any:
    """Keys and types of values; a list is as its first."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__
