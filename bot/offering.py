"""Plain words about broken or missing samples: 签收 异常 is offered, and nothing filed unasked."""

from bot.answers import Answer
from bot.commands import Ask, Context
from core.access import Principal
from core.activities.receipts import tells_problem


async def offered_problem(ask: Ask, who: Principal, ctx: Context) -> Answer | None:
    """To the bound in private; None for all other words."""
    if not (ask.private and who.labs and await ctx.db.read(lambda tx: tells_problem(tx, who, ask.text))):
        return None
    return Answer("activities/problem_offer", {"words": ask.text}, choices=(f"签收 异常 {ask.text}",))
