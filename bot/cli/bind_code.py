"""`eqabot bind-code LAB_CODE|all [-o FILE]`"""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path

from bot import settings as configuration
from bot.cli import OPERATOR, database
from bot.files.slips import NAME, slips_workbook
from bot.keys import binding_key
from bot.texts import say
from core.access.issue import Slip, issue
from core.access.units import lab_meant
from core.errors import DomainError
from db.unit import Unit

EVERYBODY = "all"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lab", metavar="编码|all", help="实验室编码；all 为全部单位")
    parser.add_argument("-o", "--output", type=Path, metavar="文件", help=f"all 时写出的文件，默认 {NAME}")
    parser.set_defaults(complain=parser.error)


def run(args: argparse.Namespace) -> int:
    if args.lab != EVERYBODY:
        if args.output:
            args.complain("-o 只能和 all 一起使用")
        return asyncio.run(_one(args.lab))
    path = args.output or Path(NAME)
    if path.exists():
        raise DomainError("workbook/exists", file=path.name)
    if path.suffix.lower() != ".xlsx" or not path.absolute().parent.is_dir():
        raise DomainError("workbook/unwritable", file=path.name)
    return asyncio.run(_all(path))


async def _one(code: str) -> int:
    settings, now = configuration.load(), datetime.now(UTC)
    key = binding_key(settings)

    async def give(tx: Unit) -> tuple[Slip, int]:
        lab = await lab_meant(tx, code)
        before = await tx.labs_with_open_code(now, lab.id)
        [slip] = await issue(tx, OPERATOR, [lab], key, now)
        return slip, before

    async with database(settings) as db:
        slip, before = await db.write(give)
    print(say("access/code", {"slip": slip, "before": before}))
    return 0


async def _all(path: Path) -> int:
    """The codes count only once the workbook that bears them is written."""
    settings, now = configuration.load(), datetime.now(UTC)
    key = binding_key(settings)

    async def give(tx: Unit) -> int:
        labs = await tx.labs_to_bind()
        if not labs:
            raise DomainError("access/no_labs")
        slips = await issue(tx, OPERATOR, labs, key, now)
        _write(path, slips_workbook(slips))
        return len(slips)

    async with database(settings) as db:
        count = await db.write(give)
    print(f"已为 {count} 家单位生成绑定码：{path}")
    return 0


def _write(path: Path, content: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as fault:
        raise DomainError("workbook/exists", file=path.name) from fault
    except OSError as fault:
        raise DomainError("workbook/unwritable", file=path.name) from fault
