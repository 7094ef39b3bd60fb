"""The stage of the script: somebody speaks, time passes, and what was promised is checked."""

import re
from datetime import timedelta

from bot.demo.centre import Centre
from bot.demo.moments import at, clock_text
from bot.demo.people import BOT, GROUPS, Person, Place
from bot.demo.screen import Message, Screen
from bot.demo.words import line

MINUTE = timedelta(minutes=1)
CONFIRM = re.compile(r"确认 (\d{4})")
INCIDENT = "事件号"  # told politely, but a defect all the same


class Broken(Exception):
    """The product did not do what the script promises; the text says what, in Chinese."""


def check(holds: bool, key: str, **values: object) -> None:
    if not holds:
        raise Broken(line(f"broken.{key}", **values))


class Play:
    def __init__(self, centre: Centre, screen: Screen) -> None:
        self.centre, self.screen = centre, screen
        self._seen = 0
        self._private: list[Message] = []

    def narrate(self, key: str, **values: object) -> None:
        self.screen.narrate(line(f"scene.{key}", **values))

    async def until(self, moment: str) -> None:
        await self.centre.forward(at(moment))

    async def says(self, who: Person, where: Place, text: str, *wanted: str, without: tuple[str, ...] = ()) -> str:
        """A minute later somebody writes; the reply holds all that is wanted, in any order."""
        reply = await self._said(who, where, text)
        check(bool(reply), "no_reply", text=text)
        for missing in wanted:
            check(missing in reply, "reply", text=text, missing=missing)
        for found in (*without, INCIDENT):
            check(found not in reply, "unwanted", text=text, found=found)
        return reply

    async def is_ignored(self, who: Person, where: Place, text: str) -> None:
        check(not await self._said(who, where, text), "spoke", text=text)

    async def _said(self, who: Person, where: Place, text: str) -> str:
        await self.centre.forward(self.centre.now + MINUTE)
        target = where.name if where.group else f"{BOT}（私聊）"
        self.screen.show(Message(self.centre.now, who.name, target, text, where.group))
        replies = await self.centre.hear(who, where, text)
        if not replies:
            self.screen.aside(line("stage.silent"))
        return "\n".join(replies)

    async def confirms(self, who: Person, where: Place, preview: str, *wanted: str) -> None:
        code = CONFIRM.search(preview)
        check(code is not None, "confirm", text=preview.partition("\n")[0])
        await self.says(who, where, code[0] if code else "", *wanted)

    def pushed_at(self, *moments: str) -> list[Message]:
        """One of each new push, if they came at just these moments and each to all groups."""
        new, self._seen = self.screen.messages[self._seen :], len(self.screen.messages)
        self._private = [message for message in new if message.pushed and not message.group]
        pushes = [message for message in new if message.pushed]
        by_group = {group.id: [push for push in pushes if push.group == group.id] for group in GROUPS}
        for received in by_group.values():
            found = [clock_text(push.at) for push in received]
            check(found == [*moments], "pushes", wanted="、".join(moments), found="、".join(found))
        return by_group[GROUPS[0].id]

    def told(self, who: Person, *moments: str) -> list[Message]:
        """What this person was told in private among the pushes just checked, at just these moments."""
        own = [push for push in self._private if push.target.startswith(who.name)]
        found = [clock_text(push.at) for push in own]
        check(found == [*moments], "told", who=who.name, wanted="、".join(moments), found="、".join(found))
        return own
