"""The one message matcher of the whole bot, and the commands about commands."""

import re

from nonebot import on_message, on_request
from nonebot.adapters.onebot.v11 import Bot, FriendRequestEvent, MessageEvent
from nonebot.plugin import PluginMetadata
from nonebot.rule import Rule

from bot.answers import Answer
from bot.channels.onebot.adapter import Gate
from bot.channels.onebot.receive import PLATFORM, incoming, is_for_people, replier
from bot.channels.onebot.requests import befriend
from bot.channels.onebot.shown import Echo
from bot.commands import Ask, Context, Slot, Where, Who, command
from bot.door import Door
from core.access import Principal
from core.errors import DomainError

__plugin_meta__ = PluginMetadata(name="门", description="接收消息、查权限、交给各科目的命令", usage="帮助")

_door: list[Door] = []


def install(door: Door) -> None:
    """Called once by the composition root."""
    _door[:] = [door]
    Gate.ears["shown"] = Echo(door.db).hear


async def _take_in(bot: Bot, event: MessageEvent) -> bool:
    """Everything happens here, and the matcher itself never runs: its machinery costs as much as an answer."""
    if _door and is_for_people(event):
        message = incoming(event)
        if found := _door[0].recognise(message):
            _door[0].offer(message, replier(bot, event), found)
    return False


matcher = on_message(rule=Rule(_take_in), priority=1, block=True)


async def _befriend(bot: Bot, event: FriendRequestEvent) -> bool:
    """So that members of managed groups can be answered in private."""
    if _door:
        await befriend(bot, event, _door[0].groups_of(PLATFORM), None)
    return False


requests = on_request(rule=Rule(_befriend), priority=1, block=True)


@command(
    "帮助",
    "菜单",
    "help",
    summary="您在这里可用的命令",
    example="帮助 截止",
    slots=(Slot.TEXT,),
    who=Who.ANYONE,
    where=Where.ANYWHERE,
    personal=False,
)
async def help_(ask: Ask, who: Principal, ctx: Context) -> Answer:
    if ask.words:
        one = ctx.table.by_name(ask.words[0])
        if one is None or not (one.who is Who.BOUND or one.who.allows(who)):
            raise DomainError("ask/not_understood", word=ask.words[0], example="帮助")
        return Answer("door/help_one", {"one": one})
    visible = ctx.table.visible(who, ask.place, ask.office)
    return Answer(
        "door/help",
        {
            "common": [c for c in visible if c.who is Who.ANYONE],
            "own": [c for c in visible if c.who is Who.BOUND],
            "staff": [c for c in visible if c.who.is_staff],
            "phone": ctx.settings.centre_phone,
            "private": ask.private,
        },
    )


@command(
    "确认",
    summary="执行刚才预览的操作",
    example="确认 4821",
    needs=(Slot.TEXT,),
    who=Who.VIEWER,
    where=Where.OFFICE,
)
async def confirm(ask: Ask, who: Principal, ctx: Context) -> Answer:
    if not re.fullmatch(r"\d{4}", ask.words[0]):
        raise DomainError("door/no_confirmation", code=ask.words[0])
    return await ctx.confirm(ask.words[0])
