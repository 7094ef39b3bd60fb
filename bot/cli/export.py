"""`eqabot export KIND [--year Y] [-o FILE]`"""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path

from bot import settings as configuration
from bot.cli import OPERATOR, database
from bot.files.exporting import export
from core.errors import DomainError
from core.workbooks.kinds import KINDS


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=sorted(KINDS), metavar="种类", help="、".join(sorted(KINDS)))
    parser.add_argument("--year", type=int, metavar="年度", help="只写这一年；不写则写全部")
    parser.add_argument("-o", "--output", type=Path, metavar="文件", help="默认为 种类-年度.xlsx")


def run(args: argparse.Namespace) -> int:
    path = args.output or Path(f"{args.kind}-{args.year}.xlsx" if args.year else f"{args.kind}.xlsx")
    if path.exists():
        raise DomainError("workbook/exists", file=path.name)
    if path.suffix.lower() != ".xlsx" or not path.parent.is_dir():
        raise DomainError("workbook/unwritable", file=path.name)
    files, rows = asyncio.run(_export(args.kind, args.year, path))
    print(f"已写出 {KINDS[args.kind].title}，共 {rows} 行：{'、'.join(map(str, files))}")
    return 0


async def _export(kind: str, year: int | None, path: Path) -> tuple[list[Path], int]:
    async with database(configuration.load()) as db:
        return await export(db, OPERATOR, kind, year, path, datetime.now(UTC))
