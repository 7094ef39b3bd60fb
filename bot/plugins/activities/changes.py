"""改期: staff move deadlines and samples, or cancel; labs are told old → new."""

from bot.answers import Answer, Proposal
from bot.commands import Ask, Context, Slot, Where, Who, command
from core.access import Principal
from core.activities import reschedule as use
from core.activities.use import local_day
from core.errors import DomainError
from core.pushes.models import Kind
from db.unit import Unit


@command(
    "改期",
    summary="改截止时间、发放日期、样本号，或取消、恢复",
    example="改期 2026 第1次 凝血 3月30日 17:00",
    needs=(Slot.NUMBER,),
    slots=(Slot.YEAR, Slot.WORDS),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def reschedule(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    year, n = ask.year or local_day(ctx.now).year, ask.n or 0

    async def proposed(tx: Unit) -> tuple[use.Reschedule, int]:
        found = await use.propose(tx, year, n, ask.words, ctx.rules, ctx.now)
        return found, await tx.count_targets(Kind.CHANGED) if found.told else 0

    found, groups = await ctx.db.read(proposed)

    async def do(tx: Unit) -> Answer:
        again, _ = await proposed(tx)
        if again.moves != found.moves:
            raise DomainError("door/changed")
        await use.reschedule(tx, who, again, ctx.now)
        return Answer("activities/rescheduled", {"found": again, "groups": groups, "at": ctx.announced_at})

    preview = Answer("activities/reschedule", {"found": found, "groups": groups})
    return Proposal(preview, (found.moves, found.told, groups), do)
