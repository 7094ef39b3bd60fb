"""A desk with its delivery, and what it says unasked."""

import re

from core.pushes.parts import marks_in
from tests.bot.desk import OFFICE, STAFF
from tests.bot.test_deliverer import Post

REFERENCE = re.compile(r"\n〔通知 [\d-]+〕$")


async def sent(post: Post) -> list[tuple[str, str]]:
    """(conversation, text without its reference) of everything said unasked since the last call."""
    await post.pass_time(seconds=5)
    assert all(REFERENCE.search(text) for _, text in post.line.sent)
    said = [(place, REFERENCE.sub("", text)) for place, text in post.line.sent]
    post.line.sent.clear()
    return said


async def alarm_mark(post: Post) -> tuple[str, int]:
    """What is known of the last alarm in the office when somebody quotes it."""
    await post.pass_time(seconds=5)
    [*_, text] = [text for place, text in post.line.sent if place == OFFICE]
    post.line.sent.clear()
    return marks_in(text)[0]


async def confirmed(post: Post, preview: str, user: str = STAFF, group: str = "") -> str:
    code = preview.rsplit("确认 ", 1)[1][:4]
    return await post.desk.say(f"确认 {code}", user, group)
