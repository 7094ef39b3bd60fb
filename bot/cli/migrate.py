"""`eqabot migrate`"""

import argparse
import asyncio

from bot import settings as configuration
from bot.cli import database


def arguments(_parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_args: argparse.Namespace) -> int:
    asyncio.run(_migrate())
    print("数据库结构已是最新。")
    return 0


async def _migrate() -> None:
    async with database(configuration.load()):
        pass
