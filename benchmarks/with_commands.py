"""`eqabot run` with one plugin more: the same composition, `more_commands` loaded before the table is made."""

import sys

import nonebot

from bot import __main__ as program
from bot.app import load_plugins
from bot.cli import run
from bot.commands import Table


def load_more() -> Table:
    nonebot.load_plugin("benchmarks.more_commands")
    return load_plugins()


if __name__ == "__main__":
    run.load_plugins = load_more  # type: ignore[attr-defined]
    sys.argv = ["eqabot", "run"]
    program.main()
