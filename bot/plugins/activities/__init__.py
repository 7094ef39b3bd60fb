"""Programmes, deadlines, samples, and who has not reported."""

from nonebot.plugin import PluginMetadata

from bot.commands import Answer, Ask, Context, Proposal, Slot, Where, Who, command
from core.access import Principal
from core.activities import use
from db.unit import Unit

__plugin_meta__ = PluginMetadata(name="活动", description="项目、截止、发放、上报情况", usage="截止 糖化")


@command("项目", summary="开展的质评项目", example="项目 2026 糖化", slots=(Slot.YEAR, Slot.WORDS), personal=False)
async def programmes(ask: Ask, _who: Principal, ctx: Context) -> Answer:
    today = use.local_day(ctx.now)
    found = await ctx.db.read(lambda tx: use.programmes(tx, ask.year, ask.words, today))
    return Answer("activities/programmes", {"found": found, "named": bool(ask.words), "settings": ctx.settings})


@command(
    "截止",
    "日程",
    summary="上报截止时间",
    example="截止 糖化",
    slots=(Slot.YEAR, Slot.NUMBER, Slot.WORDS),
    personal=False,
)
async def deadlines(ask: Ask, _who: Principal, ctx: Context) -> Answer:
    found = await ctx.db.read(lambda tx: use.deadlines(tx, ask.words, ctx.now, ask.year, ask.n))
    view = {"found": found, "named": bool(ask.words), "settings": ctx.settings}
    return Answer("activities/deadlines", view)


@command(
    "发放",
    summary="公告质控品已发放",
    example="发放 2026 第1次 全部",
    needs=(Slot.NUMBER,),
    slots=(Slot.YEAR, Slot.WORDS),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def dispatch(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    year, n = ask.year or use.local_day(ctx.now).year, ask.n or 0
    found, groups = await ctx.db.read(lambda tx: _proposed(tx, year, n, ask, ctx))
    digest = (year, n, [(r.id, r.deadline) for r in found.rounds], groups)

    async def do(tx: Unit) -> Answer:
        again = await use.propose_dispatch(tx, year, n, ask.words, ctx.now)
        await use.dispatch(tx, who, again, ctx.now)
        return Answer("activities/dispatched", {"found": again, "groups": groups, "at": ctx.announced_at})

    view = {"found": found, "groups": groups, "year": year, "n": n}
    return Proposal(Answer("activities/dispatch", view), digest, do)


async def _proposed(tx: Unit, year: int, n: int, ask: Ask, ctx: Context) -> tuple[use.Dispatch, int]:
    found = await use.propose_dispatch(tx, year, n, ask.words, ctx.now)
    return found, await tx.count_targets("round.dispatched")


@command(
    "未上报",
    summary="各项目未上报家数",
    example="未上报 2026 第1次",
    needs=(Slot.NUMBER,),
    slots=(Slot.YEAR, Slot.WORDS),
    who=Who.VIEWER,
    where=Where.OFFICE,
)
async def unreported(ask: Ask, _who: Principal, ctx: Context) -> Answer:
    year, n = ask.year or use.local_day(ctx.now).year, ask.n or 0
    found = await ctx.db.read(lambda tx: use.activity(tx, year, n, ask.words))
    return Answer("activities/unreported", {"found": found, "year": year, "n": n})
