"""投递 and 撤回 of what was private, skipped, withdrawn, refused or taken back; numbers as people copy them."""

import pytest
from sqlalchemy import select, update

from bot.channels import Sent
from core.pushes.states import Outcome
from db.audit import audit_log
from db.pushes import push
from db.unit import Database
from tests.bot.desk import OFFICE, STAFF, VIEWER, Desk
from tests.bot.own import BASE, YUNQI, bind
from tests.bot.test_deliverer import Line, Post
from tests.bot.test_notices import Recalling, confirm
from tests.bot.test_reach import B, send

RAW = '1200 EventChecker Failed: NTEvent serviceAndMethod of 300400102: {"result": 110}'


@pytest.fixture
async def post(db: Database) -> Post:
    return Post(await Desk(db).open(*BASE), Recalling())


def line(post: Post) -> Recalling:
    assert isinstance(post.line, Recalling)
    return post.line


async def private_reminder(post: Post) -> str:
    """The number of the personal reminder that the bound account of one lab got."""
    await bind(post.desk.db, B, YUNQI)
    await post.pass_time(days=4, hours=8)
    [reference] = [one for one in await post.states() if len(one.split("-")[2]) > 3]
    return reference


# -- what was private


async def test_in_a_group_nothing_of_what_a_lab_was_told(post: Post) -> None:
    reference = await private_reminder(post)
    whole = reference.rpartition("-")[0]
    said = await post.desk.say(f"投递 {reference}", VIEWER, OFFICE)
    assert said == (
        f"【通知 {whole}】上报提醒，3月24日（周二）17:00 起发\n"
        f"· {reference} 上报提醒→QQ 300****02：已送达\n"
        "▍尝试\n"
        "· 3月24日 17:00 第1条：平台已接受\n"
        "内容请私聊查看。"
    )
    for words in ("投递", f"投递 {whole}", "待办"):
        for place in ("", OFFICE):
            assert B not in await post.desk.say(words, STAFF, place)
    assert await reads(post) == []


async def test_in_private_staff_read_it_and_that_is_written_down(post: Post) -> None:
    reference = await private_reminder(post)
    said = await post.desk.say(f"投递 {reference}", VIEWER)
    assert "\n——\n" in said
    assert "芜湖演示云栖医院" in said.partition("\n——\n")[2]
    assert B not in said
    assert await reads(post) == [(f"qq:{VIEWER}", f"delivery:{reference}")]


async def test_what_the_groups_saw_is_no_reading_of_anybodys(post: Post) -> None:
    await send(post, "通知 @一群 明天停电")
    assert (await post.desk.say("投递 26-0001-1", VIEWER)).endswith("\n——\n明天停电")
    assert (await post.desk.say("投递 26-0001-1", VIEWER, OFFICE)).endswith("\n内容请私聊查看。")
    assert await reads(post) == []


async def reads(post: Post) -> list[tuple[str, str]]:
    query = select(audit_log.c.actor, audit_log.c.subject).where(audit_log.c.action == "pushes.read")
    return [(row.actor, row.subject) for row in await post.desk.db.read(lambda tx: tx._all(query))]


# -- what never went out


async def first_planned(post: Post) -> str:
    await post.tick.once()
    number = await post.desk.db.read(lambda tx: tx._one(select(push.c.number).order_by(push.c.due_at)))
    return f"26-{number[0]:04d}"


async def test_what_staff_skipped_is_not_denied(post: Post) -> None:
    reference = await first_planned(post)
    await confirm(post, await post.desk.say(f"跳过 {reference}", STAFF))
    sentence = f"通知 {reference} 已跳过，没有发出。发送「预告」查看将要发出的。"
    for words in ("投递", "撤回"):
        assert await post.desk.say(f"{words} {reference}", STAFF) == sentence
    assert await post.desk.say(f"投递 {reference} 名单", STAFF) == sentence


