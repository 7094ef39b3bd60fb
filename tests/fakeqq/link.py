"""The OneBot connection: dialled (reverse WebSocket) or listened for (forward), and what goes over it."""

import asyncio
import contextlib
import json
import socket
import time
from collections import deque
from collections.abc import Coroutine
from typing import Any

import aiohttp
from aiohttp import web

from tests.fakeqq.desk import Answer, Desk
from tests.fakeqq.events import heartbeat, lifecycle
from tests.fakeqq.wire import Json, reply_failed
from tests.fakeqq.world import World

Socket = aiohttp.ClientWebSocketResponse | web.WebSocketResponse
MAX_FRAME = 50 * 1024 * 1024
HANDSHAKE_SECONDS = 2.0
CLOSE_SECONDS = 0.5
CLOSING = aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS)


class Link:
    """Outlives the bot: a dialled connection is dialled again ``redial`` seconds after it was lost."""

    def __init__(self, world: World, token: str, heartbeat_seconds: float, redial: float) -> None:
        self.world = world
        self.desk = Desk(world)
        self.token = token
        self.heartbeat_seconds = heartbeat_seconds
        self.redial = redial
        self.sockets: set[Socket] = set()
        self.queue: deque[Json] = deque()
        self.connects = 0
        self.refused = 0
        self.last_error = ""
        self.away_until = 0.0
        self.reading = asyncio.Event()
        self.reading.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._resume: asyncio.TimerHandle | None = None

    # -- getting connected

    async def dial(self, url: str) -> None:
        headers = {
            "X-Self-ID": str(self.world.self_id),
            "X-Client-Role": "Universal",
            "User-Agent": "OneBot/11",
            "Authorization": f"Bearer {self.token}",
        }
        async with aiohttp.ClientSession(headers=headers) as session:
            while True:
                await asyncio.sleep(max(0.0, self.away_until - time.monotonic()))
                try:
                    async with asyncio.timeout(HANDSHAKE_SECONDS):
                        ws = await session.ws_connect(url, max_msg_size=MAX_FRAME, timeout=CLOSING)
                except (aiohttp.ClientError, OSError, TimeoutError) as error:
                    self.refused += 1
                    self.last_error = str(error) or type(error).__name__
                else:
                    async with ws:
                        await self.serve(ws)
                await asyncio.sleep(self.redial)

    async def accept(self, request: web.Request) -> web.WebSocketResponse:
        """A forward connection; a wrong token is told so over the socket, as NapCat does."""
        ws = web.WebSocketResponse(max_msg_size=MAX_FRAME, timeout=CLOSE_SECONDS)
        await ws.prepare(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.token and self.token != (request.query.get("access_token") or token):
            self.refused += 1
            self.last_error = "token验证失败"
            await ws.send_str(json.dumps(reply_failed("token验证失败", 1403, None), ensure_ascii=False))
            await ws.close()
        else:
            await self.serve(ws)
        return ws

    async def serve(self, ws: Socket) -> None:
        beat = asyncio.create_task(self._beat(ws))
        try:
            await _send(ws, lifecycle(self.world.self_id, time.time()))
            while self.queue:
                await _send(ws, self.queue[0])
                self.queue.popleft()
            self.sockets.add(ws)
            self.connects += 1
            await self._read(ws)
        except ConnectionError as error:
            self.last_error = f"lost: {error}"
        finally:
            beat.cancel()
            self.sockets.discard(ws)

    # -- what comes in

    async def _read(self, ws: Socket) -> None:
        """While paused, one frame is held here and the rest stays in the socket."""
        while True:
            frame = await ws.receive()
            if frame.type is not aiohttp.WSMsgType.TEXT:
                return
            await self.reading.wait()
            self._start(self._answer(ws, frame.data))

    async def _answer(self, ws: Socket, frame: str) -> None:
        answer = await self.desk.handle(frame)
        if answer.drop:
            self.world.notices.clear()
            cut(ws)
            return
        try:
            await self._reply(ws, answer)
        except ConnectionError as error:
            answer.call["outcome"] = "lost"
            self.last_error = f"lost: {error}"
        await self.push_notices()

    async def _reply(self, ws: Socket, answer: Answer) -> None:
        if self.world.report_self:  # QQ tells of what was shown before NapCat's call ends
            await self.push_notices()
        for reply in answer.replies:
            await _send(ws, reply)

    # -- what goes out

    async def push(self, event: Json, queue: bool) -> str:
        """``sent``, ``queued`` until the bot is back, or ``lost`` as with the real one."""
        sent = False
        for ws in list(self.sockets):
            try:
                await _send(ws, event)
                sent = True
            except ConnectionError as error:
                self.last_error = f"lost: {error}"
        if not sent and queue:
            self.queue.append(event)
        return "sent" if sent else "queued" if queue else "lost"

    async def push_notices(self) -> None:
        while self.world.notices:
            await self.push(self.world.notices.popleft(), queue=False)

    async def _beat(self, ws: Socket) -> None:
        with contextlib.suppress(ConnectionError):  # the reader sees the loss too, and tells
            while self.heartbeat_seconds > 0:
                await asyncio.sleep(self.heartbeat_seconds)
                online = self.world.online
                await _send(ws, heartbeat(self.world.self_id, time.time(), online, self.heartbeat_seconds))

    # -- what is done to it

    def pause(self, seconds: float | None) -> None:
        self.resume()
        self.reading.clear()
        if seconds is not None:
            self._resume = asyncio.get_running_loop().call_later(seconds, self.resume)

    def resume(self) -> None:
        if self._resume is not None:
            self._resume.cancel()
        self.reading.set()

    async def disconnect(self, seconds: float, hard: bool) -> int:
        """Ends all connections and stays away for that long; ``hard``: without a closing frame."""
        self.away_until = time.monotonic() + seconds
        sockets = list(self.sockets)
        for ws in sockets:
            if hard:
                cut(ws)
            else:
                await ws.close(code=aiohttp.WSCloseCode.GOING_AWAY)
        return len(sockets)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A fault of the fake itself goes to standard error with its traceback."""
        self._tasks.discard(task)
        if not task.cancelled():
            task.result()


async def _send(ws: Socket, payload: Json) -> None:
    await ws.send_str(json.dumps(payload, ensure_ascii=False))


def cut(ws: Socket) -> None:
    """The cable is pulled: no closing frame, both sides see the end of the stream."""
    raw = ws.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):  # gone already, which is what was wanted
            raw.shutdown(socket.SHUT_RDWR)
