"""`eqabot import FILE… [--kind KIND] [--scope full|partial] [--skip-refused] [--dry-run] [--json]`"""

import argparse
import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import settings as configuration
from bot.cli import OPERATOR, complain, database
from bot.files.importing import preview, publish, read_all
from bot.texts import say, say_error
from core.errors import DomainError
from core.workbooks.judged import Judged
from core.workbooks.kinds import KINDS
from core.workbooks.use import Written, naming_others


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="文件")
    parser.add_argument("--kind", choices=sorted(KINDS), help="种类；不写则按表头识别")
    parser.add_argument(
        "--scope", choices=("full", "partial"), help="申请名单、上报名单是全量还是增量；不写则看表名，否则为增量"
    )
    parser.add_argument("--skip-refused", action="store_true", help="跳过有问题的行，导入其余")
    parser.add_argument("--dry-run", action="store_true", help="只预览，不导入")
    parser.add_argument("--json", action="store_true", help="只输出 JSON")


def run(args: argparse.Namespace) -> int:
    try:
        return asyncio.run(_run(args))
    except DomainError as refusal:
        if not args.json:
            raise
        print(json.dumps({"imported": False, "error": say_error(refusal)}, ensure_ascii=False))
        return complain(refusal)


async def _run(args: argparse.Namespace) -> int:
    """Status 1 when rows were refused and therefore nothing was imported."""
    settings = configuration.load()
    for path in args.files:
        if not path.is_file():
            raise DomainError("workbook/missing", file=path.name)
    tables = await read_all(args.files, args.kind, settings.lab_code_pattern)
    async with database(settings) as db:
        judged = await preview(db, tables, args.scope, settings.pass_score)
        refused = any(one.refused for one in judged)
        blocked = refused and not args.skip_refused
        written = None
        if not (blocked or args.dry_run):
            written = await publish(db, OPERATOR, judged, datetime.now(UTC), settings.centre_phone)
    _report(args, judged, written, blocked)
    return 1 if blocked else 0


def _report(args: argparse.Namespace, judged: Sequence[Judged], written: Written | None, blocked: bool) -> None:
    if args.json:
        files = [_as_json(one) for one in judged]
        imported = written is not None
        assigned = list(written.assigned) if written else []
        print(json.dumps({"imported": imported, "assigned": assigned, "files": files}, ensure_ascii=False))
        return
    view = {"judged": judged, "written": written, "blocked": blocked, "kinds": KINDS}
    print(say("workbooks/imported", view))


def _as_json(one: Judged) -> dict[str, Any]:
    table = one.table
    return {
        "file": table.source,
        "sheet": table.sheet,
        "kind": table.kind,
        "scope": one.scope,
        **one.counts,
        "dropped": one.dropped,
        "corrected": one.corrected,
        "conflicts": len(one.conflicts),
        "other_contacts": len(naming_others([one])),
        "ignored": table.ignored,
        "rows_refused": [refused.to_json() for refused in one.refused],
    }
