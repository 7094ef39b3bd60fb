"""What staff see and decide of pushes, and what waits for them."""

import asyncio
from datetime import datetime, timedelta

from nonebot.plugin import PluginMetadata

from bot.answers import Answer, Attachment, Proposal
from bot.commands import Ask, Context, Slot, Where, Who, command
from bot.files.calls import unreached_workbook
from bot.plugins.pushes import settling, timetable
from core.access import Principal
from core.activities.models import RoundView
from core.errors import DomainError
from core.notices.phone import calls_soon
from core.pushes import use
from core.pushes.models import Delivery
from core.pushes.parts import unmarked
from core.pushes.reach import unreached_labs, whereabouts
from core.pushes.states import State
from core.scores.todo import scores_todo
from db.unit import Unit

__all__ = ["settling", "timetable"]
__plugin_meta__ = PluginMetadata(name="投递", description="推送的去向与待办", usage="投递 26-0317")

NEWEST = 10
SOON = timedelta(days=10)  # a little before the first reminder
LATELY = timedelta(days=2)
NAMES = "名单"
_FILTERS: dict[str, tuple[State, ...]] = {
    "失败": (State.FAILED, State.EXPIRED),
    "不明": (State.UNCERTAIN, State.NEEDS_STAFF),
}


@command(
    "投递",
    summary="推送发到哪里、结果如何、到达多少单位",
    example="投递 26-0317",
    slots=(Slot.TEXT,),
    who=Who.VIEWER,
    where=Where.OFFICE,
)
async def deliveries(ask: Ask, who: Principal, ctx: Context) -> Answer:
    word = ask.words[0] if ask.words else ""
    if ask.words[1:] == (NAMES,):
        return await _unreached(ask, who, ctx)
    if word and word not in _FILTERS:
        return await _one_push(word, who, ctx)
    states = _FILTERS.get(word, ())
    found = await ctx.db.read(lambda tx: tx.recent_deliveries(states, NEWEST))
    counts = await ctx.db.read(lambda tx: tx.state_counts())
    return Answer("pushes/recent", {"found": found, "counts": counts, "word": word, "names": await _names(ctx)})


async def _one_push(word: str, who: Principal, ctx: Context) -> Answer:
    told = await ctx.db.read(lambda tx: whereabouts(tx, who, word))
    view = {
        "found": told.deliveries,
        "reach": told.reach,
        "attempts": told.attempts,
        "whole": use.parse_reference(word)[2] is None,
        "body": unmarked(told.deliveries[0].body),
        "names": await _names(ctx),
    }
    return Answer("pushes/push", view)


async def _unreached(ask: Ask, who: Principal, ctx: Context) -> Answer:
    if not ask.private:
        raise DomainError("pushes/names_private")
    push, labs, reach = await ctx.db.write(lambda tx: unreached_labs(tx, who, ask.words[0], ctx.now))
    view = {"push": push, "count": len(labs), "as_of": reach.as_of}
    if not labs:
        return Answer("pushes/unreached", view)
    file = Attachment(f"未触达单位-{push.reference}.xlsx", await asyncio.to_thread(unreached_workbook, labs))
    return Answer("pushes/unreached", view, private=frozenset(one.lab_id for one in labs), file=file)


@command("待办", summary="等您处理的事", example="待办", who=Who.VIEWER, where=Where.OFFICE)
async def todo(_ask: Ask, who: Principal, ctx: Context) -> Answer:
    async def waiting(tx: Unit) -> dict[str, object]:
        return {
            "applications": await tx.applications_waiting(),
            "requests": await tx.requests_waiting(ctx.now),
            "deliveries": await tx.for_staff(),
            "stale": [v for v in await tx.rounds_closing(ctx.now) if _wants_list(v, ctx.now)],
            "scores": await scores_todo(tx, ctx.now),
            "hold": await tx.hold(),
            "expired": await tx.expired_in_groups(ctx.now - LATELY),
            "calls": await calls_soon(tx, who, ctx.now),
        }

    view = await ctx.db.read(waiting)
    return Answer("pushes/todo", {**view, "names": await _names(ctx)})


@command(
    "补发",
    summary="再发一次结果不明或失败的推送",
    example="补发 26-0317-2",
    needs=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def send_again(ask: Ask, who: Principal, ctx: Context) -> Answer | Proposal:
    if settling.is_all(ask):
        return await settling.propose_all(ask, State.READY, who, ctx)
    done = await ctx.db.write(lambda tx: use.send_again(tx, who, ask.words[0], ctx.now))
    return Answer("pushes/settled", {"done": done, "again": True})


@command(
    "放弃",
    summary="不再发送某条推送",
    example="放弃 26-0317-2",
    needs=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def give_up(ask: Ask, who: Principal, ctx: Context) -> Answer | Proposal:
    if settling.is_all(ask):
        return await settling.propose_all(ask, State.CANCELLED, who, ctx)
    done: Delivery = await ctx.db.write(lambda tx: use.give_up(tx, who, ask.words[0], ctx.now))
    return Answer("pushes/settled", {"done": done, "again": False})


def _wants_list(view: RoundView, now: datetime) -> bool:
    return view.tally.as_of is None and view.deadline - now < SOON


async def _names(ctx: Context) -> dict[str, str]:
    groups = await ctx.db.read(lambda tx: tx.groups())
    return {f"{g.platform}:group:{g.id}": g.name for g in groups}
