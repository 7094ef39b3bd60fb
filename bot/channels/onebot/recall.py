"""Taking a message back where QQ lets us."""

from loguru import logger
from nonebot.adapters.onebot.v11 import Bot

from bot.channels.onebot.call import FAILURES, call
from bot.channels.onebot.classify import classify


async def recall(bot: Bot, message_id: int) -> bool:
    """True only if it surely was recalled; a doubt is a no. QQ lets admins recall what plain members wrote,
    owners what anybody wrote, and nobody what the other side of a private chat wrote."""
    try:
        await call(bot, "delete_msg", message_id=message_id)
    except FAILURES as fault:
        logger.info("a message was not recalled: {}", classify(fault)[0].name)
        return False
    return True