async def test_what_a_moved_deadline_took_away_is_not_denied(post: Post) -> None:
    reference = await first_planned(post)
    await confirm(post, await post.desk.say("改期 2026 第1次 全部 4月1日 17:00", STAFF))
    await post.tick.once()
    sentence = f"通知 {reference} 因改期或取消已撤下，没有发出。发送「预告」查看将要发出的。"
    for words in ("投递", "撤回"):
        assert await post.desk.say(f"{words} {reference}", STAFF) == sentence


async def test_what_had_nobody_to_go_to_is_not_denied(post: Post) -> None:
    reference = await first_planned(post)
    await post.desk.db.write(lambda tx: tx._run(update(push).values(state="out")))
    assert await post.desk.say(f"投递 {reference}", STAFF) == (
        f"通知 {reference} 没有要发给的群或人，没有发出。发送「预告」查看将要发出的。"
    )


# -- taken back


async def test_a_second_recall_claims_no_work(post: Post) -> None:
    await send(post, "通知 明天停电")
    await confirm(post, await post.desk.say("撤回 26-0001", STAFF))
    assert await post.desk.say("撤回 26-0001", STAFF) == "通知 26-0001 正在撤回：等待 2 条。"
    assert "· 26-0001-1 通知→一群：正在撤回\n" in await post.desk.say("投递 26-0001", STAFF)
    await post.pass_time(seconds=5)
    assert await post.desk.say("撤回 26-0001", STAFF) == "通知 26-0001 已撤回：撤回 2 条。"
    assert "· 26-0001-1 通知→一群：已撤回\n" in await post.desk.say("投递 26-0001", STAFF)
    assert "· 26-0001-1 通知→一群：已撤回\n" in await post.desk.say("投递", STAFF)


async def test_what_cannot_be_taken_back_is_said_at_the_second_try(post: Post) -> None:
    await send(post, "通知 明天停电")
    line(post).refuses = {"m1", "m2"}
    await confirm(post, await post.desk.say("撤回 26-0001-1", STAFF))
    await post.pass_time(seconds=5)
    assert await post.desk.say("撤回 26-0001-1", STAFF) == (
        "通知 26-0001-1 撤不回：撤不回 1 条，请另发「通知」更正。"
    )
    preview = await post.desk.say("撤回 26-0001", STAFF)
    assert "已发出 1 处，等待发送 0 处。" in preview
    await confirm(post, preview)
    await post.pass_time(seconds=5)
    assert line(post).back == ["m1", "m2"]


async def test_what_never_left_is_stopped_once(post: Post) -> None:
    post.line.online = False
    preview = await post.desk.say("通知 明天停电", STAFF)
    await confirm(post, preview)
    await confirm(post, await post.desk.say("撤回 26-0001", STAFF))
    assert await post.desk.say("撤回 26-0001", STAFF) == "通知 26-0001 已撤回：停发 2 处。"
    assert (await post.desk.say("通知 明天停电", STAFF)).startswith("【预览：通知】")


async def test_after_all_was_taken_back_the_same_words_may_go_out_again(post: Post) -> None:
    for _ in range(2):
        await send(post, "通知 明天停电")
        again = await post.desk.say("通知 明天停电", STAFF)
        assert "已发过同样的通知" in again
        reference = again.partition("（")[2].partition("）")[0]
        await confirm(post, await post.desk.say(f"撤回 {reference}", STAFF))
        await post.pass_time(seconds=5)
    assert (await post.desk.say("通知 明天停电", STAFF)).startswith("【预览：通知】")


@pytest.mark.parametrize("stands", ["refused", "unknown", "one"])
async def test_what_may_still_stand_somewhere_is_not_sent_again(post: Post, stands: str) -> None:
    if stands == "unknown":
        post.line.outcomes = [Sent(Outcome.UNKNOWN, "超时")]
    await send(post, "通知 明天停电")
    line(post).refuses = {"m1"} if stands == "refused" else set()
    await confirm(post, await post.desk.say("撤回 26-0001-2" if stands == "one" else "撤回 26-0001", STAFF))
    await post.pass_time(seconds=5)
    assert "已发过同样的通知" in await post.desk.say("通知 明天停电", STAFF)


# -- refused


