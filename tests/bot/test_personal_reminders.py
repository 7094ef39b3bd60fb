"""A personal reminder reaches those of whom we know nothing better than that they have not reported."""

from datetime import timedelta

import pytest

from core.enrolment.models import Enrolled
from core.pushes.states import State
from db.unit import Database
from tests.bot.desk import GROUP, SUBMISSIONS, table
from tests.bot.own import BOTH, QINGCHUAN, YUNQI, A, B, bind, enrol, own_desk
from tests.bot.test_deliverer import Line, Post

TO_THREE_DAYS = {"days": 4, "hours": 8}  # before the deadline; the stage a week before is for groups only
OTHER = "300400103"  # of 青禾, which has not reported either
QINGHE = "0340103"
ALL_REPORTED = table(
    "submissions",
    "year n programme lab_code reported",
    *([2026, 1, "A01", code, True] for code in (QINGCHUAN, YUNQI, QINGHE)),
)


@pytest.fixture
async def post(db: Database) -> Post:
    """A01 and A02 close on 27 March at 17:00; 晴川 has reported A01, the others have not."""
    desk = await own_desk(db)
    await bind(db, OTHER, QINGHE)
    return Post(desk, Line())


async def persons(post: Post, **passing: int) -> dict[str, str]:
    """Who hears what in private while the time passes."""
    before = len(post.line.sent)
    await post.pass_time(**passing)
    return {target: text for target, text in post.line.sent[before:] if target.startswith("3004")}


async def test_only_those_who_have_not_reported(post: Post) -> None:
    heard = await persons(post, **TO_THREE_DAYS)
    assert set(heard) == {B, OTHER}
    assert heard[B].startswith(
        "【上报提醒】\n"
        "2026年第1次 3月27日（周五）17:00 截止：\n"
        "芜湖演示云栖医院\n"
        "· 凝血试验：未报\n"
        "数据截至 3月20日 09:00，已上报请忽略。\n"
        "请在「已上报数据」中核对；截止后不能重新上报，原则上不予退回。\n"
        "已上报的可回复「已报 项目」，不再私聊提醒；全都不要提醒的发送「提醒 关」。\n"
        "〔通知 26-0001-"
    )
    assert all("晴川" not in text for text in heard.values())
    assert all("云栖" not in text for group, text in post.line.sent if group == GROUP)


async def test_unknown_counts_as_open_but_only_for_those_who_applied(post: Post) -> None:
    await enrol(post.desk.db, "A02", {QINGCHUAN: Enrolled.APPLIED, YUNQI: Enrolled.SUSPENDED})
    heard = await persons(post, **TO_THREE_DAYS)
    assert set(heard) == {A, B, OTHER}
    assert "合肥演示晴川医院\n· 糖化血红蛋白：未知\n已上报请忽略。\n" in heard[A]
    assert "糖化" not in heard[B]


async def test_people_hear_of_three_days_and_of_one(post: Post) -> None:
    """Not of seven days, nor of three hours; groups hear all of them."""
    at: list[str] = []
    groups = 0
    for _ in range(24 * 8):
        before = len(post.line.sent)
        if B in await persons(post, hours=1):
            at.append(f"{post.clock.now() + timedelta(hours=8):%m-%d %H}")
        groups += sum(target == GROUP for target, _ in post.line.sent[before:])
    assert at == ["03-24 17", "03-26 17"]
    assert groups == 5  # with the first of the next deadline


async def test_nobody_once_all_have_reported(post: Post) -> None:
    await post.desk.bring(ALL_REPORTED)
    assert await persons(post, **TO_THREE_DAYS) == {}


async def test_who_reported_between_planning_and_sending_hears_nothing(post: Post) -> None:
    post.line.online = False
    await persons(post, **TO_THREE_DAYS)
    await post.desk.bring(ALL_REPORTED)
    post.line.online = True
    assert await persons(post, minutes=1) == {}
    cancelled = [d for d in await post.desk.db.read(lambda tx: tx.recent_deliveries([State.CANCELLED], 9))]
    assert {d.target.id for d in cancelled if d.target.place == "private"} == {B, OTHER}
    assert {d.words for d in cancelled if d.target.place == "private"} == {"已上报"}


