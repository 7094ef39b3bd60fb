"""`eqabot audit verify [--head SEQ:HASH]`"""

import argparse
import asyncio
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from bot import settings as configuration
from bot.cli import opened
from bot.texts import say
from core.audit.noted import Noted
from core.audit.verifying import verify
from core.errors import DomainError


def arguments(parser: argparse.ArgumentParser) -> None:
    noted = "以前记下的链头（工作人员群每日提要或备份旁的 .audit 文件里），核对记录里仍有这一条"
    parser.add_argument("action", choices=("verify",), metavar="verify")
    parser.add_argument("--head", metavar="序号:校验值", help=noted)


def run(args: argparse.Namespace) -> int:
    return asyncio.run(_verify(Noted.parse(args.head) if args.head else None))


async def _verify(noted: Noted | None) -> int:
    """Nothing is sealed here: what was put in by hand must not become part of the chain by being looked at."""
    async with opened(configuration.load()) as db:
        try:
            found = await db.read(lambda tx: verify(tx, noted, datetime.now(UTC)))
        except DBAPIError as fault:  # bytes that are no text, a damaged file
            raise DomainError("audit/unreadable") from fault
    print(say("audit/verified", {"found": found, "noted": noted}))
    return 1 if found.fault else 0
