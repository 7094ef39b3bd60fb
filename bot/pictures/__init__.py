"""Pictures that go along with an answer: drawn one after the other in a thread of their own, beside the event
loop, so that twenty at once cost no more memory than one."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from loguru import logger

from bot.pictures.canvas import FontMissing, has_font

__all__ = ["FontMissing", "drawn", "has_font"]

_PEN = ThreadPoolExecutor(1, "pictures")  # FreeType's faces are not for several threads at once


async def drawn(draw: Callable[[], bytes]) -> bytes | None:
    """The PNG; None where there is no font, which is logged: the same is then said in words."""
    try:
        return await asyncio.get_running_loop().run_in_executor(_PEN, draw)
    except FontMissing as fault:
        logger.error("no picture: {}", fault)
        return None
