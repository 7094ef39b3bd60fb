"""提醒 开/关: whether an account is reminded in private."""

from bot.answers import Answer
from bot.commands import Ask, Context, Slot, Where, Who, command
from core.access import Principal
from core.activities.reminding import reminders, wish_of


@command(
    "提醒",
    summary="私聊提醒的开和关",
    example="提醒 关",
    slots=(Slot.WORDS,),
    who=Who.BOUND,
    where=Where.PRIVATE,
    talk=True,
    spoken=("私聊提醒",),
    takes=("开", "关", "打开", "开启", "恢复", "关闭", "关掉", "停止", "取消", "不要", "不要再", "别再"),
)
async def remind(ask: Ask, who: Principal, ctx: Context) -> Answer:
    wish = wish_of(ask.words)
    found = await ctx.db.write(lambda tx: reminders(tx, who, wish, ctx.now))
    return Answer("activities/reminders", {"found": found, "settings": ctx.settings})
