"""`eqabot forget PLATFORM:ID [--yes]`"""

import argparse
import asyncio
from datetime import UTC, datetime

from bot import settings as configuration
from bot.cli import OPERATOR, database
from bot.texts import say
from core.access import Account
from core.errors import DomainError
from core.retention.forget import forget, kept
from db.unit import Database, Unit

YES = "是"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("account", metavar="平台:账号", help="例如 qq:10001")
    parser.add_argument("--yes", action="store_true", help="不再询问")


def run(args: argparse.Namespace) -> int:
    return asyncio.run(_run(Account.parse(args.account), args.yes))


async def _run(account: Account, yes: bool) -> int:
    async with database(configuration.load()) as db:
        found, former = await db.read(lambda tx: _kept(tx, account))
        view = {"account": account, "former": former}
        if not found:
            print(say("retention/nothing", {**view, "flushed": await db.flush_log()}))
            return 0
        print(say("retention/found", {**view, "found": found}))
        if not yes and not await asyncio.to_thread(_confirmed):
            raise DomainError("retention/not_confirmed")
        view["found"] = await _forget(db, account)
        print(say("retention/forgotten", {**view, "flushed": await db.flush_log()}))
        return 0


async def _kept(tx: Unit, account: Account) -> tuple[dict[str, int], bool]:
    """And whether it once was staff."""
    return await kept(tx, account), await tx.was_staff(account)


async def _forget(db: Database, account: Account) -> dict[str, int]:
    now = datetime.now(UTC)
    return await db.write(lambda tx: forget(tx, OPERATOR, account, now, now))


def _confirmed() -> bool:
    """An end of the input is a no."""
    try:
        return input(f"确定删除请输入 {YES}：").strip() == YES
    except EOFError:
        return False
