"""Composition root: where the parts meet. Nothing else knows all of them."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import Any

import nonebot

from bot.channels import Channel
from bot.channels.mail.send import MailChannel, mailboxes
from bot.channels.onebot.adapter import Gate
from bot.channels.onebot.cards import Cards
from bot.channels.onebot.leaving import Moves
from bot.channels.onebot.members import OneBotMembers
from bot.channels.onebot.send import OneBotChannel
from bot.channels.wecom.send import WecomChannel
from bot.commands import Table, declared
from bot.door import Door
from bot.guide import ready
from bot.plugins import NAMES
from bot.scheduler.deliverer import Deliverer
from bot.scheduler.expiring import expire_agreements
from bot.scheduler.matching import CardMatcher
from bot.scheduler.members import MemberReader
from bot.scheduler.nightly import Nightly
from bot.scheduler.sealing import seal_new
from bot.scheduler.tick import Tick
from bot.scheduler.unused import suspend_longest_unused
from bot.settings import Settings
from bot.watch.board import Board
from bot.watch.board import install as install_board
from bot.watch.heartbeat import Heartbeat
from bot.watch.watcher import Watcher
from core.clock import Clock
from core.retention.night import Terms
from core.words.pinyin import pinyin
from db.unit import Database

GUIDE_AFTER = 2.0  # seconds


def load_plugins() -> Table:
    """The command table, collected from the plugins' declarations. NoneBot must have been initialised."""
    for name in NAMES:
        if nonebot.get_plugin_by_module_name(f"bot.plugins.{name}") is None:
            nonebot.load_plugin(f"bot.plugins.{name}")
    return declared()


@dataclass
class App:
    """One running assistant: a door, a tick, a deliverer per channel, and who watches over them."""

    db: Database
    door: Door
    tick: Tick
    deliverers: list[Deliverer]
    watcher: Watcher
    heartbeat: Heartbeat
    readers: list[MemberReader] = field(default_factory=list)
    _tasks: list["asyncio.Task[Any]"] = field(default_factory=list)
    _scheduler: Any = None

    async def start(self, every: float | None) -> None:
        """`every` seconds a tick; None leaves ticking to the caller (demonstration, tests)."""
        await self.door.refresh()
        if every is not None:
            pinyin("一")  # its dictionary can't be read beside the event loop, so before anybody is served
        self.door.start()
        if every is None:
            return
        self._tasks += [asyncio.create_task(deliverer.run()) for deliverer in self.deliverers]
        self._tasks += [asyncio.create_task(reader.run()) for reader in self.readers]
        self._tasks.append(asyncio.create_task(CardMatcher(self.db).run()))
        self._tasks.append(asyncio.create_task(self.door.roster.run(self.db)))
        self._tasks.append(asyncio.create_task(_learn_guide()))
        self._tasks.append(asyncio.create_task(self.watcher.run()))
        self._scheduler = self.tick.start(every)
        self._tasks.append(asyncio.create_task(self.tick.ring()))

    async def stop(self) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for deliverer in self.deliverers:
            await deliverer.close()
        await self.heartbeat.close()
        await self.door.stop()
        await self.db.close()


async def _learn_guide() -> None:
    """Before anybody asks, and behind what is due at the start."""
    await asyncio.sleep(GUIDE_AFTER)
    await ready()


def channels_of(settings: Settings, clock: Clock) -> list[Channel]:
    """QQ, and whatever second ways are set."""
    channels: list[Channel] = [OneBotChannel()]
    if settings.wecom_webhooks:
        channels.append(WecomChannel(settings.wecom_webhooks, clock))
    if settings.mailbox is not None:
        channels.append(MailChannel(settings.mailbox, clock))
    return channels


def build(
    settings: Settings, clock: Clock, channels: list[Channel], table: Table, rehearsal: bool | None = None
) -> App:
    db = Database(settings.database_url)
    door = Door(db, clock, table, settings)
    instance = secrets.token_hex(8)
    unsure = timedelta(seconds=settings.unsure_seconds)
    per_day = settings.private_per_day
    deliverers = [
        Deliverer(db, clock, channel, settings.rules, settings.pace, instance, unsure, rehearsal, per_day)
        for channel in channels
    ]
    board = Board(clock.real(), channels)
    heartbeat = Heartbeat(settings.heartbeat_url, board, clock)
    rung, upkeep = heartbeat.rung, _upkeep(db, clock, settings)
    tick = Tick(db, clock, settings.rules, door, deliverers, instance, unsure, per_day, rung, upkeep)
    alarmed, wake = mailboxes(settings.mailbox), partial(_wake, deliverers)
    qq = [channel for channel in channels if isinstance(channel, OneBotChannel)]
    probes = [channel.probe for channel in qq]
    watcher = Watcher(db, clock, board, settings.rules.quiet, instance, alarmed, wake, rehearsal is None, probes)
    readers = [_reader(db, clock, settings, channel) for channel in qq]
    return App(db, door, tick, deliverers, watcher, heartbeat, readers)


def _upkeep(db: Database, clock: Clock, settings: Settings) -> list[Callable[[], Awaitable[None]]]:
    """Bindings that nobody uses, what nobody agreed to, what is kept too long, and last the log of all that."""
    terms = Terms(timedelta(days=settings.keep_messages_days), timedelta(days=settings.keep_departed_days))
    unused = timedelta(days=settings.unused_days)
    return [
        partial(suspend_longest_unused, db, clock, unused, settings.centre_phone),
        partial(expire_agreements, db, clock),
        Nightly(db, clock, terms).go_on,
        partial(seal_new, db),
    ]


def _reader(db: Database, clock: Clock, settings: Settings, channel: OneBotChannel) -> MemberReader:
    """With ears for what it would find only tomorrow."""
    phone = settings.centre_phone
    reader = MemberReader(db, clock, OneBotMembers(channel), settings.pace, phone=phone)
    Gate.ears["moves"] = Moves(db, clock, phone, reader.look_again, settings.welcome).hear
    Gate.ears["cards"] = Cards(db, clock, settings.welcome).hear
    return reader


def _wake(deliverers: Sequence[Deliverer]) -> None:
    for deliverer in deliverers:
        deliverer.wake.set()


def install(app: App) -> None:
    """Hand the door to the one message matcher (a plugin, so it is reached only after loading), and to 状态 what
    is watched."""
    import_module("bot.plugins.door").install(app.door)
    install_board(app.watcher.board)
