"""`eqabot demo`: one line, one message; lines that begin with a colon steer the demonstration itself."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.demo.catalogue import PROGRAMMES
from bot.demo.centre import Centre
from bot.demo.moments import at, clock_text, target_of
from bot.demo.people import APPLICANT, BOUND, PERSONS, PLACES, PRIVATE, group_of, home
from bot.demo.roster import BOUND_LAB, units
from bot.demo.screen import Screen
from bot.demo.words import line
from bot.texts import say

SET_UP, APPLIED, START = at("2026-03-02 09:00"), at("2026-03-10 15:00"), at("2026-03-12 09:00")
FARTHEST = timedelta(days=366)
COLONS = (":", "：")


class Talk:
    """Who speaks where, and what a line does. A handler returns nothing; the screen shows everything."""

    def __init__(self, centre: Centre, screen: Screen) -> None:
        self.centre, self.screen = centre, screen
        self.person, self.place, self.over = APPLICANT, home(APPLICANT), False
        self._steering: dict[str, Callable[[str], Coroutine[Any, Any, None]]] = {
            "身份": self._be,
            "群": self._go_to_group,
            "私聊": self._go_private,
            "快进": self._forward,
            "帮助": self._help,
            "退出": self._leave,
        }

    async def open(self) -> None:
        """Nine days ago the centre imported its year and one lab was bound, two days ago four units applied."""
        await self.centre.open(SET_UP)
        await self.centre.bind(BOUND, BOUND_LAB, SET_UP)
        await self.centre.bring_applications(APPLIED)

    @property
    def prompt(self) -> str:
        now = clock_text(self.centre.now)
        return line("stage.prompt", at=now, role=self.person.role, place=self.place.name) + " "

    async def hear(self, text: str) -> None:
        """One line; the centre is opened with the first, so that an empty input ends at once."""
        if not self.centre.is_open:
            await self.open()
        if text.startswith(COLONS):
            await self._steer(text[1:].strip())
            return
        if not await self.centre.hear(self.person, self.place, text):
            self.screen.aside(line("stage.silent"))
        if until := await self.centre.held_until():
            self._tell("stage.held", at=clock_text(until))

    def _tell(self, key: str, **values: object) -> None:
        self.screen.narrate(line(key, **values))

    async def _steer(self, text: str) -> None:
        word = next((word for word in self._steering if text.startswith(word)), None)
        if word is None:
            self._tell("wrong.word", word=text)
        else:
            await self._steering[word](text.removeprefix(word).strip())

    async def _be(self, rest: str) -> None:
        if rest not in ("1", "2", "3", "4"):
            self._tell("wrong.person")
            return
        self.person = PERSONS[int(rest) - 1]
        self.place = home(self.person)
        self.introduce()

    def introduce(self) -> None:
        who = self.person
        self._tell("stage.person", role=who.role, name=who.name, unit=who.unit, place=self.place.name)

    async def _go_to_group(self, rest: str) -> None:
        if rest not in ("", "1", "2", "3"):
            self._tell("wrong.place")
            return
        self.place = PLACES[int(rest) - 1] if rest else group_of(self.person)
        self._tell("stage.place", place=self.place.name)

    async def _go_private(self, _rest: str) -> None:
        self.place = PRIVATE
        self._tell("stage.place", place=self.place.name)

    async def _help(self, _rest: str) -> None:
        self.screen.narrate(say("demo/steering", {}))

    async def _leave(self, _rest: str) -> None:
        self.over = True

    async def _forward(self, rest: str) -> None:
        now = self.centre.now
        to = target_of(rest, now) if rest else await self.centre.next_due()
        if to is None:
            self._tell("wrong.time" if rest else "wrong.nothing_due")
        elif to <= now:
            self._tell("wrong.past", at=clock_text(now))
        elif to - now > FARTHEST:
            self._tell("wrong.far")
        else:
            before = len(self.screen.messages)
            await self.centre.forward(to)
            count = len(self.screen.messages) - before
            self._tell("stage.moved" if count else "stage.moved_quietly", at=clock_text(to), count=count)


def run() -> int:
    """Until :退出 or the end of the input."""
    screen = Screen()
    screen.narrate(say("demo/welcome", {"labs": len(units()), "programmes": len(PROGRAMMES)}))
    with TemporaryDirectory(prefix="eqabot-demo-") as folder, asyncio.Runner() as runner:
        centre = Centre(Path(folder), screen, START)
        talk = Talk(centre, screen)
        if sys.stdin.isatty():
            runner.run(talk.open())  # people read the welcome meanwhile
        talk.introduce()
        try:
            while not talk.over and (text := _next_line(talk.prompt)) is not None:
                if text:
                    runner.run(talk.hear(text))
        finally:
            runner.run(centre.close())
    screen.narrate(line("stage.bye"))
    return 0


def _next_line(prompt: str) -> str | None:
    """None at the end of the input. What comes from a pipe is shown as if it had been typed."""
    with suppress(ImportError):
        import readline  # noqa: F401 - importing it is what makes lines editable
    try:
        text = input(f"\n{prompt}").strip()
    except EOFError:
        return None
    if not sys.stdin.isatty():
        print(text, flush=True)
    return text
