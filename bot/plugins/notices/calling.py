"""催报 and 电话单: who has not reported is reminded now, or telephoned."""

import asyncio

from bot.answers import Answer, Attachment, Proposal
from bot.commands import Ask, Context, Slot, Where, Who, command
from bot.files.calls import phone_workbook
from core.access import Principal
from core.activities.use import local_day
from core.notices.phone import phone_list
from core.notices.urge import propose_urge, urge
from db.unit import Unit


@command(
    "催报",
    summary="现在就提醒未上报的",
    example="催报 2026 第1次 凝血",
    needs=(Slot.NUMBER,),
    slots=(Slot.YEAR, Slot.WORDS),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def urge_now(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    year, n = ask.year or local_day(ctx.now).year, ask.n or 0
    calm_at = ctx.announced_at or ctx.now
    found = await ctx.db.read(lambda tx: propose_urge(tx, year, n, ask.words, ctx.now, calm_at))

    async def do(tx: Unit) -> Answer:
        again = await propose_urge(tx, year, n, ask.words, ctx.now, calm_at)
        await urge(tx, who, again, ctx.now)
        return Answer("notices/urged", {"found": again, "at": ctx.announced_at})

    digest = [(one.deadline.at, [view.round.id for view in one.views]) for one in found.urged]
    return Proposal(Answer("notices/urge", {"found": found, "at": ctx.announced_at}), digest, do)


@command(
    "电话单",
    summary="要打电话提醒的单位，私聊可要名单",
    example="电话单 2026 第1次",
    needs=(Slot.NUMBER,),
    slots=(Slot.YEAR, Slot.WORDS),
    who=Who.VIEWER,
    where=Where.OFFICE,
)
async def phone(ask: Ask, who: Principal, ctx: Context) -> Answer:
    year, n = ask.year or local_day(ctx.now).year, ask.n or 0
    found = await ctx.db.write(lambda tx: phone_list(tx, who, year, n, ask.words, ctx.now))
    view = {"found": found, "private": ask.private}
    if not (ask.private and found.calls):
        return Answer("notices/phone_list", view)
    content = await asyncio.to_thread(phone_workbook, found.calls)
    file = Attachment(f"电话单-{year}-第{n}次.xlsx", content)
    return Answer("notices/phone_list", view, private=frozenset(one.lab_id for one in found.calls), file=file)
