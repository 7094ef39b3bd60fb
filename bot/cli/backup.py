"""`eqabot backup [FILE]`"""

import argparse
import asyncio
from datetime import datetime
from pathlib import Path

from bot import settings as configuration
from bot.settings import Settings
from core.calendar import SHANGHAI
from core.errors import DomainError
from db.backup import back_up, is_file

_SAID = """已备份到 {file}（{size}）。
文件含有编码、成绩和电话，请妥善保管，并复制到另一台机器或移动硬盘。恢复：eqabot restore {file}"""


def arguments(parser: argparse.ArgumentParser) -> None:
    named = "默认在数据文件夹的 backups 中，以时间命名"
    parser.add_argument("file", nargs="?", type=Path, metavar="文件", help=named)


def run(args: argparse.Namespace) -> int:
    settings = configuration.load()
    target = args.file or _named(settings)
    asyncio.run(back_up(settings.database_url, target))
    print(_SAID.format(file=target, size=_size(target.stat().st_size)))
    return 0


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
