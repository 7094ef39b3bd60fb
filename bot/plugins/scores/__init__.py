"""Scores: what a lab asks in private, and their release by staff."""

from nonebot.plugin import PluginMetadata

from bot.commands import Answer, Ask, Context, Slot, Where, Who, command
from core.access import Principal
from core.activities.use import local_day
from core.scores.use import my_scores

__plugin_meta__ = PluginMetadata(name="成绩", description="质评成绩的查询与公布", usage="成绩 2026 第1次 凝血")


@command(
    "成绩",
    "查成绩",
    summary="本单位的质评成绩",
    example="成绩 2026 第1次 凝血",
    slots=(Slot.YEAR, Slot.NUMBER, Slot.WORDS),
    who=Who.BOUND,
    where=Where.PRIVATE,
)
async def scores(ask: Ask, who: Principal, ctx: Context) -> Answer:
    found = await ctx.db.write(lambda tx: my_scores(tx, who, ask.year, ask.n, ask.words, ctx.now))
    view = {
        "found": found,
        "named": bool(ask.words),
        "today": local_day(ctx.now),
        "phone": ctx.settings.centre_phone,
    }
    return Answer("scores/mine", view, private=who.labs)
