"""`eqabot template KIND [-o FILE]`"""

import argparse
from pathlib import Path

from bot.files.templates import write_template
from core.errors import DomainError
from core.workbooks.kinds import KINDS


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=sorted(KINDS), metavar="种类", help="、".join(sorted(KINDS)))
    parser.add_argument("-o", "--output", type=Path, metavar="文件")


def run(args: argparse.Namespace) -> int:
    path = args.output or Path(f"{args.kind}.xlsx")
    if path.exists():
        raise DomainError("workbook/exists", file=path.name)
    if path.suffix.lower() != ".xlsx":
        raise DomainError("workbook/unwritable", file=path.name)
    try:
        write_template(args.kind, path)
    except OSError as fault:
        raise DomainError("workbook/unwritable", file=path.name) from fault
    print(f"已写出 {KINDS[args.kind].title} 模板：{path}")
    return 0
