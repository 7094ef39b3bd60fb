"""授权: who is staff and as what."""

from bot.answers import Answer, Proposal
from bot.commands import Ask, Context, Slot, Where, Who, command
from bot.texts import say
from core.access import Principal
from core.access.agreements import Second
from core.access.roles import change_role, propose_role, role_of, role_words
from db.unit import Unit


@command(
    "授权",
    summary="查看工作人员的角色，或改一位的角色",
    example="授权 qq:10001 操作",
    slots=(Slot.TEXT,),
    who=Who.ADMIN,
    where=Where.OFFICE,
)
async def authorise(ask: Ask, who: Principal, ctx: Context) -> Answer | Proposal:
    """Whole numbers only in private."""
    if not ask.words:
        return await _list(ask, who, ctx)
    account, new = role_words(ask.words)
    if new is None:
        role = await ctx.db.read(lambda tx: role_of(tx, account))
        return Answer("access/staff_one", {"account": account, "role": role, "private": ask.private})
    change = await ctx.db.read(lambda tx: propose_role(tx, who, account, new))
    view = {"change": change, "private": ask.private}

    async def do(tx: Unit) -> Answer:
        await change_role(tx, who, change, ctx.now, ctx.settings.centre_phone)
        return Answer("access/role_changed", view)

    second = Second(say("access/role_summary", {"change": change}), account, change.told)
    return Proposal(Answer("access/propose_role", view), change, do, second)


async def _list(ask: Ask, who: Principal, ctx: Context) -> Answer:
    """The log says who read the whole numbers."""
    if ask.private:
        await ctx.db.write(lambda tx: tx.audit(who, "access.staff_list", "staff", {}, ctx.now))
    staff = await ctx.db.read(lambda tx: tx.staff_list())
    return Answer("access/staff_list", {"staff": staff, "private": ask.private})
