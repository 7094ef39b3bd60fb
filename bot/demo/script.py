"""`eqabot demo --script`: a small year, played by the real product; every message shown and checked."""

import re
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.demo.catalogue import PROGRAMMES
from bot.demo.centre import Centre
from bot.demo.moments import at
from bot.demo.play import Play, check
from bot.demo.roster import units
from bot.demo.scenes import SCENES
from bot.demo.scenes.join import CODE, shows
from bot.demo.screen import REFERENCE, Message, Screen
from bot.settings import Settings
from core.pushes.parts import PART

START = at("2025-10-09 09:00")


async def play() -> None:
    """All scenes; raises `Broken` at the first promise that isn't kept."""
    screen = Screen()
    with TemporaryDirectory(prefix="eqabot-demo-") as folder:
        centre = Centre(Path(folder), screen, START)
        stage = Play(centre, screen)
        stage.narrate("opening", labs=len(units()), programmes=len(PROGRAMMES))
        try:
            await centre.open(START)
            for scene in SCENES:
                await scene(stage)
        finally:
            await centre.close()
    check_all(screen.messages, centre.settings)
    pushes = sum(message.pushed for message in screen.messages)
    stage.narrate("closing", messages=len(screen.messages), pushes=pushes)


def check_all(messages: list[Message], settings: Settings) -> None:
    """What holds for the year as a whole."""
    for message in messages:
        check(not (message.group and shows(message.text, CODE)), "digits", where=message.text)
        check(len(message.text) <= PART, "length")
        check(not (message.pushed and settings.rules.quiet.covers(message.at)), "quiet", where=message.text)
    check(all(a.at <= b.at for a, b in pairwise(messages)), "order")
    references = [re.findall(REFERENCE, message.text)[-1] for message in messages if message.pushed]
    check(len(set(references)) == len(references), "doubled")
