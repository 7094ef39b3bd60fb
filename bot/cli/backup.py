"""`eqabot backup [FILE]`"""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from bot import settings as configuration
from bot.cli import OPERATOR
from bot.scheduler.sealing import seal_new
from bot.settings import Settings
from bot.texts import say
from core.audit.chain import Head
from core.calendar import SHANGHAI
from core.errors import DomainError
from db.backup import back_up, is_file
from db.engine import checked_url
from db.unit import Database

_SAID = """已备份到 {file}（{size}），操作记录的链头写在 {beside}。
文件含有编码、成绩和电话，请妥善保管，并复制到另一台机器或移动硬盘。恢复：eqabot restore {file}"""


def arguments(parser: argparse.ArgumentParser) -> None:
    named = "默认在数据文件夹的 backups 中，以时间命名"
    parser.add_argument("file", nargs="?", type=Path, metavar="文件", help=named)


def run(args: argparse.Namespace) -> int:
    settings = configuration.load()
    target = args.file or _named(settings)
    head = asyncio.run(back_up_with_head(settings.database_url, target))
    beside = target.with_name(f"{target.name}.audit")
    view = {
        "head": head,
        "file": target.name,
        "at": datetime.now(SHANGHAI),
        "exact": is_file(settings.database_url),
    }
    try:
        beside.write_text(f"{say('audit/beside', view)}\n", encoding="utf-8")
    except OSError as fault:
        raise DomainError("backup/unwritable", file=str(beside)) from fault
    print(_SAID.format(file=target, size=_size(target.stat().st_size), beside=beside.name))
    asyncio.run(_log(settings.database_url, target))
    return 0


async def _log(address: str, target: Path) -> None:
    """Behind the copy: a full disk must not keep anybody from making one. A database from before the chain gets
    no row, a backup doesn't bring it up to date."""
    db = Database(address)
    try:
        if await db.read(lambda tx: tx.has_chain()):
            await db.write(lambda tx: tx.audit(OPERATOR, "backup.make", "database", {}, datetime.now(UTC)))
            await seal_new(db)
    except (OSError, SQLAlchemyError) as fault:
        raise DomainError("backup/unlogged", file=str(target)) from fault
    finally:
        await db.close()


async def back_up_with_head(address: str, target: Path) -> Head | None:
    """The head of the chain in the copy; of a server's the head just before, the copy may have a later one."""
    url = checked_url(address)
    if is_file(address):
        await back_up(address, target)
        return await _head(url.set(database=str(target)))
    try:
        head = await _head(url)
    except (OSError, SQLAlchemyError) as fault:
        where = f"{url.host}:{url.port or 5432}"
        raise DomainError("settings/database_unreachable", where=where) from fault
    await back_up(address, target)
    return head


async def _head(url: URL) -> Head | None:
    db = Database(url.render_as_string(hide_password=False))
    try:
        return await db.read(lambda tx: tx.standing_head())
    finally:
        await db.close()


def _named(settings: Settings) -> Path:
    folder = settings.data_dir / "backups"
    ending = "db" if is_file(settings.database_url) else "dump"
    target = folder / f"eqabot-{datetime.now(SHANGHAI):%Y%m%d-%H%M%S}.{ending}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise DomainError("backup/unwritable", file=str(target)) from fault
    return target


def _size(count: int) -> str:
    return f"{count / 2**20:.1f} MB" if count >= 2**20 else f"{count / 2**10:.0f} KB"
