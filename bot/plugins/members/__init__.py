"""Members whose cards are not 单位+姓名 (guide, part 1)."""

import asyncio

from nonebot.plugin import PluginMetadata

from bot.answers import Answer
from bot.commands import Ask, Context, Slot, Where, Who, command
from core.access import Principal
from core.members.use import CardReport, member_lists, report

__plugin_meta__ = PluginMetadata(name="成员", description="群名片是否为单位+姓名", usage="未备注 一群")

GROUPS = 8  # more groups are counted only
ROOM, HEAD, LINE = 1400, 125, 45  # characters: of an answer, of a group's counts and dates, of one member


@command(
    "未备注",
    summary="群名片不合要求的成员",
    example="未备注 一群",
    slots=(Slot.TEXT,),
    who=Who.VIEWER,
    where=Where.OFFICE,
)
async def unremarked(ask: Ask, who: Principal, ctx: Context) -> Answer:
    lists, labs = await ctx.db.read(lambda tx: member_lists(tx, ask.text))
    read = {"groups": len(lists)}
    await ctx.db.write(lambda tx: tx.audit(who, "members.unremarked", "members", read, ctx.now))
    reports = [await asyncio.to_thread(report, one, labs) for one in lists]
    shown = sorted(reports, key=lambda one: -len(one.flagged))[:GROUPS]
    view = {"reports": shown, "others": len(reports) - len(shown), "lines": _shares(shown)}
    return Answer("members/unremarked", view)


def _shares(reports: list[CardReport]) -> int:
    """How many members of each group may be named."""
    lines = (ROOM - HEAD * len(reports)) // LINE
    return max(lines // max(sum(bool(one.flagged) for one in reports), 1), 1)
