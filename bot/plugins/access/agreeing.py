"""同意, 不同意: what one member of staff confirmed is done only when a second agrees."""

from dataclasses import replace

from bot.answers import Answer, Proposal
from bot.commands import Ask, Context, Slot, Where, Who, command
from core.access import Principal
from core.access.agreements import LONGEST_REASON, Agreement, agree, agreeable, decline, open_agreement, void
from core.errors import DomainError
from db.unit import Unit, Within

YES = "同意 3"


@command(
    "同意",
    summary="同意同事提出、要两人同意的操作",
    example=YES,
    needs=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
    talk=True,
)
async def second(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    """Asked as the colleague again, and done with the mark that it was agreed in one transaction. In private only:
    there the whole numbers can be compared."""
    number, *more = ask.words
    if more:
        raise DomainError("ask/not_understood", word=more[0], example=YES)
    one = await ctx.db.read(lambda tx: agreeable(tx, who, number, ctx.now))
    if not ask.private:
        raise DomainError("access/agree_private", number=one.id)
    try:
        now_proposed = await ctx.again(one, ctx.db)
    except DomainError:
        await ctx.db.write(lambda tx: void(tx, who, one, ctx.now))
        raise

    async def do(tx: Unit) -> Answer:
        await agree(tx, who, one, ctx.now)
        proposed = await ctx.again(one, Within(tx))
        return _around("access/agreed", await proposed.do(tx), one)

    return Proposal(_around("access/agree", now_proposed.preview, one), (one.id, one.asked.digest), do)


def _around(template: str, inner: Answer, one: Agreement) -> Answer:
    """The colleague's answer within ours."""
    view = {**inner.view, "agreement": one, "inner": f"{inner.template}.j2"}
    return replace(inner, template=template, view=view)


@command(
    "不同意",
    summary="不同意同事提出的操作，或撤回自己提出的",
    example="不同意 3 账号不对",
    needs=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
    talk=True,
)
async def against(ask: Ask, who: Principal, ctx: Context) -> Answer:
    """At once: nothing is done by it."""
    number, *words = ask.words
    reason = " ".join(words)
    if len(reason) > LONGEST_REASON:
        raise DomainError("requests/reason_long", most=LONGEST_REASON)
    one = await ctx.db.read(lambda tx: open_agreement(tx, number, ctx.now))
    state = await ctx.db.write(lambda tx: decline(tx, who, one, reason, ctx.now))
    return Answer("access/declined", {"number": one.id, "state": state})
