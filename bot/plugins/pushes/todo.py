"""待办: what waits for staff, and one request of it."""

from dataclasses import fields

from bot.answers import Answer
from bot.commands import Ask, Context, Slot, Where, Who, command
from core.access import Principal
from core.activities.use import local_day
from core.labs.waiting import Patience, by_wait
from core.requests.one import one_request
from core.requests.waiting import aged, by_kind
from core.watch.todo import todo as todo_of
from db.unit import Unit


@command("待办", summary="等您处理的事", example="待办", slots=(Slot.TEXT,), who=Who.VIEWER, where=Where.OFFICE)
async def todo(ask: Ask, who: Principal, ctx: Context) -> Answer:
    if ask.text:
        return await _one(ask, who, ctx)

    async def waiting(tx: Unit) -> dict[str, object]:
        found = await todo_of(tx, ctx.now)
        view = {field.name: getattr(found, field.name) for field in fields(found)}
        groups = {f"{g.platform}:group:{g.id}": g.name for g in await tx.groups()}
        return {**view, "hold": await tx.hold(), "names": groups}

    view = await ctx.db.read(waiting)
    requests = aged(view["requests"], ctx.rules.days, ctx.now)  # type: ignore[arg-type]
    patience = Patience(ctx.rules.days, ctx.rules.pending_days)
    view["applications"] = by_wait(view["applications"], patience, local_day(ctx.now))  # type: ignore[arg-type]
    view |= {"requests": requests, "kinds": by_kind([one.request for one in requests])}
    return Answer("pushes/todo", {**view, "me": who.account})


async def _one(ask: Ask, who: Principal, ctx: Context) -> Answer:
    found = await ctx.db.write(lambda tx: one_request(tx, who, ask.text, ask.private, ctx.rules.days, ctx.now))
    view = {"found": found, "private": ask.private}
    lab = found.request.lab_id
    private = frozenset({lab} if ask.private and lab is not None else ())
    return Answer("requests/one", view, private=private)
