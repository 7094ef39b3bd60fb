"""Pictures on their way to QQ; where it does not take one, the same in words."""

import base64

from loguru import logger
from nonebot.adapters.onebot.v11 import Bot, MessageEvent, MessageSegment

from bot.answers import Picture
from bot.channels.onebot.call import FAILURES, call
from bot.channels.onebot.classify import classify


async def send_picture(bot: Bot, event: MessageEvent, picture: Picture) -> None:
    """In private, to whoever asked. Whoever may have seen nothing is told in words: once more does no harm."""
    picture_of = MessageSegment.image(f"base64://{base64.b64encode(picture.content).decode()}")

    async def send(segment: MessageSegment) -> None:
        await call(bot, "send_msg", message_type="private", user_id=event.user_id, message=[segment])

    try:
        await send(picture_of)
    except FAILURES as fault:
        logger.warning("picture not sent: {}", classify(fault)[1])
        await send(MessageSegment.text(picture.text))
