"""Stand-in for WeCom's group-robot webhook on loopback: limits and errcodes as the service's page states them."""

import asyncio
import json
from typing import Any, Self

from aiohttp import web

LIMIT, BYTES = 20, 2048


class Wecom:
    """`said`: (key, text) that the groups were shown. `deaf`: takes a message and never answers."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.codes: list[int] = []
        self.status, self.deaf, self.port = 200, False, 0

    def address(self, key: str = "lab-1") -> str:
        return f"http://127.0.0.1:{self.port}/cgi-bin/webhook/send?key={key}"

    async def _send(self, request: web.Request) -> web.Response:
        key, body = request.query.get("key", ""), await request.json()
        code = self._judge(key, body["text"]["content"])
        self.codes.append(code)
        if code == 0:
            self.said.append((key, body["text"]["content"]))
        if self.deaf:
            await asyncio.sleep(60)
        return web.Response(status=self.status, text=json.dumps({"errcode": code, "errmsg": "…"}))

    def _judge(self, key: str, text: str) -> int:
        if not key.startswith("lab-"):
            return 93000
        if not 0 < len(text.encode()) <= BYTES:
            return 40058
        return 45009 if len(self.said) >= LIMIT else 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes([web.post("/cgi-bin/webhook/send", self._send), web.get("/ping", self._ping)])
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        self.pings = 0
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def _ping(self, _request: web.Request) -> web.Response:
        """The outside watcher of EQABOT_HEARTBEAT_URL."""
        self.pings += 1
        return web.Response(status=self.status)

    async def __aexit__(self, *_: Any) -> None:
        await self._runner.cleanup()
