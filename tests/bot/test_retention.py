"""投递 and 撤回 still answer of what was erased; the tick does the night's work."""

from datetime import timedelta

import pytest

from bot.app import build
from bot.scheduler.nightly import Nightly
from bot.settings import load
from core.access import Account
from core.clock import ManualClock
from core.retention.forget import forget
from core.retention.night import Terms
from db.unit import Database
from tests.bot.desk import CENTRE, OFFICE, STAFF, Desk, commands
from tests.bot.own import BASE, YUNQI, bind
from tests.bot.test_deliverer import Line, Post
from tests.bot.test_reach import B
from tests.db.kept import LEFT, PERSON, dump, fill, holding

TERMS = Terms(timedelta(days=180), timedelta(days=30))


@pytest.fixture
async def post(db: Database) -> Post:
    return Post(await Desk(db).open(*BASE), Line())


async def reminders(post: Post) -> tuple[str, str]:
    """Numbers of the reminder in the group and of the personal one."""
    await bind(post.desk.db, B, YUNQI)
    await post.pass_time(hours=8 + 4 * 24)
    group, *_, person = sorted(await post.states(), key=len)
    return group, person


async def test_where_a_message_went_is_known_when_its_words_are_gone(post: Post) -> None:
    group, person = await reminders(post)
    before = await post.desk.say(f"投递 {person}", STAFF)
    assert "——\n【" in before
    later = ManualClock(post.clock.now() + timedelta(days=200))
    await Nightly(post.desk.db, later, TERMS).go_on()
    assert await post.desk.say(f"投递 {person}", STAFF) == (before.split("——\n")[0] + "内容已清除，不再保存。")
    assert (await post.desk.say(f"投递 {group}", STAFF)).endswith("内容已清除，不再保存。")
    assert (await post.desk.say(f"撤回 {person}", STAFF)).startswith(f"【预览：撤回】通知 {person}（上报提醒）\n")


async def test_whom_a_message_went_to_is_not_known_when_it_was_forgotten(post: Post) -> None:
    _, person = await reminders(post)
    whole = person.rpartition("-")[0]
    now = post.clock.now()
    await post.desk.db.write(lambda tx: forget(tx, CENTRE, Account("qq", B), now, now))
    assert await post.desk.say(f"投递 {person}", STAFF, OFFICE) == (
        f"【通知 {whole}】上报提醒，3月24日（周二）17:00 起发\n"
        f"· {person} 上报提醒→已删除的账号：已送达\n"
        "▍尝试\n"
        "· 3月24日 17:00 第1条：平台已接受\n"
        "内容已清除，不再保存。"
    )
    assert (await post.desk.say(f"撤回 {person}", STAFF)).startswith(f"【预览：撤回】通知 {person}（上报提醒）\n")
    assert f"· {person} 上报提醒→已删除的账号：已送达" in await post.desk.say("投递", STAFF)
    await post.pass_time(hours=1)
    assert not holding(await dump(post.desk.db), B)


async def test_the_running_program_does_the_nights_work(db: Database) -> None:
    await fill(db)
    clock = ManualClock(LEFT + timedelta(days=29))
    settings = load(None).model_copy(
        update={"database_url": db.writer.url.render_as_string(hide_password=False), "keep_departed_days": 31}
    )
    app = build(settings, clock, [], commands())
    try:
        for days in (30, 31):
            clock.move_to(LEFT + timedelta(days=days))
            await app.tick.once()
            assert bool(holding(await dump(db), PERSON.id)) is (days < 31)
    finally:
        await app.stop()
