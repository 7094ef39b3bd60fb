"""What staff see and decide of pushes, and what waits for them."""

from datetime import datetime, timedelta

from nonebot.plugin import PluginMetadata

from bot.answers import Answer
from bot.commands import Ask, Context, Slot, Where, Who, command
from core.access import Principal
from core.activities.models import RoundView
from core.pushes import use
from core.pushes.models import Delivery
from core.pushes.states import State
from core.scores.todo import scores_todo
from db.unit import Unit

__plugin_meta__ = PluginMetadata(name="投递", description="推送的去向与待办", usage="投递 26-0317")

NEWEST = 10
SOON = timedelta(days=10)  # a little before the first reminder
_FILTERS: dict[str, tuple[State, ...]] = {
    "失败": (State.FAILED, State.EXPIRED),
    "不明": (State.UNCERTAIN, State.NEEDS_STAFF),
}


@command(
    "投递",
    summary="推送发到哪里、结果如何",
    example="投递 26-0317",
    slots=(Slot.TEXT,),
    who=Who.VIEWER,
    where=Where.OFFICE,
)
async def deliveries(ask: Ask, _who: Principal, ctx: Context) -> Answer:
    word = ask.words[0] if ask.words else ""
    if word and word not in _FILTERS:
        found = await ctx.db.read(lambda tx: use.deliveries(tx, word))
        return Answer("pushes/push", {"found": found, "names": await _names(ctx)})
    states = _FILTERS.get(word, ())
    found = await ctx.db.read(lambda tx: tx.recent_deliveries(states, NEWEST))
    counts = await ctx.db.read(lambda tx: tx.state_counts())
    return Answer("pushes/recent", {"found": found, "counts": counts, "word": word, "names": await _names(ctx)})


@command("待办", summary="等您处理的事", example="待办", who=Who.VIEWER, where=Where.OFFICE)
async def todo(_ask: Ask, _who: Principal, ctx: Context) -> Answer:
    async def waiting(tx: Unit) -> dict[str, object]:
        return {
            "applications": await tx.applications_waiting(),
            "requests": await tx.requests_waiting(ctx.now),
            "deliveries": await tx.for_staff(),
            "stale": [v for v in await tx.rounds_closing(ctx.now) if _wants_list(v, ctx.now)],
            "scores": await scores_todo(tx, ctx.now),
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
async def send_again(ask: Ask, who: Principal, ctx: Context) -> Answer:
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
async def give_up(ask: Ask, who: Principal, ctx: Context) -> Answer:
    done: Delivery = await ctx.db.write(lambda tx: use.give_up(tx, who, ask.words[0], ctx.now))
    return Answer("pushes/settled", {"done": done, "again": False})


def _wants_list(view: RoundView, now: datetime) -> bool:
    return view.tally.as_of is None and view.deadline - now < SOON


async def _names(ctx: Context) -> dict[str, str]:
    groups = await ctx.db.read(lambda tx: tx.groups())
    return {f"{g.platform}:group:{g.id}": g.name for g in groups}
