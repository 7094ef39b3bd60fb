"""状态."""

from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nonebot.plugin import PluginMetadata

from bot.answers import Answer
from bot.commands import Ask, Context, Where, Who, command
from bot.watch.board import Board, installed
from core.access import Principal
from core.pushes.states import CLAIMABLE, State
from db.unit import Unit

__plugin_meta__ = PluginMetadata(name="状态", description="一切是否正常", usage="状态")

BACKUPS = "backups"
REMEMBERED = timedelta(days=30)


@command("状态", summary="一切是否正常", example="状态", who=Who.VIEWER, where=Where.OFFICE)
async def status(_ask: Ask, _who: Principal, ctx: Context) -> Answer:
    async def work(tx: Unit) -> dict[str, Any]:
        waiting, counts = await tx.waiting(ctx.now), await tx.state_counts()
        staffed = [group for group in await tx.groups() if group.staff and group.platform != "qq"]
        return {
            "hold": await tx.hold(),
            "second_way": bool(staffed or ctx.settings.smtp_url),
            "counts": _counts(counts),
            "oldest": min((one.oldest for one in waiting.values()), default=None),
            "sent": await tx.last_sent(ctx.real - REMEMBERED),
            "as_of": await tx.last_list(),
        }

    view = await ctx.db.read(work)
    program = _program(installed(), view.pop("sent"), ctx)
    counts = view["counts"]
    wrong = program.pop("wrong") + bool(view["hold"]) + bool(counts["failed"] or counts["doubtful"])
    return Answer("watch/status", {**view, **program, "wrong": wrong})


def _counts(counts: dict[State, int]) -> dict[str, int]:
    return {
        "waiting": sum(counts.get(state, 0) for state in CLAIMABLE),
        "uncertain": counts.get(State.UNCERTAIN, 0),
        "failed": counts.get(State.FAILED, 0),
        "doubtful": counts.get(State.NEEDS_STAFF, 0),
    }


def _program(board: Board | None, sent: dict[str, datetime], ctx: Context) -> dict[str, Any]:
    """What the board says of the running program; without one (demonstration) there is nothing to say."""
    lines = _lines(board, sent) if board else []
    stopped = board is not None and not board.is_alive(ctx.real)
    return {
        "lines": lines,
        "tick_age": round(board.tick_age(ctx.real).total_seconds()) if board else None,
        "tick_stopped": stopped,
        "backup_at": _last_backup(ctx.settings.data_dir),
        "version": version("eqabot"),
        "database": "SQLite" if ctx.settings.database_url.startswith("sqlite") else "PostgreSQL",
        "wrong": sum(not line["online"] or bool(line["barred_at"]) for line in lines) + stopped,
    }


def _lines(board: Board, sent: dict[str, datetime]) -> list[dict[str, Any]]:
    return [
        {
            "name": channel.name,
            "online": channel.is_online(),
            "since": board.changed_at.get(channel.name),
            "why": channel.health.why,
            "barred_at": channel.health.lost_at if channel.is_online() else None,
            "sent_at": sent.get(channel.name),
        }
        for channel in board.channels
    ]


def _last_backup(data_dir: Path) -> datetime | None:
    files = [file.stat().st_mtime for file in (data_dir / BACKUPS).glob("*") if file.is_file()]
    return datetime.fromtimestamp(max(files), UTC) if files else None
