"""`eqabot cards [FILE] [--json]`"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError
from wcwidth import wcswidth

from bot import settings as configuration
from bot.texts import say
from core.errors import DomainError
from core.members.judge import judge
from core.members.labs import LabIndex
from core.members.models import Judgement, Reason, Verdict
from core.words import one_line
from db.engine import checked_url
from db.unit import Database

_WIDTHS = (36, 14, 32)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, metavar="文件", help="每行一个群名片；不写则读标准输入")
    parser.add_argument("--json", action="store_true", help="只输出 JSON，每行一个")


def run(args: argparse.Namespace) -> int:
    if args.file and not args.file.is_file():
        raise DomainError("workbook/missing", file=args.file.name)
    labs = asyncio.run(_roster())
    write = _write_json if args.json else _write_row
    if args.file:
        with args.file.open("rb") as lines:
            _judge_all(lines, labs, write)
    else:
        _judge_all(sys.stdin.buffer, labs, write)
    return 0


async def _roster() -> LabIndex:
    """The names of the roster, if there is one: no database is made or upgraded only for judging cards."""
    settings = configuration.load()
    url = checked_url(settings.database_url)
    if url.drivername.startswith("sqlite") and not Path(str(url.database)).is_file():
        return LabIndex()
    db = Database(settings.database_url)
    try:
        return LabIndex(await db.read(lambda tx: tx.lab_names()))
    except (OSError, SQLAlchemyError) as fault:
        logger.warning("no roster to match units with: {}", type(fault).__name__)
        return LabIndex()
    finally:
        await db.close()


def _judge_all(lines: Iterable[bytes], labs: LabIndex, write: Callable[[str, Judgement], None]) -> None:
    for number, line in enumerate(lines):
        card = _text(line)
        write(card.removeprefix("\ufeff") if number == 0 else card, judge(card, labs=labs))


def _text(line: bytes) -> str:
    """UTF-8, or what Excel and old editors write in China; only the line's end is taken off."""
    line = line.removesuffix(b"\n").removesuffix(b"\r")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("gb18030", errors="replace")


def _write_json(card: str, found: Judgement) -> None:
    facts = {"card": card, "verdict": found.verdict, "unit": found.unit, "person": found.person, "lab": found.lab}
    print(json.dumps({**facts, "reason": _reason(found.reason)}, ensure_ascii=False))


def _write_row(card: str, found: Judgement) -> None:
    unit = f"{found.lab or found.unit} {found.person}".strip()
    cells = (one_line(card).strip() or "-", _verdict(found.verdict), one_line(unit) or "-")
    padded = (cell + " " * (width - wcswidth(cell)) for cell, width in zip(cells, _WIDTHS, strict=True))
    print("  ".join((*padded, _reason(found.reason))).rstrip())


@cache
def _reason(reason: Reason) -> str:
    return say("members/reason", {"reason": reason})


@cache
def _verdict(verdict: Verdict) -> str:
    return say("members/verdict", {"verdict": verdict})
