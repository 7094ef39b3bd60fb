"""发放 and 未上报: staff announce samples and see who has not reported; names only in private."""

from bot.answers import Answer, Proposal
from bot.commands import Ask, Context, Slot, Where, Who, command
from core.access import Principal
from core.activities import use
from core.activities.models import RoundView
from core.activities.unreported import Named, unreported_names
from db.unit import Unit


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
    digest = (year, n, [(r.id, r.deadline, r.sample_nos, r.expected_on) for r in found.rounds], groups)

    async def do(tx: Unit) -> Answer:
        again = await use.propose_dispatch(tx, year, n, ask.words, ctx.now)
        await use.dispatch(tx, who, again, ctx.now)
        return Answer("activities/dispatched", {"found": again, "groups": groups, "at": ctx.announced_at})

    view = {"found": found, "groups": groups, "year": year, "n": n, "today": use.local_day(ctx.now)}
    return Proposal(Answer("activities/dispatch", view), digest, do)


async def _proposed(tx: Unit, year: int, n: int, ask: Ask, ctx: Context) -> tuple[use.Dispatch, int]:
    found = await use.propose_dispatch(tx, year, n, ask.words, ctx.now)
    return found, await tx.count_targets("round.dispatched")


@command(
    "未上报",
    summary="各项目未上报家数，私聊可看名单",
    example="未上报 2026 第1次",
    needs=(Slot.NUMBER,),
    slots=(Slot.YEAR, Slot.WORDS),
    who=Who.VIEWER,
    where=Where.OFFICE,
)
async def unreported(ask: Ask, who: Principal, ctx: Context) -> Answer:
    year, n = ask.year or use.local_day(ctx.now).year, ask.n or 0

    async def work(tx: Unit) -> tuple[list[RoundView], dict[int, Named]]:
        found = await use.activity(tx, year, n, ask.words)
        return found, await unreported_names(tx, who, found, ctx.now) if ask.private else {}

    found, names = await (ctx.db.write if ask.private else ctx.db.read)(work)
    shown = frozenset(lab.lab_id for named in names.values() for lab in named.labs)
    view = {"found": found, "names": names, "private": ask.private, "year": year, "n": n}
    return Answer("activities/unreported", view, private=shown)
