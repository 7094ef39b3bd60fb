"""Forged events: whoever is not our QQ side says 暂停推送 in the name of staff, and nothing happens. Counted by
effect: in the database, in what is answered, and in the number of messages taken in."""

import asyncio
import hmac
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.cli import OPERATOR
from core.access import Account, ManagedGroup, Role
from core.pushes.hold import Hold
from db.migrate import upgrade
from db.unit import Database
from tests.e2e.process import TOKEN, Eqabot
from tests.e2e.scene import FIRST, FOREIGN, MEMBER, OFFICE, SELF, STAFF

SECRET = "secret-for-tests-only"
UNKNOWN = 66666
STOP = "暂停推送"
FORBIDDEN = "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
ROUTES = ("/onebot/v11/", "/onebot/v11/http", "/onebot/v11/http/")
WIRES = ("/onebot/v11/", "/onebot/v11/ws", "/onebot/v11/ws/")
_ids = count(1)


def event(text: str = STOP, user: int = STAFF, group: int | None = None, **more: Any) -> dict[str, Any]:
    """A message of staff to us, in private or in a group."""
    where: dict[str, Any] = {"message_type": "private", "sub_type": "friend"}
    if group is not None:
        where = {"message_type": "group", "sub_type": "normal", "group_id": group}
    return {
        "post_type": "message",
        "self_id": SELF,
        "time": int(time.time()),
        "message_id": next(_ids),
        "user_id": user,
        "message": [{"type": "text", "data": {"text": text}}],
        "raw_message": text,
        "font": 0,
        "sender": {"user_id": user, "nickname": "刘老师", "card": "中心-刘老师", "role": "owner"},
        **where,
        **more,
    }


