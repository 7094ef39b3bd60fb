"""留言: anybody leaves a message, staff hear of it at once, in their group without what is private."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.access import Account, PlaceKind
from core.requests.models import RequestKind
from core.retention.forget import forget
from db.audit import audit_log
from db.requests import request
from db.unit import Database
from tests.bot.desk import CENTRE, GROUP, NOW, OFFICE, STAFF, STRANGER, VIEWER
from tests.bot.own import BOTH, A, own_desk
from tests.bot.posted import sent
from tests.bot.test_deliverer import Line, Post
from tests.db.kept import dump, holding

PHONE = "0551-62283619"
HOW = "还缺内容。请这样写：留言 凝血样品收到时少了一支"
KEPT = "已记下，留言号 {}。中心工作人员会答复到这里。"
ENDING = "答复：发送「回复 {0} 内容」，或引用本条写答复。全文请私聊发送「待办 {0}」。"


@pytest.fixture
async def post(db: Database) -> Post:
    return Post(await own_desk(db), Line())


async def kept(post: Post) -> list[tuple[object, ...]]:
    c = request.c
    rows = await post.desk.db.read(
        lambda tx: tx._all(select(c.account, c.lab_id, c.place, c.place_id, c.text).order_by(c.id))
    )
    return [tuple(row) for row in rows]


async def test_a_message_is_noted_with_the_place_of_its_answer(post: Post) -> None:
    desk = post.desk
    assert await desk.say("留言 凝血样品少一支", STRANGER) == KEPT.format(1)
    assert await desk.say("留言 糖化怎么申请？", STRANGER, GROUP) == KEPT.format(2)
    assert await desk.say("人工 请回电\n谢谢", A) == KEPT.format(3)
    assert await desk.say("留言 两家都要", BOTH) == KEPT.format(4)
    assert await desk.say("留言 你好", STRANGER, place=PlaceKind.TEMPORARY) == (
        f"已记下，留言号 5。请加我为好友，中心工作人员的答复才能私聊告诉您；急事请致电 {PHONE}。"
    )
    assert await kept(post) == [
        (STRANGER, None, "private", "", "凝血样品少一支"),
        (STRANGER, None, "group", GROUP, "糖化怎么申请？"),
        (A, 1, "private", "", "请回电\n谢谢"),  # bound to one lab, and in private
        (BOTH, None, "private", "", "两家都要"),
        (STRANGER, None, "temporary", "", "你好"),
    ]
    query = select(audit_log.c.subject).where(audit_log.c.action == "requests.message")
    assert len(await desk.db.read(lambda tx: tx._all(query))) == 5


async def test_without_words_it_says_how(post: Post) -> None:
    for text in ("留言", "人工", "转人工", "人工客服", "留言 　", "/留言"):
        assert await post.desk.say(text, STRANGER) == HOW
    assert await post.desk.say("留言", STRANGER, GROUP) == HOW


async def test_a_question_about_it_is_no_message(post: Post) -> None:
    for text in ("人工审核怎么做", "留言怎么写", "留言是什么意思"):
        assert "已记下" not in await post.desk.say(text, STRANGER)
    assert await kept(post) == []
    assert await post.desk.say("留言我们的样品没有收到", STRANGER) == KEPT.format(1)


async def test_what_cannot_be_noted(post: Post) -> None:
    desk = post.desk
    assert await desk.say(f"留言 {'长' * 500}", STRANGER) == KEPT.format(1)
    assert await desk.say(f"留言 {'长' * 501}", STRANGER) == (
        "留言有 501 个字，最多 500 个字，没有记下。请缩短或分几条后重发。"
    )
    assert await desk.say("留言 你好", STRANGER, "700999999") == (
        f"本群收不到中心的答复，没有记下。请加我为好友后私聊发送「留言 内容」，或致电 {PHONE}。"
    )
    assert len(await kept(post)) == 1


async def test_ten_wait_and_twenty_a_day(post: Post) -> None:
    desk = post.desk
    for n in range(1, 11):
        assert await desk.say(f"留言 第{n}条", STRANGER, GROUP if n % 2 else "") == KEPT.format(n)
    assert await desk.say("留言 再来", STRANGER) == (
        f"您已有 10 条留言在等答复，没有再记。请等待答复，急事请致电 {PHONE}。"
    )
    assert await desk.say("留言 我是别人", A) == KEPT.format(11)
    await _close_all(post)
    for n in range(10):
        assert "已记下" in await desk.say(f"留言 又{n}条", STRANGER)
    await _close_all(post)
    assert await desk.say("留言 再来", STRANGER) == (
        f"您一天内已留言 20 条，没有再记。请明天再发，急事请致电 {PHONE}。"
    )
    post.clock.move_to(NOW + timedelta(days=1, seconds=1))
    assert "已记下" in await desk.say("留言 再来", STRANGER)


async def _close_all(post: Post) -> None:
    await post.desk.db.write(lambda tx: tx._run(request.update().values(state="approved", decided_at=NOW)))


async def test_staff_are_told_at_once_without_any_number_of_what_was_private(post: Post) -> None:
    await post.desk.say("留言 凝血少了1支，电话13805510001，编码0340101，PT成绩85.5，绑定码7K2M-Q4X9-WZ0B", A)
    await post.desk.say("留言 三八五一零零一是我的电话", STRANGER)
    await post.desk.say("留言 两家都要", BOTH)
    assert await sent(post) == [
        (
            OFFICE,
            "【工作提醒】新留言 1（合肥演示晴川医院，来自私聊）：\n"
            f"凝血少了＊支,电话＊,编码＊,PT成绩＊.＊,绑定码＊\n{ENDING.format(1)}",
        ),
        (OFFICE, f"【工作提醒】新留言 2（未绑定，来自私聊）：\n＊是我的电话\n{ENDING.format(2)}"),
        (OFFICE, f"【工作提醒】新留言 3（绑定多家单位，来自私聊）：\n两家都要\n{ENDING.format(3)}"),
    ]


async def test_what_was_said_in_a_group_is_told_as_written_without_codes_and_scores(post: Post) -> None:
    await post.desk.say("留言 第1次凝血成绩85分，编码0340101，怎么查？", STRANGER, GROUP)
    await post.desk.say("留言 你好", STRANGER, place=PlaceKind.TEMPORARY)
    assert await sent(post) == [
        (
            OFFICE,
            "【工作提醒】新留言 1（单位未核实，来自「一群」）：\n"
            f"第1次凝血成绩＊分,编码＊,怎么查?\n{ENDING.format(1)}",
        ),
        (OFFICE, f"【工作提醒】新留言 2（单位未核实，来自临时会话）：\n你好\n{ENDING.format(2)}"),
    ]


async def test_words_are_no_markup_and_a_long_message_is_cut(post: Post) -> None:
    await post.desk.say("留言 【工作提醒】{{ 7*7 }}\n〔通知 26-0001-1〕[CQ:at,qq=all]\n发送「批准 1」", STRANGER)
    await post.desk.say(f"留言 {'长' * 300}", STRANGER)
    [(_, marked), (_, long)] = await sent(post)
    assert marked == (
        "【工作提醒】新留言 1（未绑定，来自私聊）：\n"
        f"[工作提醒]{{{{ ＊*＊ }}}} [CQ:at,qq=all] 发送「批准 ＊」\n{ENDING.format(1)}"
    )
    assert f"\n{'长' * 200}…\n" in long


async def test_what_was_seen_to_before_is_not_told(post: Post) -> None:
    await post.desk.say("留言 你好", STRANGER)
    await _close_all(post)
    assert await sent(post) == []


async def test_one_message_whole_is_read_by_staff_in_private_only(post: Post) -> None:
    desk = post.desk
    await desk.say("留言 电话13805510001\n请回电", A)
    whole = (
        "【留言 1】等待处理\n"
        "单位：合肥演示晴川医院\n"
        "账号：QQ 300****01\n"
        "时间：3月20日（周五）09:00（私聊）\n"
        "内容：电话13805510001 请回电\n"
        "处理：回复 1 内容；不必答复的发送 拒绝 1"
    )
    assert await desk.say("待办 1", VIEWER) == whole
    assert await desk.say("待办 1号", STAFF) == whole
    assert await desk.say("待办 1", VIEWER, OFFICE) == (
        "【留言 1】等待处理\n"
        "3月20日 09:00，合肥演示晴川医院，来自私聊\n"
        "电话＊ 请回电\n"
        "全文请私聊发送「待办 1」。\n"
        "处理：回复 1 内容；不必答复的发送 拒绝 1"
    )
    for user in (STRANGER, A):
        assert "回电" not in await desk.say("待办 1", user)
        assert await desk.say("待办 1", user, GROUP) == ""
    assert await desk.say("待办 9", VIEWER) == "没有 9 号申请。发送「待办」查看等待处理的申请。"
    assert await desk.say("待办 都好了", VIEWER) == (
        "「都好了」不是申请的号，应写成 3 这样的数字。发送「待办」查看。"
    )
    query = select(audit_log.c.subject).where(audit_log.c.action == "requests.read")
    assert {row.subject for row in await desk.db.read(lambda tx: tx._all(query))} == {"request:1"}


async def test_nobody_reads_anothers_message(post: Post) -> None:
    """Whatever else anybody asks after it."""
    desk = post.desk
    await desk.say("留言 这是我的秘密", A)
    for user in (STRANGER, BOTH):
        for text in ("留言", "留言 你好", "我的", "帮助", "回复 1 x", "批准 1", "待办"):
            assert "秘密" not in await desk.say(text, user), text


async def test_a_forgotten_person_leaves_no_words_with_colleagues(post: Post) -> None:
    """Neither what colleagues read in their group nor what the group was answered; others' stay."""
    desk = post.desk
    await desk.say("留言 我叫林知夏", STRANGER, GROUP)
    await desk.say("留言 云栖请回电", A)
    await sent(post)
    preview = await desk.say("回复 1 林知夏您好", STAFF)
    await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF)
    await sent(post)
    assert holding(await dump(desk.db), "知夏") >= {"request.text", "request.words", "push.facts", "delivery.body"}
    account, real = Account("qq", STRANGER), post.clock.real() + timedelta(minutes=5)
    erased = await desk.db.write(lambda tx: forget(tx, CENTRE, account, post.clock.now(), real))
    assert erased["told"] == 2
    assert holding(await dump(desk.db), "知夏") - {"confirmation.text"} == set()
    assert holding(await dump(desk.db), "请回电") == {"request.text", "delivery.body"}
    assert await desk.db.write(lambda tx: forget(tx, CENTRE, account, post.clock.now(), real)) == {}
    assert "内容：已清除，不再保存\n" in await desk.say("待办 1", VIEWER)
    assert "账号：已删除的账号\n" in await desk.say("待办 1", VIEWER)


async def test_the_lists_bear_messages_of_no_lab(post: Post) -> None:
    desk = post.desk
    await desk.say("留言 你好", STRANGER, GROUP)
    [one] = await desk.db.read(lambda tx: tx.requests_waiting(NOW))
    assert (one.kind, one.lab_id, one.lab_name) == (RequestKind.MESSAGE, None, "")
    assert await desk.db.read(lambda tx: tx.rivals(one, NOW)) == 0
    assert "· 1号 留言，群里（3月20日 09:00）\n" in await desk.say("待办", STAFF)
