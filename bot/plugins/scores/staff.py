"""公布成绩: staff make imported scores visible."""

from bot.answers import Answer, Proposal
from bot.commands import Ask, Context, Slot, Where, Who, command
from core.access import Principal
from core.activities.use import local_day
from core.pushes.models import Kind
from core.scores.release import doubtful, propose_release, release
from db.unit import Unit


@command(
    "公布成绩",
    summary="公布已导入的成绩",
    example="公布成绩 2026 第1次 全部",
    needs=(Slot.NUMBER,),
    slots=(Slot.YEAR, Slot.WORDS),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def publish(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    year, n = ask.year or local_day(ctx.now).year, ask.n or 0
    found = await ctx.db.read(lambda tx: propose_release(tx, year, n, ask.words, ctx.now))
    groups = await ctx.db.read(lambda tx: tx.count_targets(Kind.RELEASED))
    named = ask.private and found.conflicts
    conflicts = await ctx.db.write(lambda tx: doubtful(tx, who, found, ctx.now)) if named else []

    async def do(tx: Unit) -> Answer:
        await release(tx, who, found, ctx.now)
        return Answer("scores/released", {"found": found, "at": ctx.announced_at})

    view = {"found": found, "groups": groups, "conflicts": conflicts}
    preview = Answer("scores/release", view, private=frozenset(one.lab_id for one in conflicts))
    digest = (found.releases, [(one.imported.labs, one.imported.conflicts) for one in found.ready])
    return Proposal(preview, digest, do)
