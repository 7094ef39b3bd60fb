"""`eqabot staff add|list|remove [PLATFORM:ID] [--role ROLE] [--force]`"""

import argparse
import asyncio
from datetime import UTC, datetime

from bot import settings as configuration
from bot.cli import OPERATOR, database
from core.access import STAFF_ROLES, Account, Role
from core.access.roles import change_role_here
from db.unit import Database


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("add", "list", "remove"), metavar="add|list|remove")
    parser.add_argument("account", nargs="?", metavar="平台:账号")
    parser.add_argument("--role", choices=sorted(STAFF_ROLES), help="不写：新人为 operator，已有的不变")
    parser.add_argument("--force", action="store_true", help="即使不再有管理人员")
    parser.set_defaults(complain=parser.error)


def run(args: argparse.Namespace) -> int:
    if args.action != "list" and not args.account:
        args.complain("缺少账号，例如 qq:10001")
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    account = Account.parse(args.account) if args.account else None
    settings = configuration.load()
    async with database(settings) as db:
        if account is None:
            for who, role in await db.read(lambda tx: tx.staff_list()):
                print(f"{who}\t{role.name.lower()}")
            return 0
        known = dict(await db.read(lambda tx: tx.staff_list()))
        role = Role.parse(args.role) if args.role else known.get(account, Role.OPERATOR)
        role = role if args.action == "add" else Role.NONE
        return await _change(db, account, role, settings.centre_phone, args.force)


async def _change(db: Database, account: Account, role: Role, phone: str, force: bool) -> int:
    now = datetime.now(UTC)
    change = await db.write(lambda tx: change_role_here(tx, OPERATOR, account, role, now, phone, force))
    if role is not Role.NONE:
        print(f"已添加 {account}（{role.name.lower()}）")
        return 0
    print(f"已移除 {account}" if change.old else f"名单中没有 {account}")
    return 0 if change.old else 1
