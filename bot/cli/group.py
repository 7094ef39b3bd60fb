"""`eqabot group add|list|remove [PLATFORM:ID] [--name N] [--staff] [--receives KIND,…]`"""

import argparse
import asyncio
from datetime import UTC, datetime

from bot import settings as configuration
from bot.cli import OPERATOR, database
from core.access import Account, ManagedGroup
from core.errors import DomainError
from core.pushes.models import Kind
from db.unit import Database, Unit


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("add", "list", "remove"), metavar="add|list|remove")
    parser.add_argument("group", nargs="?", metavar="平台:群号")
    parser.add_argument("--name", default="", metavar="群名")
    parser.add_argument("--staff", action="store_true", help="工作人员群：接收告警，可用工作人员命令")
    parser.add_argument("--receives", default="", metavar="种类,…", help="只接收这些推送；不写为全部")
    parser.set_defaults(complain=parser.error)


def run(args: argparse.Namespace) -> int:
    if args.action != "list" and not args.group:
        args.complain("缺少群号，例如 qq:700100200")
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    receives = _kinds(args.receives)
    ident = Account.parse(args.group) if args.group else None
    async with database(configuration.load()) as db:
        if ident is None:
            for group in await db.read(lambda tx: tx.groups()):
                marks = " 工作人员群" if group.staff else ""
                print(f"{group.platform}:{group.id}\t{group.name}{marks}\t{','.join(group.receives) or '全部'}")
            return 0
        groups = await db.read(lambda tx: tx.groups())
        old = next((g for g in groups if (g.platform, g.id) == (ident.platform, ident.id)), None)
        group = _described(ident, args, receives, old)
        return await _change(db, args.action, group)


def _described(
    ident: Account, args: argparse.Namespace, receives: tuple[str, ...], old: ManagedGroup | None
) -> ManagedGroup:
    """What is not named stays as it was."""
    name = args.name or (old.name if old else ident.id)
    kinds = receives or (old.receives if old else ())
    return ManagedGroup(ident.platform, ident.id, name, args.staff or bool(old and old.staff), kinds)


async def _change(db: Database, action: str, group: ManagedGroup) -> int:
    now, said = datetime.now(UTC), f"{group.platform}:{group.id}"
    if action == "add":
        await db.write(lambda tx: tx.set_group(group, now, OPERATOR))
        print(f"已添加群 {said}（{group.name}）")
        return 0
    removed = await db.write(lambda tx: _remove(tx, group, now))
    print(f"已移除群 {said}" if removed else f"没有管理群 {said}")
    return 0 if removed else 1


async def _remove(tx: Unit, group: ManagedGroup, now: datetime) -> bool:
    """With its list of members."""
    removed = await tx.remove_group(group, now, OPERATOR)
    if removed:
        await tx.drop_list(Account(group.platform, group.id), now)
    return removed


def _kinds(text: str) -> tuple[str, ...]:
    words = tuple(word.strip() for word in text.split(",") if word.strip())
    known = [str(kind) for kind in Kind]
    for word in words:
        if word not in known:
            raise DomainError("access/group_kind", value=word, kinds=known)
    return words
