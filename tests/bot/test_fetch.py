"""Files that people send: what is told about them, how their content is fetched, and that nothing else ever is."""

import ast
import asyncio
import base64
import gzip
import json
import socket
import time
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.channels.onebot import fetch as fetching
from bot.channels.onebot.adapter import Gate
from bot.channels.onebot.fetch import fetch
from bot.files.limits import FILE_BYTES
from bot.incoming import FileRef
from bot.texts import say_error
from core.errors import DomainError
from db.unit import Database
from tests.bot.desk import GROUP, STAFF, STRANGER, Desk
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.live import dialled

ROOT = Path(__file__).parents[2]
BOOK = b"\0a workbook" * 1000
HOST = "files.example.org"
PLACE = f"http://{HOST}/book"
UNAVAILABLE = "「名录.xlsx」取不到内容。请重新发送；仍不行时，请在运行机器人的电脑上用 eqabot import 导入。"
TOO_BIG = "「名录.xlsx」超过 10 MB。请拆成几个文件后分别导入。"
BY_IMPORT = "聊天中还不能导入文件。请在运行机器人的电脑上用 eqabot import 导入。"
NOT_TAKEN = "机器人不接收文件。请用文字说明，或发送「留言 内容」转给中心工作人员，或致电 0551-62283619。"


