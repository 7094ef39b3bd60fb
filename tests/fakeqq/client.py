"""The fake QQ for tests: a process of its own, spoken to over its control port."""

import asyncio
import base64
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.fakeqq.wire import Json

MAIN = Path(__file__).with_name("main.py")


@dataclass(frozen=True)
class SentFile:
    n: int
    at: float
    conversation: str
    message_id: int
    name: str
    size: int
    sha256: str
    content: bytes


class FakeQQ:
    """``async with FakeQQ("ws://…") as qq``, or ``FakeQQ(listen=0)`` to be dialled at ``qq.forward_url``.

    ``options``: further command line options, e.g. ``scene=PATH, journal=PATH, heartbeat=0.1, self_id=10001``.
    It ends with the test's own process, however that ends.
    """

    def __init__(self, url: str | None = None, *, listen: int | None = None, token: str = "", **options: Any):
        where = ["--url", url] if url is not None else ["--listen", str(listen or 0)]
        more = [str(x) for key, value in options.items() for x in ("--" + key.replace("_", "-"), value)]
        self._command = [sys.executable, str(MAIN), *where, "--token", token, "--watch-stdin", *more]
        self._process: asyncio.subprocess.Process | None = None
        self._session: aiohttp.ClientSession | None = None
        self.control_url = ""
        self.forward_url = ""

    async def start(self, timeout: float = 10) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe)
        assert self._process.stdout is not None
        async with asyncio.timeout(timeout):
            line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the fake QQ did not start: status {await self._process.wait()}")
        ports = json.loads(line)
        self.control_url = f"http://127.0.0.1:{ports['control']}"
        self.forward_url = f"ws://127.0.0.1:{ports['listen']}/" if ports["listen"] else ""
        self._session = aiohttp.ClientSession(self.control_url)
        return self

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # -- what people and staff of QQ do

    async def say(self, text: str = "", *, user: int, group: int | None = None, **more: Any) -> int:
        """Returns the message id. ``more``: see ``saying.Saying``."""
        found = await self.post("say", user=user, text=text, group=group, **more)
        return int(found["message_id"])

    async def event(self, event: Json, *, queue: bool = False) -> str:
        """``sent``, ``queued`` or ``lost``."""
        found = await self._call("POST", "event?queue=1" if queue else "event", json=event)
        return str(found["outcome"])

    async def groups(self, *groups: Json) -> None:
        await self.post("groups", groups=list(groups))

    async def members(self, group: int, *members: Json, remove: list[int] | None = None, **more: Any) -> None:
        await self.post("members", group=group, members=list(members), remove=remove or [], **more)

    async def leave(self, group: int, how: str = "kick_me", by: int | None = None) -> None:
        """The account is no longer in the group; ``how``: kick_me, leave or disband."""
        await self.post("groups", groups=[], remove=[group], notify=how, by=by)

    async def befriend(self, *users: int) -> None:
        await self.post("friends", friends=[{"user_id": user} for user in users])

    async def unfriend(self, *users: int) -> None:
        await self.post("friends", friends=[], remove=list(users))

    async def friend_request(self, user: int, comment: str = "", *, times: int = 1) -> str:
        """Somebody asks to be a friend (told ``times`` times); returns the flag."""
        return str((await self.post("friend_request", user=user, comment=comment, times=times))["flag"])

    async def recall(self, message_id: int, by: int | None = None) -> None:
        """A person takes a message back, by default its author."""
        await self.post("recall", message_id=message_id, by=by)

    # -- what goes wrong

    async def fault(self, conversation: str, kind: str, times: int = 1, delay: float = 0.0) -> None:
        """``conversation``: ``group:ID``, ``private:ID`` or ``*``; kinds in ``faults.py``, and ``clear``."""
        await self.post("fault", conversation=conversation, kind=kind, times=times, delay=delay)

    async def disconnect(self, seconds: float = 0, *, hard: bool = False) -> None:
        await self.post("disconnect", seconds=seconds, hard=hard)

    async def online(self, online: bool = True, **more: str) -> None:
        """False: the login ends; with ``message=`` the bot is told at once."""
        await self.post("online", online=online, **more)

    async def replay(self, count: int = 30) -> None:
        await self.post("replay", count=count)

    async def report_self(self, times: int = 1) -> None:
        await self.post("report_self", times=times)

    async def pause(self, seconds: float | None = None) -> None:
        await self.post("pause", seconds=seconds)

    async def resume(self) -> None:
        await self.post("resume")

    async def reset(self) -> None:
        await self.post("reset")

    # -- what can be seen

    async def shown(self, **query: Any) -> list[Json]:
        """``group=``, ``user=``, ``conversation=``, ``contains=``, ``after=``."""
        return list(await self._call("GET", "shown", params=query))

    async def calls(self, action: str | None = None) -> list[Json]:
        return list(await self._call("GET", "calls", params={"action": action} if action else {}))

    async def files(self, **query: Any) -> list[SentFile]:
        """What was uploaded and seen; filters as for ``shown``, ``contains=`` for the name."""
        found = await self._call("GET", "files", params=query)
        return [SentFile(**one | {"content": base64.b64decode(one["content"])}) for one in found]

    async def wait_file(self, name: str = "", *, timeout: float = 10, **query: Any) -> SentFile:
        """The last file whose name has this in it."""
        await self.wait_shown(f"[文件]{name}", timeout=timeout, **query)
        return (await self.files(contains=name, **query))[-1]

    async def recalled(self) -> list[Json]:
        """Everybody's: conversation, message_id, user_id, text, and operator_id who recalled it."""
        return list(await self._call("GET", "recalled"))

    async def state(self) -> Json:
        return dict(await self._call("GET", "state"))

    async def wait_shown(self, contains: str = "", *, timeout: float = 10, **query: Any) -> Json:
        """The last of the (``count=``, default 1) messages that show it; TimeoutError tells what was shown."""
        params = {"contains": contains, "timeout": str(timeout), **query}
        found = await self._call("GET", "wait_shown", params=params)
        if not found["enough"]:
            texts = [f"{entry['conversation']} {entry['text']}" for entry in await self.shown()]
            raise TimeoutError(f"not shown in {timeout} s: {params}; shown: {texts}")
        return dict(found["found"][-1])

    async def wait_state(self, timeout: float = 10, **wanted: Any) -> Json:
        """Until the state has these values, e.g. ``connected=True, connects=2``."""
        state: Json = {}
        try:
            async with asyncio.timeout(timeout):
                while any(state.get(key) != value for key, value in wanted.items()):
                    state = await self.state()
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise TimeoutError(f"not in {timeout} s: {wanted}; last: {state}") from None
        return state

    async def wait_connected(self, timeout: float = 10) -> Json:
        return await self.wait_state(timeout, connected=True)

    # -- wire

    async def post(self, path: str, **body: Any) -> Json:
        return dict(await self._call("POST", path, json=body))

    async def _call(self, method: str, path: str, **more: Any) -> Any:
        assert self._session is not None, "start() first"
        async with self._session.request(method, f"/{path}", **more) as response:
            found = await response.json()
        if response.status != 200:
            raise ValueError(f"/{path}: {found['error']}")
        return found
