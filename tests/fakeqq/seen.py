"""What the judge gets to see: all of it is read only."""

import asyncio
import base64
import hashlib
import time
from typing import Any

from aiohttp import web

from tests.fakeqq.link import Link
from tests.fakeqq.recalling import recalled
from tests.fakeqq.wire import Json
from tests.fakeqq.world import World


class Seen:
    def __init__(self, world: World, link: Link) -> None:
        self.world = world
        self.link = link

    async def shown(self, request: web.Request) -> web.Response:
        return web.json_response(self._shown(dict(request.query)))

    async def calls(self, request: web.Request) -> web.Response:
        action = request.query.get("action")
        return web.json_response([c for c in self.world.calls if action in (None, c["action"])])

    async def state(self, request: web.Request) -> web.Response:
        link, world = self.link, self.world
        state: dict[str, Any] = {
            "connected": bool(link.sockets),
            "connects": link.connects,
            "refused": link.refused,
            "last_error": link.last_error,
            "queued": len(link.queue),
            "paused": not link.reading.is_set(),
            "online": world.online,
            "self_id": world.self_id,
            "shown": len(world.talk.shown),
            "calls": len(world.calls),
            "faults": world.faults.json(),
            "requests": list(world.requests.values()),
            "answered": world.answered,
        }
        return web.json_response(state)

    async def files(self, request: web.Request) -> web.Response:
        """What was uploaded and seen, with ``content`` in base64; filters as for ``shown``."""
        shown, contents = self._shown(dict(request.query)), self.world.contents
        return web.json_response([_file(one, contents[one["n"]]) for one in shown if one["n"] in contents])

    async def recalled(self, request: web.Request) -> web.Response:
        """Everybody's recalled messages."""
        return web.json_response(recalled(self.world))

    async def wait_shown(self, request: web.Request) -> web.Response:
        """``{"found": […]}`` as soon as there are ``count`` (1); after ``timeout`` (10 s) what there is."""
        query = dict(request.query)
        deadline = time.monotonic() + float(query.get("timeout", "10"))
        count = int(query.get("count", "1"))
        while len(found := self._shown(query)) < count:
            try:
                async with asyncio.timeout(deadline - time.monotonic()):
                    await self.world.talk.changed()
            except TimeoutError:
                break
        return web.json_response({"found": found, "enough": len(found) >= count})

    def _shown(self, query: dict[str, str]) -> list[Json]:
        """Filters: ``group``, ``user``, ``conversation``, ``contains``, ``after`` (an ``n``)."""
        wanted = query.get("conversation")
        if "group" in query:
            wanted = f"group:{query['group']}"
        elif "user" in query:
            wanted = f"private:{query['user']}"
        contains, after = query.get("contains", ""), int(query.get("after", "0"))
        return [
            entry
            for entry in self.world.talk.shown
            if entry["n"] > after and wanted in (None, entry["conversation"]) and contains in entry["text"]
        ]


def _file(entry: Json, content: bytes) -> Json:
    found: Json = {key: entry[key] for key in ("n", "at", "conversation", "message_id")}
    return found | {
        "name": entry["segments"][0]["data"]["file"],
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "content": base64.b64encode(content).decode(),
    }
