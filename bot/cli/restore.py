"""`eqabot restore FILE`"""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot import settings as configuration
from bot.cli import OPERATOR
from core.errors import DomainError
from db.engine import checked_url
from db.restore import restore

_SAID = """已从 {file} 恢复。{aside}
启动后推送处于暂停状态，什么也不会发出。请依次：
1. eqabot run 启动，重新导入备份之后的资料；
2. 发送「待办」，到群里核对可能已发送的推送：补发 编号 全部，或 放弃 编号 全部；
3. 发送「恢复推送」。"""
_ASIDE = "原来的数据库保留为 {aside}。"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="文件", help="由 eqabot backup 生成的备份")


def run(args: argparse.Namespace) -> int:
    settings = configuration.load()
    url = checked_url(settings.database_url)
    try:
        aside = asyncio.run(restore(settings.database_url, args.file, OPERATOR, datetime.now(UTC)))
    except (OSError, SQLAlchemyError) as fault:
        where = f"{url.host}:{url.port or 5432}" if url.host else str(url.database)
        raise DomainError("settings/database_unreachable", where=where) from fault
    print(_SAID.format(file=args.file, aside=_ASIDE.format(aside=aside) if aside else ""))
    return 0
