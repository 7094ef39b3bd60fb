"""`eqabot run [--clock START[xSPEED]] [--really]`"""

import argparse
import asyncio
import errno
import gc
import socket
from datetime import timedelta

import nonebot
from loguru import logger
from nonebot.drivers import ASGIMixin

from bot import checks, log
from bot import settings as configuration
from bot.app import App, build, channels_of, install, load_plugins
from bot.channels.onebot.adapter import install as admit
from bot.cli import database
from bot.pictures import FontMissing, has_font
from bot.scheduler.tick import EVERY, REHEARSING_EVERY
from bot.settings import Settings
from bot.web.addresses import Addresses
from bot.web.bounded import Bounded
from core.clock import Clock, RehearsalClock, SystemClock
from core.errors import DomainError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--clock", metavar="起点[x倍速]", help="演练：业务时间从这里开始，按倍速前进")
    parser.add_argument("--really", action="store_true", help="演练时也向普通群发送")


def run(args: argparse.Namespace) -> int:
    """Everything that can be wrong is found before the first connection."""
    settings = configuration.load()
    if args.really and not args.clock:
        raise DomainError("settings/really")
    clock: Clock = RehearsalClock.parse(args.clock) if args.clock else SystemClock()
    configuration.check_transport(settings)
    _check_port(settings)
    asyncio.run(_check_database(settings))
    log.install(settings)
    _start(settings, clock, bool(args.really) if args.clock else None)
    return 0


def _start(settings: Settings, clock: Clock, rehearsal: bool | None) -> None:
    nonebot.init(
        _env_file=None,
        driver=settings.driver,
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
        command_start=[""],
        command_sep=["."],
        session_expire_timeout=timedelta(minutes=2),
        nickname=[],
        superusers=[],
        api_timeout=30.0,
        onebot_access_token=settings.onebot_access_token or None,
        onebot_secret=settings.onebot_secret or None,
        onebot_ws_urls=settings.onebot_ws_urls,
        fastapi_openapi_url=None,
        fastapi_docs_url=None,
        fastapi_redoc_url=None,
    )
    log.install(settings)
    driver = nonebot.get_driver()
    nonebot.get_app().add_middleware(Bounded)
    driver.register_adapter(admit(frozenset(settings.accounts), rehearsal is not None))
    app: list[App] = []

    @driver.on_startup
    async def _up() -> None:
        table = load_plugins()
        if isinstance(clock, RehearsalClock):
            clock.restart()
        app.append(build(settings, clock, channels_of(settings, clock), table, rehearsal))
        install(app[0])
        assert isinstance(driver, ASGIMixin)
        Addresses(app[0].db, app[0].watcher.board, clock, settings).install(driver)
        await app[0].start(EVERY if rehearsal is None else REHEARSING_EVERY)
        gc.collect()
        gc.freeze()  # what stands now stands for ever; a full collection would stop the loop for 100 ms
        logger.info("ready at ws://{}:{}/onebot/v11/ws", settings.host, settings.port)
        _warn(settings, rehearsal)

    @driver.on_shutdown
    async def _down() -> None:
        for one in app:
            await one.stop()

    nonebot.run(access_log=False)


def _warn(settings: Settings, rehearsal: bool | None) -> None:
    if not settings.onebot_access_token:
        logger.warning("ONEBOT_ACCESS_TOKEN is empty: any program on this machine may speak as anybody")
    if not settings.accounts:
        logger.warning("EQABOT_ACCOUNTS is empty: any account that brings the token is admitted")
    if not (settings.wecom_webhooks or settings.smtp_url or rehearsal is not None):
        logger.warning("no second way for alarms: set EQABOT_WECOM_WEBHOOKS or EQABOT_SMTP_URL")
    if checks.in_the_clear([*settings.wecom_webhooks.values(), settings.heartbeat_url]):
        logger.warning("EQABOT_WECOM_WEBHOOKS or EQABOT_HEARTBEAT_URL is plain http; use https if you can")
    if not has_font():
        logger.warning("no picture: {}", FontMissing())
    if rehearsal is False:
        logger.warning("rehearsal: only staff groups are spoken to; --really speaks to all")


def _check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as fault:
            if fault.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
                raise
            raise DomainError("settings/port_in_use", host=settings.host, port=settings.port) from fault


async def _check_database(settings: Settings) -> None:
    async with database(settings):
        pass
