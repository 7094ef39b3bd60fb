"""Files for one person, never for a group."""

import base64

from nonebot.adapters.onebot.v11 import Bot

from bot.channels.onebot.call import call

TIMEOUT = 120.0  # QQ takes the file in before it answers


async def send_file(bot: Bot, user_id: int, name: str, content: bytes) -> None:
    """By content, because the QQ implementation may run on another machine. To friends only: QQ takes no files
    in a temporary session. Raises what `classify` reads; after a doubt the file may have arrived."""
    file = "base64://" + base64.b64encode(content).decode()
    await call(bot, "upload_private_file", TIMEOUT, user_id=user_id, file=file, name=name)
