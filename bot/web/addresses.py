"""The addresses on NoneBot's own server. Where it can be reached from outside this machine, only /healthz is open:
it says nothing but yes or no; the others want the access token."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from secrets import compare_digest

from nonebot.drivers import ASGIMixin, HTTPServerSetup, Request, Response
from yarl import URL

from bot.checks import is_this_machine
from bot.settings import Settings
from bot.watch.board import Board
from bot.web.gauges import exposition
from bot.web.ready import readiness
from core.clock import Clock
from db.unit import Database

TEXT = "text/plain; version=0.0.4; charset=utf-8"

Handler = Callable[[Request], Awaitable[Response]]


@dataclass
class Addresses:
    db: Database
    board: Board
    clock: Clock
    settings: Settings

    def install(self, driver: ASGIMixin) -> None:
        """May be called while the server is starting."""
        for name, handler in (("healthz", self.healthz), ("readyz", self.readyz), ("metrics", self.metrics)):
            driver.setup_http_server(HTTPServerSetup(URL(f"/{name}"), "GET", name, handler))

    async def healthz(self, _request: Request) -> Response:
        """200 while loop and tick are alive."""
        alive = self.board.is_alive(self.clock.real())
        return _json(200 if alive else 503, {"alive": alive})

    async def readyz(self, request: Request) -> Response:
        if not self._may_ask(request):
            return _FORBIDDEN
        found = await readiness(self.db, self.board, self.clock)
        return _json(200 if found["ready"] else 503, found)

    async def metrics(self, request: Request) -> Response:
        if not self._may_ask(request):
            return _FORBIDDEN
        content = await exposition(self.db, self.board, self.clock)
        return Response(200, headers={"Content-Type": TEXT}, content=content)

    def _may_ask(self, request: Request) -> bool:
        """Anybody on this machine; from elsewhere whoever bears the token that QQ's side bears, too."""
        if is_this_machine(self.settings.host):
            return True
        token = f"Bearer {self.settings.onebot_access_token}"
        return compare_digest(request.headers.get("Authorization", "").encode(), token.encode())


def _json(status: int, content: object) -> Response:
    return Response(status, headers={"Content-Type": "application/json"}, content=json.dumps(content))


_FORBIDDEN = _json(401, {"error": "Authorization: Bearer ONEBOT_ACCESS_TOKEN"})
