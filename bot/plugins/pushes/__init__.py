"""What staff see and decide of pushes, and what waits for them."""

import asyncio

from nonebot.plugin import PluginMetadata

from bot.answers import Answer, Attachment, Proposal
from bot.commands import Ask, Context, Slot, Where, Who, command
from bot.files.calls import unreached_workbook
from bot.plugins.pushes import settling, timetable, todo
from core.access import Principal
from core.errors import DomainError
from core.pushes import use
from core.pushes.models import Delivery
from core.pushes.reach import read_body, unreached_labs, whereabouts
from core.pushes.references import only_reference
from core.pushes.states import State
from db.unit import Unit

__all__ = ["settling", "timetable", "todo"]
__plugin_meta__ = PluginMetadata(name="投递", description="推送的去向与待办", usage="投递 26-0317")

NEWEST = 10
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
    word = ask.text
    if word and word not in _FILTERS:
        reference, names = only_reference(word, NAMES)
        return await (_unreached if names else _one_push)(reference, ask, who, ctx)

    async def look(tx: Unit) -> dict[str, object]:
        found = await tx.recent_deliveries(_FILTERS.get(word, ()), NEWEST)
        recalls = await tx.recalls([one.id for one in found])
        return {"found": found, "recalls": recalls, "counts": await tx.state_counts()}

    return Answer("pushes/recent", {**await ctx.db.read(look), "word": word, "names": await _names(ctx)})


async def _one_push(reference: str, ask: Ask, who: Principal, ctx: Context) -> Answer:
    """In a group never what was said: it may bear what is one lab's own."""
    told = await ctx.db.read(lambda tx: whereabouts(tx, who, reference))
    body = await ctx.db.write(lambda tx: read_body(tx, who, told, ctx.now)) if ask.private else ""
    view = {
        "found": told.deliveries,
        "reach": told.reach,
        "attempts": told.attempts,
        "recalls": told.recalls,
        "whole": reference.count("-") == 1,
        "body": body,
        "hidden": bool(told.single and told.single.body) and not ask.private,
        "names": await _names(ctx),
    }
    return Answer("pushes/push", view)


async def _unreached(reference: str, ask: Ask, who: Principal, ctx: Context) -> Answer:
    if not ask.private:
        raise DomainError("pushes/names_private")
    push, labs, reach = await ctx.db.write(lambda tx: unreached_labs(tx, who, reference, ctx.now))
    view = {"push": push, "count": len(labs), "as_of": reach.as_of}
    if not labs:
        return Answer("pushes/unreached", view)
    content = await asyncio.to_thread(unreached_workbook, labs, reach.lists > 0)
    file = Attachment(f"未触达单位-{push.reference}.xlsx", content)
    return Answer("pushes/unreached", view, private=frozenset(one.lab_id for one in labs), file=file)


@command(
    "补发",
    summary="再发一次结果不明或失败的推送",
    example="补发 26-0317-2",
    needs=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def send_again(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    reference, everything = only_reference(ask.text, settling.ALL)
    if everything:
        return await settling.propose_all(reference, State.READY, who, ctx)
    one = await ctx.db.read(lambda tx: use.undecided_one(tx, reference, State.READY, ctx.now))

    async def do(tx: Unit) -> Answer:
        done = await use.send_again(tx, who, one.reference, ctx.now)
        return Answer("pushes/settled", {"done": done, "again": True})

    preview = Answer("pushes/settle_one", {"one": one, "names": await _names(ctx)})
    return Proposal(preview, (one.id, one.fence), do)


@command(
    "放弃",
    summary="不再发送某条推送",
    example="放弃 26-0317-2",
    needs=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def give_up(ask: Ask, who: Principal, ctx: Context) -> Answer | Proposal:
    reference, everything = only_reference(ask.text, settling.ALL)
    if everything:
        return await settling.propose_all(reference, State.CANCELLED, who, ctx)
    done: Delivery = await ctx.db.write(lambda tx: use.give_up(tx, who, reference, ctx.now))
    return Answer("pushes/settled", {"done": done, "again": False})


async def _names(ctx: Context) -> dict[str, str]:
    groups = await ctx.db.read(lambda tx: tx.groups())
    return {f"{g.platform}:group:{g.id}": g.name for g in groups}
