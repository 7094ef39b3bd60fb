"""README's table of commands is the declarations'."""

from pathlib import Path

from bot.commands import Command, Where
from tests.bot.desk import commands

README = Path(__file__).parents[2] / "README.md"
PLACES = {Where.ANYWHERE: "anywhere", Where.PRIVATE: "private", Where.OFFICE: "staff group or private"}


def line(command: Command) -> str:
    others = f" ({', '.join(command.words[1:])})" if command.words[1:] else ""
    who, where = command.who.name.lower(), PLACES[command.where]
    return f"| {command.name}{others} | {who} | {where} | {command.example} |"


def test_the_table_of_commands() -> None:
    table = README.read_text(encoding="utf-8").split("<!-- commands")[1].split("<!-- /commands")[0]
    shown = [row for row in table.splitlines() if row.startswith("| ") and not row.startswith("| command")]
    assert shown == [line(command) for command in commands().commands]
