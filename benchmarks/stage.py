"""The bots that are measured beside each other, and what they need to start."""

import asyncio
import tempfile
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from benchmarks import house, scenes
from benchmarks.processes import Bot

HELP = "帮助"


class Stage(AbstractContextManager["Stage"]):
    """The bots of one log level; `answer` is what ours says to 帮助 in a group."""

    def __init__(self, level: str) -> None:
        self.level, self._stack = level, ExitStack()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        self.answer = ""

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def ours(self, name: str, more: int = 0) -> Bot:
        """`eqabot run` on a new database, with `more` further commands."""
        data = self.folder / name
        asyncio.run(house.empty_centre(data))
        arguments = ["-m", "benchmarks.with_commands"] if more else ["-m", "bot", "run"]
        settings = {**house.settings(data), "LOG_LEVEL": self.level, "BENCH_COMMANDS": more}
        return self._kept(Bot(name, arguments, data, settings))

    def bare(self, name: str = "bare") -> Bot:
        settings = {"LOG_LEVEL": self.level, "BENCH_ANSWER": self.answer}
        return self._kept(Bot(name, ["-m", "benchmarks.bare_bot"], self.folder, dict(settings)))

    def learn(self, ours: Bot, group: int) -> None:
        """What 帮助 says, for the bare bot to say as much."""
        self.answer = asyncio.run(scenes.ask(ours.url, HELP, group))

    def _kept(self, bot: Bot) -> Bot:
        self._stack.callback(bot.stop)
        return bot