class Site:
    """A web server on this machine that notes what it is asked; every name leads to it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.sent = 0
        self.port = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        match request.path:
            case "/book":
                return web.Response(body=BOOK, headers={"Set-Cookie": "a=b"})
            case "/elsewhere":
                return web.Response(status=302, headers={"Location": "/book"}, body=BOOK)
            case "/packed":
                return web.Response(body=gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"})
            case "/endless":
                return await self._endless(request)
            case "/slow":
                await asyncio.sleep(30)
        return web.Response(status=404, body=BOOK)

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(65_536))
            self.sent += 65_536


class Names(AbstractResolver):
    def __init__(self, port: int) -> None:
        self.port = port

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        found = {"hostname": host, "host": "127.0.0.1", "port": self.port, "family": socket.AF_INET}
        return [found | {"proto": 0, "flags": socket.AI_NUMERICHOST}]  # type: ignore[list-item]

    async def close(self) -> None:
        pass


class Leading:
    """aiohttp, whose sessions connect to this port whatever the name."""

    def __init__(self, port: int) -> None:
        self._port = port

    def ClientSession(self, **more: Any) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=Names(self._port)), **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(aiohttp, name)


@pytest.fixture
async def site(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    site, app = Site(), web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.port = runner.addresses[0][1]
    monkeypatch.setattr(fetching, "aiohttp", Leading(site.port))
    yield site
    await runner.cleanup()


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FakeQQ]:
    people = [{"user_id": int(user)} for user in (STRANGER, STAFF)]
    scene = tmp_path_factory.mktemp("fetch") / "scene.json"
    groups = [{"group_id": int(GROUP), "members": people}]
    scene.write_text(json.dumps({"groups": groups, "friends": people}), encoding="utf-8")
    async with FakeQQ(listen=0, heartbeat=0, scene=scene) as qq:
        yield qq


@pytest.fixture
async def gate(served: FakeQQ, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gate]:
    await served.reset()
    monkeypatch.setattr(Gate, "ears", {})
    async with dialled(served, monkeypatch) as gate:
        yield gate


@pytest.fixture
async def qq(served: FakeQQ, gate: Gate, db: Database) -> AsyncIterator[FakeQQ]:
    """With the door open."""
    desk = await Desk(db).open()
    import_module("bot.plugins.door").install(desk.door)
    desk.door.start()
    yield served
    await desk.door.stop()
    import_module("bot.plugins.door")._door.clear()


async def fetched(qq: FakeQQ, gate: Gate, told: dict[str, Any] | None, url: str = "", **more: Any) -> bytes:
    """A file about which `get_file` tells that, None nothing."""
    ident = "/0a1b" if told is not None else ""
    if told is not None:
        file = {"type": "file", "data": {"file": "名录.xlsx", "file_id": ident, "told": told}}
        await qq.say(user=int(STRANGER), segments=[file])
    bot: Any = next(iter(gate.bots.values()))
    return await fetch(bot, FileRef("名录.xlsx", more.pop("size", 11_000), ident, url), [HOST], **more)


async def refusal(qq: FakeQQ, gate: Gate, told: dict[str, Any] | None, url: str = "", **more: Any) -> str:
    with pytest.raises(DomainError) as refused:
        await fetched(qq, gate, told, url, **more)
    return say_error(refused.value)


def in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


# -- the content


async def test_what_the_implementation_gives_goes_first(served: FakeQQ, gate: Gate, site: Site) -> None:
    told = {"file": "/root/.config/QQ/book", "url": PLACE, "base64": in_base64(BOOK)}
    assert await fetched(served, gate, told, PLACE) == BOOK
    assert site.asked == []


async def test_else_the_address_on_a_host_of_the_list(served: FakeQQ, gate: Gate, site: Site) -> None:
    path = {"file": "/root/.config/QQ/book", "url": "/root/.config/QQ/book"}
    assert await fetched(served, gate, {"url": PLACE}) == BOOK
    assert await fetched(served, gate, path, f"HTTP://{HOST.upper()}:80/book") == BOOK
    assert await fetched(served, gate, None, PLACE) == BOOK
    assert site.asked == ["/book"] * 3


async def test_no_proxy_of_the_environment(
    served: FakeQQ, gate: Gate, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(key, "http://127.0.0.1:1")
    assert await fetched(served, gate, None, PLACE) == BOOK


async def test_a_path_is_never_opened(served: FakeQQ, gate: Gate, site: Site, tmp_path: Path) -> None:
    here = tmp_path / "book"
    here.write_bytes(BOOK)
    for path in (str(here), here.as_uri(), f"//{HOST}/book", f"file://{HOST}/book"):
        assert await refusal(served, gate, {"file": path, "url": path}, path) == UNAVAILABLE


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/book",
        "http://[::1]/book",
        "http://2130706433/book",
        "http://localhost/book",
        f"http://{HOST}:8080/book",
        f"https://{HOST}:80/book",
        f"http://user@{HOST}/book",
        f"http://user:pass@{HOST}/book",
        f"http://{HOST}./book",
        f"http://{HOST}.evil.example/book",
        f"http://evil.example/{HOST}/book",
        f"http://{HOST}@evil.example/book",
        f"http://evil.example\\@{HOST}/book",
        f"http://evil.example#@{HOST}/book",
        f"http://sub.{HOST}/book",
        f"ftp://{HOST}/book",
        f"http:{HOST}/book",
        f"http://{HOST}:99999/book",
        "http://",
        "",
    ],
)
async def test_any_other_address_is_left_alone(served: FakeQQ, gate: Gate, site: Site, url: str) -> None:
    assert await refusal(served, gate, {"url": url}, url) == UNAVAILABLE
    assert site.asked == []


async def test_without_a_list_no_address_is_asked(served: FakeQQ, gate: Gate, site: Site) -> None:
    bot: Any = next(iter(gate.bots.values()))
    with pytest.raises(DomainError, match="files/unavailable"):
        await fetch(bot, FileRef("名录.xlsx", url=PLACE), [])
    assert site.asked == []


async def test_a_redirect_a_packed_answer_and_an_error_are_no_file(served: FakeQQ, gate: Gate, site: Site) -> None:
    for path in ("/elsewhere", "/packed", "/missing"):
        assert await refusal(served, gate, None, f"http://{HOST}{path}") == UNAVAILABLE
    assert site.asked == ["/elsewhere", "/packed", "/missing"]


async def test_more_than_the_limit_is_not_read_to_its_end(served: FakeQQ, gate: Gate, site: Site) -> None:
    assert await refusal(served, gate, None, f"http://{HOST}/endless") == TOO_BIG
    assert site.sent < FILE_BYTES + 8 * 1024 * 1024  # what stands in the buffers between
    assert await refusal(served, gate, None, PLACE, size=FILE_BYTES + 1) == TOO_BIG
    lying = {"base64": in_base64(bytes(FILE_BYTES // 5 + 1))}
    assert await refusal(served, gate, lying, size=900, limit=FILE_BYTES // 5) == TOO_BIG.replace("10", "2")
    assert len(await fetched(served, gate, lying, size=900)) == FILE_BYTES // 5 + 1
    assert site.asked == ["/endless"]


async def test_content_that_the_connection_cannot_carry_is_not_asked_for(
    served: FakeQQ, gate: Gate, site: Site
) -> None:
    """An answer of more than 4 MB would end a connection that we dialled."""
    for size in (3_200_000, None):
        assert await fetched(served, gate, {"base64": in_base64(bytes(3_200_000))}, PLACE, size=size) == BOOK
    assert not await served.calls("get_file")
    most = bytes(3_000_000)
    assert await fetched(served, gate, {"base64": in_base64(most)}, size=len(most)) == most
    assert gate.connections


async def test_what_does_not_come_in_time_is_no_file(
    served: FakeQQ, gate: Gate, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    assert await refusal(served, gate, None, f"http://{HOST}/slow") == UNAVAILABLE


async def test_broken_content_is_no_file(served: FakeQQ, gate: Gate, site: Site) -> None:
    assert await refusal(served, gate, {"base64": "canary!"}) == UNAVAILABLE
    assert await refusal(served, gate, {"file": "", "url": ""}) == UNAVAILABLE


# -- in chat


def file(name: str = "名录.xlsx", url: str = "") -> dict[str, Any]:
    return {"type": "file", "data": {"file": name, "file_id": "/0a1b", "file_size": "11000", "url": url}}


async def said(qq: FakeQQ, user: str) -> list[str]:
    return [one["text"] for one in await qq.shown(user=int(user))]


async def test_a_file_in_private_gets_one_sentence(qq: FakeQQ, site: Site) -> None:
    for user, sentence in ((STRANGER, NOT_TAKEN), (STAFF, BY_IMPORT)):
        await qq.say(user=int(user), segments=[file(url=PLACE)])
        await qq.wait_shown(conversation=f"private:{user}", count=1)
        assert await said(qq, user) == [sentence]
    assert not await qq.calls("get_file")
    assert site.asked == []


async def test_a_file_that_comes_as_a_notice_is_one_too(qq: FakeQQ, site: Site) -> None:
    """go-cqhttp and Lagrange."""
    at, own = int(time.time()), 10001
    for size in (1000, 1000, 2000):
        told = {"name": "名录.xlsx", "size": size, "url": f"http://127.0.0.1:{site.port}/book"}
        notice = {"post_type": "notice", "notice_type": "offline_file", "time": at, "self_id": own}
        assert await qq.event({**notice, "user_id": int(STRANGER), "file": told}) == "sent"
    await qq.wait_shown(conversation=f"private:{STRANGER}", count=2)
    await qq.say("帮助", user=int(STAFF))
    await qq.wait_shown(conversation=f"private:{STAFF}", count=1)
    assert await said(qq, STRANGER) == [NOT_TAKEN, NOT_TAKEN]
    assert site.asked == []


async def test_no_address_is_fetched_because_somebody_wrote_it(qq: FakeQQ, site: Site) -> None:
    """Texts, CQ codes, pictures, cards and files, in a group and in private, of staff and of others."""
    url = f"http://127.0.0.1:{site.port}/x"
    code = f"[CQ:image,file={url}]"
    data = {"file": url, "url": url, "file_id": url, "content": url, "data": json.dumps({"prompt": url})}
    kinds = ("image", "record", "video", "file", "share", "json", "xml", "music", "forward", "location")
    for user in (STRANGER, STAFF):
        for group in (int(GROUP), None):
            for text in (
                url,
                f"/{url}",
                f"查重 {url}",
                code,
                f"通知 {code}",
                f"单位 {url}",
                f"[CQ:file,url={url}]",
            ):
                await qq.say(text, user=int(user), group=group)
            for kind in kinds:
                await qq.say("帮助", user=int(user), group=group, segments=[{"type": kind, "data": data}])
    await qq.say("帮助", user=300400777, sub_type="friend")
    await qq.wait_shown(conversation="private:300400777", count=1)
    assert not await qq.calls("get_file")
    assert site.asked == []
    shown = await qq.shown()
    assert all(item["type"] in ("text", "reply") for one in shown for item in one["segments"])


# -- by construction

MAY_CONNECT = {
    "bot/channels/onebot/fetch.py",  # files, from EQABOT_FILE_HOSTS
    "bot/channels/wecom/send.py",  # EQABOT_WECOM_WEBHOOKS
    "bot/channels/wecom/classify.py",  # names its failures
    "bot/watch/heartbeat.py",  # EQABOT_HEARTBEAT_URL
    "bot/channels/mail/send.py",  # EQABOT_SMTP_URL
    "bot/channels/mail/classify.py",
    "bot/cli/run.py",  # asks whether its own port is free
}
CLIENTS = "aiohttp httpx requests urllib3 urllib.request http.client ftplib smtplib aiosmtplib websockets socket"
CALLS = {"open_connection", "create_connection", "urlopen", "urlretrieve", "get_session"}


def connects(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        if any(name == one or name.startswith(f"{one}.") for name in names for one in CLIENTS.split()):
            return True
        if isinstance(node, ast.Attribute) and node.attr in CALLS:
            return True
    return False


def test_only_these_files_can_connect_to_anywhere() -> None:
    sources = [path for floor in ("bot", "core", "db") for path in (ROOT / floor).rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix() for path in sources if connects(ast.parse(path.read_text("utf-8")))}
    assert found == MAY_CONNECT
