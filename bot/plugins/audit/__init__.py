"""审计: who did and read what."""

from nonebot.plugin import PluginMetadata

from bot.answers import Answer
from bot.commands import Ask, Context, Slot, Where, Who, command
from core.access import Principal
from core.audit.reading import read_log
from core.errors import DomainError

__plugin_meta__ = PluginMetadata(name="审计", description="谁做了、查了什么", usage="审计 20")

USUAL, MOST = 10, 30
EXAMPLE = "审计 20"


@command(
    "审计",
    summary="最近的操作记录，最多 30 条",
    example=EXAMPLE,
    slots=(Slot.TEXT,),
    who=Who.ADMIN,
    where=Where.OFFICE,
)
async def audit(ask: Ask, who: Principal, ctx: Context) -> Answer:
    count = _count(ask.text.removesuffix("条").strip()) if ask.text else USUAL
    page = await ctx.db.write(lambda tx: read_log(tx, who, count, ctx.now))
    return Answer("audit/page", {"page": page, "count": count})


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and int(text)):
        raise DomainError("ask/not_understood", word=text, example=EXAMPLE)
    return min(int(text), MOST)
