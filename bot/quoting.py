"""What staff say to a message of ours by quoting it: it may be the answer to a 留言 that it told of."""

from bot.acknowledging import is_courtesy
from bot.asking import FIRST_MARKS
from bot.commands import Command, Table
from core.pushes.parts import mark_of
from core.words import fold

ANSWER = "回复"  # name of the command


def answer_meant(table: Table, text: str, marks: tuple[tuple[str, int], ...]) -> tuple[Command, str] | None:
    """回复 with the mark of the quoted push in front, where the words are neither a command nor a courtesy; the
    command sees for itself whether that push told of a 留言."""
    one = table.by_name(ANSWER)
    if one is None or not marks or not text or is_courtesy(text):
        return None
    found = table.find(fold(text))
    if found and found[0] is not one:
        return None
    word = next((word for word in one.words if text.startswith(word)), "")
    return one, f"{mark_of(marks[0][0])} {text.removeprefix(word).lstrip(FIRST_MARKS)}"
