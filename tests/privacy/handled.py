"""A command of the test's own at the real door: what is answered when its handler does this or that."""

from collections.abc import Callable
from typing import Any

from bot.answers import Said
from bot.commands import Command, Table, Where, Who
from bot.door import Door
from bot.incoming import Job
from tests.bot.desk import Desk


async def with_handler(desk: Desk, handler: Callable[..., Any], who: Who = Who.ANYONE, **more: Any) -> list[Said]:
    """Everything that is sent back."""
    command = Command(("试试",), handler, (), (), who, Where.ANYWHERE, "试试", "")
    door = Door(desk.db, desk.clock, Table([command], []), desk.door.settings)
    await door.refresh()
    said: list[Said] = []

    async def reply(part: Said) -> None:
        said.append(part)

    await door.handle(Job(desk.incoming("试试", **more), reply, command, "", True))
    return said
