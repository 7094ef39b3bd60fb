"""预告, 跳过, 提前/推迟: what goes out next; 暂停推送 and 恢复推送: whether anything does."""

from dataclasses import replace
from datetime import timedelta

from bot.answers import Answer, Proposal
from bot.commands import Ask, Context, Slot, Where, Who, command
from core.access import Principal
from core.errors import DomainError
from core.pushes import holding, timetable
from core.pushes.dead import dead_keys
from core.pushes.hold import Hold, Queue
from core.pushes.models import PushState, Timed
from core.pushes.references import split_reference
from db.unit import Unit

FITS = 15  # lines on a telephone
UNDO = "取消"


@command(
    "预告",
    summary="接下来要发什么、何时、发给谁",
    example="预告 7",
    slots=(Slot.TEXT,),
    who=Who.VIEWER,
    where=Where.OFFICE,
)
async def ahead(ask: Ask, _who: Principal, ctx: Context) -> Answer:
    days = timetable.parse_days(ask.text)
    until = ctx.now + timedelta(days=days)

    async def look(tx: Unit) -> dict[str, object]:
        dead = await dead_keys(tx, ctx.rules, ctx.now)
        coming = [one for one in await tx.timetable(ctx.now, until) if one.timed.key not in dead]
        shown = await timetable.lines(tx, coming[:FITS])
        return {
            "shown": shown,
            "total": sum(not one.skipped for one in coming),
            "more": len(coming) - len(shown),
            "queue": await tx.queue(ctx.now),
            "waiting": await tx.pushes_waiting(ctx.now),
            "hold": await tx.hold(),
        }

    view = await ctx.db.read(look)
    return Answer("pushes/ahead", {**view, "days": days, "until": until, "calm": ctx.announced_at})


@command(
    "跳过",
    summary="某条计划中的推送不发；加「取消」改回",
    example="跳过 26-0317",
    needs=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def skip(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    reference, more = split_reference(ask.text)
    if more not in ([], [UNDO]):
        raise DomainError("ask/not_understood", word=more[0], example="跳过 26-0317 取消")
    old = PushState.SKIPPED if more else PushState.PLANNED
    timed = await ctx.db.read(lambda tx: timetable.waiting(tx, reference, old, ctx.announced_at, ctx.now))
    if more and timed.key in await ctx.db.read(lambda tx: dead_keys(tx, ctx.rules, ctx.now)):
        raise DomainError("pushes/dead", reference=timed.push.reference)
    if timed.expires_at <= ctx.now:
        raise DomainError("pushes/too_late", reference=timed.push.reference)
    new = replace(timed, state=PushState.PLANNED if more else PushState.SKIPPED)
    view = {"timed": timed, "undo": bool(more), "overdue": timed.due_at <= ctx.now, "calm": ctx.announced_at}
    return _changing("pushes/skip", view, timed, new, who, ctx)


@command(
    "推迟",
    "提前",
    summary="改某条计划中的推送的时间",
    example="推迟 26-0317 明天 9:00",
    needs=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def move(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    reference, when = split_reference(ask.text)
    if not when:
        raise DomainError("ask/missing", slot="时间", example="推迟 26-0317 明天 9:00")
    planned, calm = PushState.PLANNED, ctx.announced_at
    timed = await ctx.db.read(lambda tx: timetable.waiting(tx, reference, planned, calm, ctx.now))
    new, day_only = timetable.moved(timed, " ".join(when), ctx.rules.quiet, ctx.now)
    view = {"timed": timed, "new": new.due_at, "day_only": day_only}
    return _changing("pushes/move", view, timed, new, who, ctx)


def _changing(
    template: str, view: dict[str, object], old: Timed, new: Timed, who: Principal, ctx: Context
) -> Proposal:
    view = {**view, "deadline": timetable.deadline_of(old)}
    digest = (old.push.id, old.state, old.due_at, new.state, new.due_at)

    async def do(tx: Unit) -> Answer:
        await timetable.change(tx, who, old, new, ctx.now)
        return Answer(template, {**view, "done": True})

    return Proposal(Answer(template, {**view, "done": False}), digest, do)


@command(
    "暂停推送",
    summary="立即停发一切推送（紧急工作提醒除外），不必确认",
    example="暂停推送 内容有误",
    slots=(Slot.TEXT,),
    who=Who.VIEWER,
    where=Where.OFFICE,
)
async def pause(ask: Ask, who: Principal, ctx: Context) -> Answer:
    async def do(tx: Unit) -> dict[str, object]:
        hold, new = await holding.pause(tx, who, ask.text, ctx.now)
        return {"hold": hold, "new": new, "queue": await tx.queue(ctx.now)}

    return Answer("pushes/paused", await ctx.db.write(do))


@command("恢复推送", summary="暂停之后继续发送", example="恢复推送", who=Who.OPERATOR, where=Where.OFFICE)
async def resume(_ask: Ask, who: Principal, ctx: Context) -> Proposal:
    async def look(tx: Unit) -> tuple[Hold, Queue]:
        return await holding.held(tx), await tx.queue(ctx.now)

    hold, queue = await ctx.db.read(look)

    async def do(tx: Unit) -> Answer:
        await holding.resume(tx, who, ctx.now, ctx.settings.private_per_day)
        return Answer("pushes/resumed", {"queue": await tx.queue(ctx.now), "calm": ctx.announced_at})

    view = {"hold": hold, "queue": queue, "calm": ctx.announced_at}
    return Proposal(Answer("pushes/resume", view), ("resume", hold), do)
