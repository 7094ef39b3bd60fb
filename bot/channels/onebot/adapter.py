"""NoneBot's OneBot adapter with our own gate: known accounts only, each for itself, no query-string tokens, no
message texts in the log, and a reader that lets the handlers under way go first."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, ClassVar

from loguru import logger
from nonebot.adapters import Bot
from nonebot.adapters.onebot.store import ResultStore
from nonebot.adapters.onebot.v11 import (
    Adapter,
    Event,
    FriendRequestEvent,
    GroupMessageEvent,
    GroupRequestEvent,
    MessageEvent,
    NoticeEvent,
    PrivateMessageEvent,
)
from nonebot.drivers import HTTPServerSetup, Request, Response, WebSocket
from nonebot.exception import NoLogException

from bot.channels.onebot.offline import as_message, is_file_notice

IN_FLIGHT = 32
_speaking: ContextVar[str] = ContextVar("speaking", default="")  # the account whose connection is being read
TURNS = 200  # so that a handler that waits for an API answer never stops the reader


class _Quiet:
    def get_log_string(self) -> str:
        """What people write is not written to the log (domain §7)."""
        raise NoLogException("OneBot V11")


class QuietMessage(_Quiet, MessageEvent):
    pass


class QuietGroupMessage(_Quiet, GroupMessageEvent):
    pass


class QuietPrivateMessage(_Quiet, PrivateMessageEvent):
    pass


class QuietFriendRequest(_Quiet, FriendRequestEvent):
    pass


class QuietGroupRequest(_Quiet, GroupRequestEvent):
    pass


class QuietNotice(_Quiet, NoticeEvent):
    """Notices without a model of their own, such as a new group card."""


class Answers(ResultStore):
    """Answers to calls, each taken once. Numbers begin anywhere, because NapCat answers over whichever connection
    it has: the late answer to a process that died must not be taken for one to ours."""

    def __init__(self) -> None:
        super().__init__()
        self._seq = secrets.randbelow(2**40)

    def add_result(self, result: dict[str, Any]) -> None:
        """A doubled or late one would otherwise end the connection."""
        with contextlib.suppress(asyncio.InvalidStateError):
            super().add_result(result)


Ear = Callable[[Mapping[str, Any]], None]


class Gate(Adapter):
    """`accounts` are our own (`qq:10000`); empty admits any that brings the token. `ears` hear every event
    before NoneBot does, whose matchers would cost each group message too much; they return at once. `known`:
    numbers of all that were connected in this process's life. `rehearsing`: what we send is marked 〔演练〕."""

    accounts: frozenset[str] = frozenset()
    known: ClassVar[set[str]] = set()
    rehearsing = False
    ears: ClassVar[dict[str, Ear]] = {}
    _result_store = Answers()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._losses: dict[WebSocket, asyncio.Future[None]] = {}

    @classmethod
    def json_to_event(cls, json_data: Any) -> Event | None:
        """Our own messages, shown back to us, are heard and never answered."""
        if isinstance(json_data, dict) and "post_type" in json_data:
            if not cls._is_its_own(str(json_data.get("self_id") or "")):
                logger.warning("an event of another account than that of its connection was dropped")
                return None
            if is_file_notice(json_data):
                json_data = as_message(json_data)
            for name, ear in cls.ears.items():
                try:
                    ear(json_data)
                except Exception:  # noqa: BLE001 - what one ear cannot bear is no reason to end the connection
                    logger.exception("an event was not understood: {}", name)
            if json_data["post_type"] == "message_sent":
                return None
        return super().json_to_event(json_data)

    @classmethod
    def _is_its_own(cls, self_id: str) -> bool:
        return _speaking.get() in ("", self_id) and cls.admits(self_id)

    @classmethod
    def our_accounts(cls) -> set[str]:
        return cls.known | {account.removeprefix("qq:") for account in cls.accounts}

    def bot_connect(self, bot: Bot) -> None:
        self.known.add(bot.self_id)
        _speaking.set(bot.self_id)
        super().bot_connect(bot)

    def until_lost(self, socket: WebSocket) -> "asyncio.Future[None]":
        """Done as soon as this connection has ended."""
        if socket not in self._losses:
            self._losses[socket] = asyncio.get_running_loop().create_future()
        return self._losses[socket]

    def bot_disconnect(self, bot: Bot) -> None:
        for socket in self._losses.keys() - set(self.connections.values()):
            self._losses.pop(socket).set_result(None)
        _speaking.set("")
        super().bot_disconnect(bot)

    def speaks_for(self, bot: Bot) -> bool:
        """Whether calls of this account go out over a connection of ours."""
        return self.admits(bot.self_id) and bot.self_id in self.connections

    def setup_http_server(self, setup: HTTPServerSetup) -> None:
        """Events by HTTP POST only with a secret to sign them; without one anybody could forge them."""
        if self.onebot_config.onebot_secret:
            super().setup_http_server(setup)

    async def _handle_ws(self, websocket: WebSocket) -> None:
        self_id = str(websocket.request.headers.get("x-self-id") or "")
        if websocket.request.url.query.get("access_token"):
            logger.warning("refused a connection: the token stood in the address; send it as a header")
            await websocket.close(1008, "Token in query")
        elif self_id and not self.admits(self_id):
            logger.warning("refused a connection of an account that is not in EQABOT_ACCOUNTS")
            await websocket.close(1008, "Unknown account")
        else:
            if self._check_access_token(websocket.request) is None:
                self._make_way(self_id)
            await super()._handle_ws(_Paced(websocket, self.tasks))  # type: ignore[arg-type]

    def _make_way(self, self_id: str) -> None:
        """An account that only ever posted events may now connect; NoneBot takes it for connected already."""
        if self_id in self.bots and self_id not in self.connections:
            self.bot_disconnect(self.bots[self_id])

    async def _handle_http(self, request: Request) -> Response:
        self_id = str(request.headers.get("x-self-id") or "")
        if self_id and not self.admits(self_id):
            logger.warning("refused an event of an account that is not in EQABOT_ACCOUNTS")
            return Response(403, content="Unknown account")
        _speaking.set(self_id)
        return await super()._handle_http(request)

    @classmethod
    def admits(cls, self_id: str) -> bool:
        return not cls.accounts or f"qq:{self_id}" in cls.accounts


class _Paced:
    """A WebSocket that, while many events are under way, lets them run before it reads the next one:
    NoneBot starts a task per event without bound (architecture §3)."""

    def __init__(self, inner: WebSocket, under_way: "set[asyncio.Task[Any]]") -> None:
        self._inner, self._under_way = inner, under_way

    async def receive(self) -> str | bytes:
        for _ in range(TURNS):
            if len(self._under_way) < IN_FLIGHT:
                break
            await asyncio.sleep(0)
        return await self._inner.receive()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def install(accounts: frozenset[str], rehearsing: bool = False) -> type[Gate]:
    Gate.accounts, Gate.known, Gate.rehearsing = accounts, set(), rehearsing
    Gate.add_custom_model(QuietMessage, QuietGroupMessage, QuietPrivateMessage)
    Gate.add_custom_model(QuietFriendRequest, QuietGroupRequest, QuietNotice)
    return Gate
