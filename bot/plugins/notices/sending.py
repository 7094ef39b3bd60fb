"""通知 and 撤回; 收到, by which people say that they have seen one."""

import asyncio

from bot.answers import Answer, Proposal
from bot.commands import Ask, Context, Slot, Where, Who, command
from bot.keys import binding_key
from core.access import Principal
from core.access.codes import codes_in, digests_in
from core.notices import recall as recalling
from core.notices.text import tidy
from core.notices.use import propose_notice, send_notice
from core.pushes.references import parse_reference
from db.unit import Unit


@command(
    "通知",
    summary="照原样发到各群；前面可写 @群名、@全体",
    example="通知 @一群、二群 @全体 明天下午系统维护",
    needs=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def notice(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    codes = await _bind_codes(ask, ctx)
    found = await ctx.db.read(lambda tx: propose_notice(tx, ask.written, ctx.now, codes))

    async def do(tx: Unit) -> Answer:
        again = await propose_notice(tx, ask.written, ctx.now, codes)
        sent = await send_notice(tx, who, again, ctx.now)
        return Answer("notices/sent", {"found": again, "sent": sent, "at": ctx.announced_at})

    return Proposal(Answer("notices/notice", {"found": found}), (found.key, found.at_all, found.groups), do)


async def _bind_codes(ask: Ask, ctx: Context) -> list[str]:
    """Digests of whatever can be read as a binding code anywhere in it, as where people talk."""
    text = tidy(ask.written)
    return await asyncio.to_thread(digests_in, binding_key(ctx.settings), text) if codes_in(text) else []


@command(
    "撤回",
    summary="撤回发出的推送，未发的不再发",
    example="撤回 26-0317",
    needs=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def recall(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    found = await ctx.db.read(lambda tx: recalling.propose_recall(tx, ask.text))

    async def do(tx: Unit) -> Answer:
        again = await recalling.propose_recall(tx, ask.text)
        await recalling.recall(tx, who, again, ctx.now, ctx.real)
        return Answer("notices/recalled", {"found": again})

    return Proposal(Answer("notices/recall", {"found": found}), found.reference, do)


@command(
    "收到",
    "已收到",
    summary="引用一条通知回复，表示已看到",
    example="收到",
    who=Who.ANYONE,
    where=Where.ANYWHERE,
)
async def heard(ask: Ask, who: Principal, ctx: Context) -> None:
    """A statistic, without an answer: a group of 2,000 that says 收到 is loud enough."""
    for reference, _ in ask.marks:
        year, number, _ = parse_reference(reference)
        await ctx.db.write(lambda tx, y=year, n=number: tx.hear(y, n, who.account, ctx.now))  # type: ignore[misc]
