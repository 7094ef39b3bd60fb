"""A NoneBot plugin that declares BENCH_COMMANDS further commands, to see whether chatter grows dearer."""

import os

from nonebot.plugin import PluginMetadata

from bot.answers import Answer
from bot.commands import Ask, Context, Handler, Slot, Where, Who, command
from core.access import Principal

__plugin_meta__ = PluginMetadata(name="基准", description="测量用的空命令", usage="基准甲")


def _declare(number: int) -> Handler:
    word = f"基准{number}"

    @command(
        word,
        f"{word}号",
        summary="测量用",
        example=word,
        slots=(Slot.YEAR, Slot.WORDS),
        who=Who.ANYONE,
        where=Where.ANYWHERE,
    )
    async def nothing(_ask: Ask, _who: Principal, _ctx: Context) -> Answer:
        return Answer("door/help_one", {"one": _ctx.table.by_name(word)})

    return nothing


DECLARED = [_declare(number) for number in range(int(os.environ["BENCH_COMMANDS"]))]
