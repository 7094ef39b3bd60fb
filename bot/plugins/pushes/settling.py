"""补发 编号 全部 and 放弃 编号 全部."""

from bot.answers import Answer, Proposal
from bot.commands import Context
from core.access import Principal
from core.pushes.settling import settle_all, undecided
from core.pushes.states import State
from db.unit import Unit

ALL = "全部"


async def propose_all(reference: str, new: State, who: Principal, ctx: Context) -> Proposal:
    found = await ctx.db.read(lambda tx: undecided(tx, reference, new, ctx.now))
    view = {"first": found[0], "again": new is State.READY, "calm": ctx.announced_at}

    async def do(tx: Unit) -> Answer:
        done = await settle_all(tx, who, reference, new, ctx.now)
        return Answer("pushes/settle_all", {**view, "count": done, "done": True})

    preview = Answer("pushes/settle_all", {**view, "count": len(found), "done": False})
    return Proposal(preview, (str(new), [(one.id, one.fence) for one in found]), do)
