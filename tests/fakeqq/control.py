"""The judge's side: HTTP and JSON on the loopback. A request that makes no sense gets 400 and ``error``."""

import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.fakeqq.events import bot_offline, group_notice, pushed
from tests.fakeqq.link import Link
from tests.fakeqq.recalling import recall
from tests.fakeqq.saying import Saying, say
from tests.fakeqq.seen import Seen
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
        posts = "say event friend_request recall groups members friends fault disconnect pause resume online reset"
        posts += " replay report_self"
        gets = "shown calls state wait_shown files recalled"
        seen = Seen(self.world, self.link)
        app.add_routes([web.post(f"/{name}", getattr(self, name)) for name in posts.split()])
        app.add_routes([web.get(f"/{name}", getattr(seen, name)) for name in gets.split()])
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

    async def friend_request(self, request: web.Request) -> web.Response:
        """``times``: NapCat tells of some requests twice (its issue #1128)."""
        found = await body(request)
        event = self.world.ask_friend(int(found["user"]), str(found.get("comment", "")), time.time())
        outcomes = [await self.link.push(event, False) for _ in range(int(found.get("times", 1)))]
        return web.json_response({"flag": event["flag"], "outcome": outcomes[-1]})

    async def recall(self, request: web.Request) -> web.Response:
        """``by``: who does it; without it the author."""
        found = await body(request)
        by = found.get("by")
        if not recall(self.world, int(found["message_id"]), None if by is None else int(by), time.time()):
            raise ValueError("no such message, or that person may not recall it")
        await self.link.push_notices()
        return web.json_response({})

    async def groups(self, request: web.Request) -> web.Response:
        """With ``notify`` the bot is told in which way it left: kick_me, leave or disband."""
        found = await body(request)
        self.world.people.put_groups(some(found, "groups", "group_id"))
        for group_id in map(int, found.get("remove", [])):
            del self.world.people.groups[group_id]
            if found.get("notify"):
                self._tell("group_decrease", group_id, self.world.self_id, found["notify"], found.get("by"))
        await self.link.push_notices()
        return web.json_response({"groups": list(self.world.people.groups)})

    async def members(self, request: web.Request) -> web.Response:
        """With ``notify`` the bot is told of those who came and went; ``by``: who let them in or removed them."""
        found = await body(request)
        group = self.world.people.groups[int(found["group"])]
        new, gone = self.world.people.put_members(group, found.get("members", [])), found.get("remove", [])
        for user in map(int, gone):
            del group.members[user]
        if found.get("notify"):
            by = found.get("by")
            for user in new:
                self._tell("group_increase", group.group_id, user, "approve", by)
            for user in map(int, gone):
                self._tell("group_decrease", group.group_id, user, "leave" if by is None else "kick", by)
        await self.link.push_notices()
        return web.json_response({"members": list(group.members)})

    def _tell(self, kind: str, group: int, user: int, sub_type: str, by: int | None) -> None:
        more = {"operator_id": by or 0, "sub_type": sub_type}
        self.world.notices.append(group_notice(self.world.self_id, time.time(), kind, group, user, **more))

    async def friends(self, request: web.Request) -> web.Response:
        found = await body(request)
        self.world.befriend(some(found, "friends", "user_id"))
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
        """QQ itself goes off line: heartbeats say so, sends time out; the connection stays. With ``message``
        the bot is told at once, as NapCat does when the login ends."""
        found = await body(request)
        self.world.online = bool(found.get("online", True))
        if "message" in found:
            await self.link.push(bot_offline(self.world.self_id, time.time(), str(found["message"])), False)
        return web.json_response({"online": self.world.online})

    async def replay(self, request: web.Request) -> web.Response:
        """What people said last comes again, as after a reconnect: at most ``count`` messages, oldest first."""
        count = int((await body(request)).get("count", 30))
        lines = [line for line in self.world.talk.by_id.values() if line.event["post_type"] == "message"]
        again = [pushed(line.event, self.world.self_id) for line in lines if not line.recalled][-count:]
        return web.json_response({"outcomes": [await self.link.push(event, False) for event in again]})

    async def report_self(self, request: web.Request) -> web.Response:
        """NapCat's reportSelfMessage; ``times`` 0 is off."""
        self.world.report_self = int((await body(request)).get("times", 1))
        return web.json_response({})

    async def reset(self, request: web.Request) -> web.Response:
        self.world.reset()
        self.link.queue.clear()
        self.link.resume()
        return web.json_response({})