async def test_the_labs_own_word_silences_until_the_next_list(post: Post) -> None:
    await post.desk.say("已报 凝血", B)
    assert set(await persons(post, **TO_THREE_DAYS)) == {OTHER}
    post.clock.move_to(post.clock.now() + timedelta(days=1))
    await post.desk.bring(SUBMISSIONS)
    assert set(await persons(post, days=1)) == {B, OTHER}


async def test_one_person_for_each_lab_the_first_that_was_bound(post: Post) -> None:
    """BOTH is bound to 云栖 as well, but later; of 晴川 nothing is open."""
    assert BOTH not in await persons(post, **TO_THREE_DAYS)


async def test_a_person_of_two_labs_reads_of_both_in_one_message(post: Post) -> None:
    await bind(post.desk.db, OTHER, YUNQI, at=post.clock.now() - timedelta(days=9))
    heard = await persons(post, **TO_THREE_DAYS)
    assert set(heard) == {OTHER}
    assert "芜湖演示云栖医院\n· 凝血试验：未报\n太和演示青禾卫生院\n· 凝血试验：未报\n" in heard[OTHER]


async def test_two_deadlines_due_at_once_are_one_message(post: Post) -> None:
    rounds = table("rounds", "year n programme deadline", [2026, 1, "A02", "2026-03-27T09:00:30Z"])
    await post.desk.bring(rounds)
    await enrol(post.desk.db, "A02", {YUNQI: Enrolled.APPLIED})
    await post.pass_time(minutes=1)
    heard = await persons(post, **TO_THREE_DAYS)
    assert set(heard) == {B, OTHER}
    assert heard[B].count("截止：\n芜湖演示云栖医院\n") == 2
    assert await persons(post, minutes=1) == {}


async def test_a_moved_deadline_or_a_lost_binding_stops_it(post: Post) -> None:
    post.line.online = False
    await persons(post, **TO_THREE_DAYS)
    rounds = [2026, 1, "A01", "2026-04-10T09:00:00Z"], [2026, 1, "A02", "2026-04-10T09:00:00Z"]
    await post.desk.bring(table("rounds", "year n programme deadline", *rounds))
    post.line.online = True
    assert await persons(post, minutes=1) == {}
    found = await post.desk.db.read(lambda tx: tx.recent_deliveries([State.SUPERSEDED], 9))
    assert {d.words for d in found if d.target.place == "private"} == {"截止时间已变更"}


async def test_the_state_is_told_to_no_group(post: Post) -> None:
    for _ in range(24 * 8):
        await post.pass_time(hours=1)
    groups = [text for target, text in post.line.sent if not target.startswith("3004")]
    assert groups
    assert not [text for text in groups if "医院" in text or "卫生院" in text]


# -- 提醒 开/关


async def test_who_switched_them_off_hears_nothing_and_another_speaks_for_the_lab(post: Post) -> None:
    """BOTH was bound to 云栖 after B."""
    await post.desk.say("提醒 关", B)
    assert set(await persons(post, **TO_THREE_DAYS)) == {BOTH, OTHER}
    await post.desk.say("提醒 关", BOTH)
    await post.desk.say("提醒 开", B)
    assert set(await persons(post, days=2)) == {B, OTHER}


async def test_switched_off_after_it_was_planned_it_is_not_sent(post: Post) -> None:
    post.line.online = False
    await persons(post, **TO_THREE_DAYS)
    await post.desk.say("提醒 关", B)
    post.line.online = True
    assert set(await persons(post, minutes=1)) == {OTHER}
    [cancelled] = await post.desk.db.read(lambda tx: tx.recent_deliveries([State.CANCELLED], 9))
    assert (cancelled.target.id, cancelled.words) == (B, "已关闭私聊提醒")


async def test_a_lab_whose_people_all_switched_them_off_is_not_reminded(post: Post) -> None:
    for account in (B, BOTH):
        await post.desk.say("提醒 关", account)
    assert set(await persons(post, **TO_THREE_DAYS)) == {OTHER}
