"""项目, 计划书 and 截止: for everybody; in private 截止 also says how the asker's own labs stand."""

from bot.answers import Answer
from bot.commands import Ask, Context, Slot, Where, Who, command
from bot.plugins.activities.spoken import ENDS, WHEN
from core.access import Principal
from core.activities import use
from core.activities.catalogue import catalogue, plan_documents
from core.activities.own_use import own_of
from core.activities.use import local_day
from db.unit import Unit


@command(
    "项目",
    summary="开展的质评项目",
    example="项目 2026 糖化",
    slots=(Slot.YEAR, Slot.NUMBER, Slot.WORDS),
    who=Who.ANYONE,
    where=Where.ANYWHERE,
    personal=False,
)
async def programmes(ask: Ask, _who: Principal, ctx: Context) -> Answer:
    found = await ctx.db.read(lambda tx: catalogue(tx, ask.words, ctx.now, ask.year, ask.n))
    return Answer("activities/programmes", {"found": found, "named": bool(ask.words), "settings": ctx.settings})


@command(
    "计划书",
    summary="各项目的计划书",
    example="计划书 糖化",
    slots=(Slot.YEAR, Slot.NUMBER, Slot.WORDS),
    who=Who.ANYONE,
    where=Where.ANYWHERE,
    personal=False,
    talk=True,
    along=("链接", "网址", "地址", "下载", "下载链接", "发", "发一份", "发一下"),
)
async def plans(ask: Ask, _who: Principal, ctx: Context) -> Answer:
    found = await ctx.db.read(lambda tx: plan_documents(tx, ask.words, ctx.now, ask.year, ask.n))
    return Answer("activities/plans", {"found": found, "named": bool(ask.words), "settings": ctx.settings})


@command(
    "截止",
    "日程",
    summary="上报截止时间",
    example="截止 糖化",
    slots=(Slot.YEAR, Slot.NUMBER, Slot.WORDS),
    who=Who.ANYONE,
    where=Where.ANYWHERE,
    spoken=ENDS,
    along=(*WHEN, "上报", "数据", "结果"),
)
async def deadlines(ask: Ask, who: Principal, ctx: Context) -> Answer:
    if ask.private and who.labs:
        return await _own_deadlines(ask, who, ctx)
    found = await ctx.db.read(lambda tx: _found(tx, ask, ctx))
    return _public(found, ask, ctx)


async def _own_deadlines(ask: Ask, who: Principal, ctx: Context) -> Answer:
    """As for everybody where nothing of what comes is known to concern these labs."""

    async def work(tx: Unit) -> Answer:
        found = await _found(tx, ask, ctx)
        labs = await own_of(tx, who, [view.round.id for view in found.coming], ctx.now)
        if not any(lab.known for lab in labs):
            return _public(found, ask, ctx)
        view = {"found": found, "labs": labs, "named": bool(ask.words), "year": ask.year, "n": ask.n}
        return Answer("activities/own_deadlines", view, private=who.labs)

    return await ctx.db.write(work)


async def _found(tx: Unit, ask: Ask, ctx: Context) -> use.Deadlines:
    return await use.deadlines(tx, ask.words, ctx.now, ask.year, ask.n)


def _public(found: use.Deadlines, ask: Ask, ctx: Context) -> Answer:
    view = {"found": found, "named": bool(ask.words), "year": ask.year, "n": ask.n, "today": local_day(ctx.now)}
    view |= {"private": ask.private, "settings": ctx.settings}
    return Answer("activities/deadlines", view)