async def test_a_failure_is_said_in_chinese_first(db: Database) -> None:
    post = Post(await Desk(db).open(*BASE), Line())
    post.line.outcomes = [Sent(Outcome.REFUSED, RAW), Sent(Outcome.NOT_SENT, "1200 result 120")]
    await send(post, "通知 明天停电")
    said = await post.desk.say("投递 26-0001", STAFF, OFFICE)
    assert (
        "· 26-0001-1 通知→一群：失败：平台拒绝，可能已不在群里或被禁言"
        "（1200 EventChecker Failed: NTEvent servic…）\n"
        "· 26-0001-2 通知→办公室：稍后重试：平台没有发出（1200 result 120）\n"
    ) in said
    assert "第1条：平台拒绝（1200 EventChecker Failed: NTEvent servic…）" in await post.desk.say(
        "投递 26-0001-1", STAFF
    )


async def test_a_private_refusal_and_a_doubt(db: Database) -> None:
    post = Post(await Desk(db).open(*BASE), Line())
    await bind(db, B, YUNQI)
    post.line.outcomes = [
        Sent(Outcome.DELIVERED),
        Sent(Outcome.UNKNOWN, "1200 Timeout: NTEvent"),
        Sent(Outcome.REFUSED, f"1200 无法获取用户信息 {B}"),
    ]
    await post.pass_time(days=4, hours=8)
    said = await post.desk.say("投递", STAFF)
    assert "→办公室：核对中：平台没有明确应答（1200 Timeout: NTEvent）\n" in said
    assert "→QQ 300****02：失败：平台拒绝，可能已不是好友（1200 无法获取用户信息 ＊）\n" in said


# -- numbers as people copy them


async def test_the_mark_is_understood_by_all_that_take_a_number(post: Post) -> None:
    reference = await first_planned(post)
    mark = f"〔通知 {reference}〕"
    assert f"通知 {reference} 定于" in await post.desk.say(f"投递 {mark}", STAFF)
    assert f"通知 {reference} 定于" in await post.desk.say(f"撤回 {reference.replace('-', '—')}", STAFF)
    assert (await post.desk.say(f"跳过 {mark}", STAFF)).startswith(f"【预览：跳过】{reference} ")
    assert (await post.desk.say(f"推迟 {mark} 明天 9:00", STAFF)).startswith(f"【预览：推迟】{reference} ")
    await confirm(post, await post.desk.say(f"跳过 {mark}", STAFF))
    assert (await post.desk.say(f"跳过 {mark} 取消", STAFF)).startswith(f"【预览：取消跳过】{reference} ")


async def test_the_mark_of_one_delivery_and_of_one_part(post: Post) -> None:
    post.line.outcomes = [Sent(Outcome.REFUSED, RAW), Sent(Outcome.REFUSED, RAW)]
    await send(post, "通知 明天停电")
    assert (await post.desk.say("投递 〔通知 26-0001-1 1/2〕", STAFF)).startswith("【通知 26-0001】")
    assert (await post.desk.say("放弃 〔通知 26-0001〕 全部", STAFF)).startswith("【预览：放弃全部】26-0001 ")
    assert (await post.desk.say("补发〔通知 26-0001-1〕", STAFF)).startswith("【预览：补发】26-0001-1 ")
    assert await post.desk.say("放弃 〔通知 26-0001-2〕", STAFF) == "通知 26-0001-2 已放弃，不再发送。"


@pytest.mark.parametrize("words", ["投递", "补发", "放弃", "跳过", "推迟", "撤回"])
async def test_two_numbers_are_asked_back(post: Post, words: str) -> None:
    assert await post.desk.say(f"{words} 26-0001 26-0002", STAFF) == "请一次写一个编号，例如 26-0317。"


async def test_words_behind_a_number_do_not_hide_it(post: Post) -> None:
    for words in ("投递", "补发", "放弃", "撤回"):
        assert await post.desk.say(f"{words} 26-0001 谢谢老师", STAFF) == (
            "编号 26-0001 后面的「谢谢老师」没有明白，没有改动。请只写编号。"
        )
