"""`eqabot staff add|list|remove [PLATFORM:ID] [--role ROLE]`"""

import argparse
import asyncio
from datetime import UTC, datetime

from bot import settings as configuration
from bot.cli import OPERATOR, database
from core.access import STAFF_ROLES, Account, Role
from db.unit import Database


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("add", "list", "remove"), metavar="add|list|remove")
    parser.add_argument("account", nargs="?", metavar="平台:账号")
    parser.add_argument("--role", choices=sorted(STAFF_ROLES), help="不写：新人为 operator，已有的不变")
    parser.set_defaults(complain=parser.error)


def run(args: argparse.Namespace) -> int:
    if args.action != "list" and not args.account:
        args.complain("缺少账号，例如 qq:10001")
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    account = Account.parse(args.account) if args.account else None
    async with database(configuration.load()) as db:
        if account is None:
            for who, role in await db.read(lambda tx: tx.staff_list()):
                print(f"{who}\t{role.name.lower()}")
            return 0
        known = dict(await db.read(lambda tx: tx.staff_list()))
        role = Role.parse(args.role) if args.role else known.get(account, Role.OPERATOR)
        return await _change(db, args.action, account, role)


async def _change(db: Database, action: str, account: Account, role: Role) -> int:
    now = datetime.now(UTC)
    if action == "add":
        await db.write(lambda tx: tx.set_staff(account, role, now, OPERATOR))
        print(f"已添加 {account}（{role.name.lower()}）")
        return 0
    removed = await db.write(lambda tx: tx.remove_staff(account, now, OPERATOR))
    print(f"已移除 {account}" if removed else f"名单中没有 {account}")
    return 0 if removed else 1
