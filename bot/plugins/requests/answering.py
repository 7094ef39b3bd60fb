"""回复."""

import asyncio

from bot.answers import Answer, Proposal
from bot.commands import Ask, Context, Slot, Where, Who, command
from bot.keys import binding_key
from core.access import Principal
from core.access.codes import codes_in, digests_in
from core.errors import DomainError
from core.notices.text import tidy
from core.requests.answering import EXAMPLE, Reply, answer, propose_answer
from db.unit import Unit


@command(
    "回复",
    "答复",
    summary="答复一条留言（也可引用留言提醒直接写）",
    example=EXAMPLE,
    needs=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
    talk=True,
)
async def reply(ask: Ask, who: Principal, ctx: Context) -> Answer | Proposal | None:
    """Sent at once to one person; shown before a group reads it, and where colleagues may only be talking."""
    codes = await _bind_codes(ask, ctx)
    quoted = ask.marks[0][0] if ask.marks else ""
    found = await ctx.db.read(lambda tx: propose_answer(tx, ask.written, ctx.now, codes, quoted))
    if found is None:
        if ask.private:
            raise DomainError("requests/answer_form", example=EXAMPLE)
        return None

    async def do(tx: Unit) -> Answer:
        again = await propose_answer(tx, ask.written, ctx.now, codes)
        assert again is not None
        await answer(tx, who, again, ctx.now)
        return Answer("requests/answered", _view(again, ask))

    if found.at_once:
        return await ctx.db.write(do)
    what = (found.request.id, found.text, found.nth, found.request.decided_at, found.by_quote)
    return Proposal(Answer("requests/answer", _view(found, ask)), what, do)


def _view(found: Reply, ask: Ask) -> dict[str, object]:
    return {"found": found, "request": found.request, "shown": found.shown, "private": ask.private}


async def _bind_codes(ask: Ask, ctx: Context) -> list[str]:
    """Digests of whatever can be read as a binding code anywhere in it."""
    text = tidy(ask.written)
    return await asyncio.to_thread(digests_in, binding_key(ctx.settings), text) if codes_in(text) else []