class Wire:
    """A running assistant, and whoever speaks to it."""

    def __init__(self, bot: Eqabot, session: aiohttp.ClientSession) -> None:
        self.bot, self.session = bot, session
        self.sent: list[dict[str, Any]] = []  # what the assistant asked its account to send

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.bot.port}"

    async def dial(self, path: str, headers: dict[str, str], what: dict[str, Any]) -> bool:
        """Whether somebody is let in; then the event goes out at once."""
        try:
            async with self.session.ws_connect(self.site + path, headers=headers) as socket:
                await socket.send_json(what)
                await asyncio.sleep(0.3)
                return True
        except aiohttp.WSServerHandshakeError:
            return False

    async def post(self, path: str, what: dict[str, Any], secret: str | None, **headers: str) -> int:
        """Signed with `secret`, if there is one."""
        body = json.dumps(what).encode()
        sign = {} if secret is None else {"X-Signature": "sha1=" + _digest(secret, body)}
        base = {"X-Self-ID": str(SELF), "Content-Type": "application/json"}
        async with self.session.post(self.site + path, data=body, headers=base | sign | headers) as response:
            return response.status

    @asynccontextmanager
    async def account(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Our own account, with the right token; it does what it is asked."""
        headers = {"X-Self-ID": str(SELF), "Authorization": f"Bearer {TOKEN}"}
        async with self.session.ws_connect(f"{self.site}/onebot/v11/ws", headers=headers) as socket:
            task = asyncio.create_task(self._serve(socket))
            yield socket
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _serve(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            call = json.loads(frame.data)
            if call["action"].startswith("send_"):
                self.sent.append(call["params"])
            answer = {"status": "ok", "retcode": 0, "data": {"message_id": next(_ids)}, "echo": call["echo"]}
            await socket.send_json(answer)

    async def taken_in(self) -> int:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with self.session.get(f"{self.site}/metrics", headers=headers) as response:
            found = re.search(r"^eqabot_inbound_total (\S+)", await response.text(), re.M)
        assert found
        return int(float(found[1]))

    async def hold(self) -> Hold | None:
        db = Database(address(self.bot.folder))
        try:
            return await db.read(lambda tx: tx.hold())
        finally:
            await db.close()

    async def answered(self, times: int) -> list[str]:
        async with asyncio.timeout(20):
            while len(self.sent) < times:
                await asyncio.sleep(0.02)
        return ["".join(part["data"].get("text", "") for part in one["message"]) for one in self.sent]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@asynccontextmanager
async def running(folder: Path, session: aiohttp.ClientSession, **env: str) -> AsyncIterator[Wire]:
    bot = Eqabot(folder, **env)
    await furnish(address(folder))
    async with bot:
        await bot.start()
        wire = Wire(bot, session)
        async with asyncio.timeout(60):
            while not await _is_up(wire):
                await asyncio.sleep(0.1)
        yield wire


def address(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'eqabot.db'}"


async def furnish(url: str) -> None:
    db, now = Database(url), datetime.now(UTC)
    await upgrade(db)
    await db.write(lambda tx: tx.set_staff(Account("qq", str(STAFF)), Role.OPERATOR, now, OPERATOR))
    for group in (ManagedGroup("qq", str(FIRST), "一群"), ManagedGroup("qq", str(OFFICE), "办公室", staff=True)):
        await db.write(lambda tx, group=group: tx.set_group(group, now, OPERATOR))  # type: ignore[misc]
    await db.close()


async def _is_up(wire: Wire) -> bool:
    try:
        async with wire.session.get(f"{wire.site}/healthz"):
            return True
    except aiohttp.ClientConnectionError:
        return False


def _digest(secret: str, body: bytes, kind: str = "sha1") -> str:
    return hmac.new(secret.encode(), body, kind).hexdigest()


def bearer(token: str, self_id: object = SELF) -> dict[str, str]:
    return {"X-Self-ID": str(self_id), "Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
async def test_what_is_forged_is_not_processed(tmp_path: Path, session: aiohttp.ClientSession, host: str) -> None:
    ours = {"EQABOT_ACCOUNTS": f'["qq:{SELF}"]', "ONEBOT_SECRET": SECRET}
    async with running(tmp_path, session, HOST=host, **ours) as wire:
        await strangers_dial(wire)
        await strangers_post(wire)
        async with wire.account() as socket:
            await strangers_dial(wire)
            await strangers_post(wire)
            await liars(wire, socket)
            await too_much(wire)
            assert wire.sent == []
            assert await wire.taken_in() == 0
            assert await wire.hold() is None
            assert await wire.post(ROUTES[0], event(), SECRET) == 204
            assert (await wire.answered(1))[0].startswith("已暂停全部推送")
            assert await wire.hold() is not None
            await socket.send_json(event("帮助", MEMBER, FIRST))
            assert (await wire.answered(2))[1].startswith("【质评助手】")
            assert await wire.taken_in() == 2
        for secret in (TOKEN, SECRET):
            assert secret not in wire.bot.log


async def too_much(wire: Wire) -> None:
    """Refused by what its head says, before a byte of it is read."""
    for headers, status in (({"Content-Length": str(150 * 2**20)}, 413), ({"Transfer-Encoding": "chunked"}, 411)):
        reading, writing = await asyncio.open_connection("127.0.0.1", wire.bot.port)
        lines = [f"POST {ROUTES[0]} HTTP/1.1", "Host: localhost", *(f"{k}: {v}" for k, v in headers.items())]
        writing.write("\r\n".join([*lines, "", ""]).encode())
        async with asyncio.timeout(5):
            assert str(status) in (await reading.readline()).decode()
        writing.close()


async def strangers_dial(wire: Wire) -> None:
    plain = {"X-Self-ID": str(SELF)}
    for path in WIRES:
        for query, headers in (
            ("", {}),
            ("", plain),
            ("", bearer("")),
            ("", bearer(TOKEN[:-1])),
            ("", bearer(f"{TOKEN}x")),
            ("", bearer(TOKEN.upper())),
            ("", bearer("wrong")),
            ("", bearer(SECRET)),
            ("", {**plain, "Authorization": TOKEN}),
            ("", {**plain, "Authorization": f"Basic {TOKEN}"}),
            ("", {"Authorization": f"Bearer {TOKEN}"}),
            ("", bearer(TOKEN, UNKNOWN)),
            ("", bearer(TOKEN, "")),
            ("", bearer(TOKEN, f"{SELF} ,{UNKNOWN}")),
            (f"?access_token={TOKEN}", plain),
            (f"?access_token={TOKEN}", bearer(TOKEN)),
            (f"?access_token={TOKEN}", bearer("wrong")),
            (f"?token={TOKEN}", plain),
        ):
            assert not await wire.dial(path + query, headers, event()), (path, query, headers)


async def strangers_post(wire: Wire) -> None:
    body = json.dumps(event()).encode()
    for path in ROUTES:
        assert await wire.post(path, event(), None) == 401
        assert await wire.post(path, event(), None, Authorization=f"Bearer {TOKEN}") == 401
        assert await wire.post(f"{path}?access_token={TOKEN}", event(), None) == 401
        for wrong in ("", "wrong", TOKEN, SECRET[:-1]):
            assert await wire.post(path, event(), wrong) == 403
        for sign in ("", "sha1=", "sha1=0", _digest(SECRET, body), f"sha256={_digest(SECRET, body, 'sha256')}"):
            assert await wire.post(path, event(), None, **{"X-Signature": sign}) in (401, 403), sign
        other = "sha1=" + _digest(SECRET, body)  # of another event
        assert await wire.post(path, event("帮助"), None, **{"X-Signature": other}) == 403
        assert await wire.post(path, event(), SECRET, **{"X-Self-ID": str(UNKNOWN)}) == 403
        assert await wire.post(path, event(), SECRET, **{"X-Self-ID": ""}) == 400
        assert await wire.post(path, event(self_id=UNKNOWN), SECRET) == 204  # dropped


async def liars(wire: Wire, socket: aiohttp.ClientWebSocketResponse) -> None:
    """Over the connection of our own account: events of others, and of staff where staff have no say."""
    for what in (
        event(self_id=UNKNOWN),
        event(self_id=str(UNKNOWN)),
        event(self_id=None),
        event(group=OFFICE, self_id=UNKNOWN),
        {key: value for key, value in event().items() if key != "self_id"},
        event(group=FIRST),
        event(group=FOREIGN),
        event(user=SELF),
        event(user=SELF, group=OFFICE),
        event(group=OFFICE, sub_type="anonymous"),
        event(group=OFFICE, sub_type="notice"),
        event(post_type="message_sent"),
        event(time=int(time.time()) - 300),
        {"post_type": "notice", "notice_type": "offline_file", "self_id": UNKNOWN, "user_id": STAFF, "file": {}},
    ):
        await socket.send_json(what)
    await asyncio.sleep(0.5)


async def test_staff_out_of_a_group_that_is_not_ours_have_no_say(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    """A temporary session, and what is addressed to us in a foreign group: anybody may bring them about."""
    async with running(tmp_path, session) as wire, wire.account() as socket:
        at = {"type": "at", "data": {"qq": str(SELF)}}
        said = {"type": "text", "data": {"text": f" {STOP}"}}
        for times, what in enumerate(
            (
                event(sub_type="group", group_id=FOREIGN, temp_source=0),
                event(sub_type="group"),
                event(sub_type="other"),
                event(f"/{STOP}", group=FOREIGN),
                event(f"/{STOP}", group=FIRST),
                event(group=FOREIGN, message=[at, said]),
            ),
            start=1,
        ):
            await socket.send_json(what)
            assert (await wire.answered(times))[-1] == FORBIDDEN
        assert await wire.hold() is None
        await socket.send_json(event())
        assert (await wire.answered(7))[-1].startswith("已暂停全部推送")


async def test_events_by_http_have_no_way_in_without_a_secret(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    async with running(tmp_path, session) as wire, wire.account():
        for path in (*ROUTES, "/onebot/v11", "/onebot/v11/ws", "/onebot/v11/http/events", "/"):
            for secret in (None, "", TOKEN, SECRET):
                assert await wire.post(path, event(), secret) in (404, 405), path
            assert await wire.post(path, event(), None, Authorization=f"Bearer {TOKEN}") in (404, 405)
        assert wire.sent == []
        assert await wire.taken_in() == 0
        assert await wire.hold() is None


async def test_an_account_that_posted_before_it_connected_is_let_in(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    async with running(tmp_path, session, ONEBOT_SECRET=SECRET) as wire:
        assert await wire.post(ROUTES[0], event(), SECRET) == 204
        async with asyncio.timeout(20):
            while await wire.hold() is None:
                await asyncio.sleep(0.1)
        async with wire.account() as socket:
            await socket.send_json(event("帮助"))
            assert (await wire.answered(1))[0].startswith("【质评助手】")
