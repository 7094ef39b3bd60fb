"""The judge's side: HTTP and JSON on the loopback. A request that makes no sense gets 400 and ``error``."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.fakeqq.events import group_notice
from tests.fakeqq.link import Link
from tests.fakeqq.saying import Saying, say
from tests.fakeqq.wire import Json
from tests.fakeqq.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def faults_in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except (KeyError, TypeError, ValueError) as error:
        return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)


async def body(request: web.Request) -> Json:
    found = await request.json() if request.can_read_body else {}
    if not isinstance(found, dict):
        raise ValueError("the body is a JSON object")
    return found


def some(found: Json, many: str, one: str) -> list[Json]:
    """``{"groups": […]}`` or just one group."""
    return list(found[many]) if many in found else [found] if one in found else []


class Control:
    def __init__(self, world: World, link: Link) -> None:
        self.world = world
        self.link = link

    def app(self) -> web.Application:
        app = web.Application(middlewares=[faults_in_words], client_max_size=64 * 1024 * 1024)
        posts = "say event groups members friends fault disconnect pause resume online reset"
        gets = "shown calls state wait_shown"
        app.add_routes([web.post(f"/{name}", getattr(self, name)) for name in posts.split()])
        app.add_routes([web.get(f"/{name}", getattr(self, name)) for name in gets.split()])
        return app

    async def say(self, request: web.Request) -> web.Response:
        item = Saying(**await body(request))
        event = say(self.world, item, time.time())
        await self.link.push_notices()
        outcome = await self.link.push(event, item.queue)
        return web.json_response({"message_id": event["message_id"], "outcome": outcome})

    async def event(self, request: web.Request) -> web.Response:
        """Any event as it is; ``time`` and ``self_id`` are filled in where absent, history doesn't get it.
        ``?queue=1`` keeps it for a bot that is away. The flag of a request can be answered once."""
        event: Json = {"time": int(time.time()), "self_id": self.world.self_id} | await body(request)
        if event.get("post_type") == "request":
            self.world.requests[str(event["flag"])] = event
            self.world.people.seen.add(int(event["user_id"]))
        return web.json_response({"outcome": await self.link.push(event, "queue" in request.query)})

    async def groups(self, request: web.Request) -> web.Response:
        found = await body(request)
        self.world.people.put_groups(some(found, "groups", "group_id"))
        for group_id in found.get("remove", []):
            del self.world.people.groups[int(group_id)]
        return web.json_response({"groups": list(self.world.people.groups)})

    async def members(self, request: web.Request) -> web.Response:
        """With ``notify`` the bot is told of those who came and went."""
        found = await body(request)
        group = self.world.people.groups[int(found["group"])]
        changes = [
            (user, "group_increase", "approve")
            for user in self.world.people.put_members(group, found.get("members", []))
        ]
        for user in map(int, found.get("remove", [])):
            del group.members[user]
            changes.append((user, "group_decrease", "leave"))
        for user, kind, sub_type in changes if found.get("notify") else []:
            more = {"operator_id": 0, "sub_type": sub_type}
            notice = group_notice(self.world.self_id, time.time(), kind, group.group_id, user, **more)
            self.world.notices.append(notice)
        await self.link.push_notices()
        return web.json_response({"members": list(group.members)})

    async def friends(self, request: web.Request) -> web.Response:
        found = await body(request)
        self.world.people.put_friends(some(found, "friends", "user_id"))
        for user in found.get("remove", []):
            del self.world.people.friends[int(user)]
        return web.json_response({"friends": list(self.world.people.friends)})

    async def fault(self, request: web.Request) -> web.Response:
        """Kind ``clear`` takes away the conversation's faults, with ``*`` all."""
        found = await body(request)
        if found.get("kind") == "clear":
            self.world.faults.clear(found.get("conversation", "*"))
        else:
            self.world.faults.add(found)
        return web.json_response({"faults": self.world.faults.json()})

    async def disconnect(self, request: web.Request) -> web.Response:
        found = await body(request)
        ended = await self.link.disconnect(float(found.get("seconds", 0)), bool(found.get("hard")))
        return web.json_response({"disconnected": ended})

    async def pause(self, request: web.Request) -> web.Response:
        seconds = (await body(request)).get("seconds")
        self.link.pause(None if seconds is None else float(seconds))
        return web.json_response({"paused": True})

    async def resume(self, request: web.Request) -> web.Response:
        self.link.resume()
        return web.json_response({"paused": False})

    async def online(self, request: web.Request) -> web.Response:
        """QQ itself goes off line: heartbeats say so, sends time out; the connection stays."""
        self.world.online = bool((await body(request)).get("online", True))
        return web.json_response({"online": self.world.online})

    async def reset(self, request: web.Request) -> web.Response:
        self.world.reset()
        self.link.queue.clear()
        self.link.resume()
        return web.json_response({})

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
