"""Command line and life of the process."""

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from aiohttp import web

from tests.fakeqq.control import Control
from tests.fakeqq.faults import KINDS
from tests.fakeqq.link import Link
from tests.fakeqq.world import World

EPILOG = """\
When ready, one JSON line on standard output says the ports: {"control": 40001, "listen": null}.
scene:  {"groups": [{"group_id": 1, "group_name": "…", "self_role": "admin", "members":
        [{"user_id": 2, "nickname": "…", "card": "…", "role": "member", "is_robot": false}]}],
        "friends": [{"user_id": 2, "nickname": "…"}]}
control, POST with JSON: /say {"user": 2, "group": 1, "text": "…"}, /event, /groups, /members, /friends,
        /friend_request {"user": 2, "comment": "…"}, /recall {"message_id": 1, "by": 2},
        /fault {"conversation": "group:1", "kind": "timeout_shown", "times": 1, "delay": 0},
        /disconnect {"seconds": 0, "hard": false}, /pause {"seconds": 5}, /resume, /reset,
        /online {"online": false, "message": "登录状态已失效"}, /replay {"count": 30}, /report_self {"times": 1}
control, GET: /shown?group=&user=&contains=&after=, /wait_shown?contains=&conversation=&timeout=&count=,
        /files?user=&contains=, /recalled, /calls?action=, /state
kinds of faults: FAULTS
"""


def parser() -> argparse.ArgumentParser:
    out = argparse.ArgumentParser(
        description="A QQ account with NapCat, played for a bot under test.",
        epilog=EPILOG.replace("FAULTS", ", ".join(KINDS)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    where = out.add_mutually_exclusive_group(required=True)
    where.add_argument("--url", help="the bot's reverse WebSocket, e.g. ws://127.0.0.1:8080/onebot/v11/ws")
    where.add_argument("--listen", type=int, metavar="PORT", help="be a forward WebSocket server; 0: any port")
    out.add_argument("--token", default="", help="access token")
    out.add_argument("--self-id", type=int, default=10001, help="the account's own number")
    out.add_argument("--nickname", default="质评助手")
    out.add_argument("--control", type=int, default=0, metavar="PORT", help="HTTP control; 0: any port")
    out.add_argument("--scene", type=Path, metavar="FILE", help="groups, members and friends at the start")
    out.add_argument("--journal", type=Path, metavar="FILE", help="append every shown message as a JSON line")
    out.add_argument("--heartbeat", type=float, default=5.0, metavar="SECONDS", help="0: none")
    out.add_argument("--redial", type=float, default=0.3, metavar="SECONDS")
    out.add_argument(
        "--report-self", type=int, default=0, metavar="TIMES", help="tell the bot what it said itself"
    )
    out.add_argument("--watch-stdin", action="store_true", help="end when standard input ends")
    return out


def main(argv: list[str] | None = None) -> int:
    args = parser().parse_args(argv)
    try:
        scene = json.loads(args.scene.read_text("utf-8")) if args.scene else {}
        world = World(args.self_id, args.nickname, scene, args.journal, args.report_self)
    except (OSError, ValueError, TypeError, KeyError) as error:
        parser().error(f"--scene: {type(error).__name__}: {error}")
    asyncio.run(run(args, world))
    return 0


async def run(args: argparse.Namespace, world: World) -> None:
    link = Link(world, args.token, args.heartbeat, args.redial)
    runners: list[web.AppRunner] = []
    control = await _serve(runners, Control(world, link).app(), args.control)
    listen = None if args.listen is None else await _serve(runners, _forward(link), args.listen)
    print(json.dumps({"control": control, "listen": listen}), flush=True)
    tasks = [asyncio.create_task(_until_told(args.watch_stdin))]
    if args.url:
        tasks.append(asyncio.create_task(link.dial(args.url)))
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for runner in runners:
        await runner.cleanup()
    for task in done:
        task.result()


async def _serve(runners: list[web.AppRunner], app: web.Application, port: int) -> int:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    runners.append(runner)
    return int(runner.addresses[0][1])


def _forward(link: Link) -> web.Application:
    app = web.Application()
    app.router.add_get("/{path:.*}", link.accept)
    return app


async def _until_told(watch_stdin: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if watch_stdin:
        loop.add_reader(sys.stdin.fileno(), _at_the_end, stop)
    await stop.wait()


def _at_the_end(stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        stop.set()
