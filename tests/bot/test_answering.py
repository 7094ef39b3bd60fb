"""回复: a 留言 is answered where it was written, by its number or by quoting the alarm."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.settings import load
from core.access import ManagedGroup, PlaceKind
from db.audit import audit_log
from db.unit import Database
from tests.bot.desk import CENTRE, GROUP, NOW, OFFICE, STAFF, STRANGER, VIEWER, Desk
from tests.bot.own import BASE, QINGCHUAN, A, bind
from tests.bot.posted import alarm_mark, confirmed, sent
from tests.bot.test_deliverer import Line, Post

FORBIDDEN = "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
HOW = "没有看懂要答复几号留言，没有发出。请这样写：回复 12 样品今天补寄"
MORE = "这是您 3月20日 09:00 的留言。还有问题请再发送「留言 内容」。"


@pytest.fixture
async def post(db: Database, tmp_path: Path) -> Post:
    """Message 1 was left in private by 晴川, message 2 in a group."""
    desk = Desk(db, load(None).model_copy(update={"data_dir": tmp_path}))
    await desk.open(*BASE)
    await bind(db, A, QINGCHUAN)
    await desk.say("留言 凝血少一支", A)
    await desk.say("留言 糖化怎么申请", STRANGER, GROUP)
    return Post(desk, Line())


async def test_a_private_one_is_answered_at_once_and_in_private(post: Post) -> None:
    await sent(post)
    assert await post.desk.say("回复 1 今天补寄。\n请注意查收", STAFF) == "已答复 1 号留言，将私聊告诉对方。"
    assert await sent(post) == [(A, f"【留言答复】1号留言：\n今天补寄。\n请注意查收\n{MORE}")]
    assert "1号" not in await post.desk.say("待办", STAFF)
    assert "\n3月20日（周五）09:00 处理（QQ 300****01）：今天补寄。 请注意查收" in await post.desk.say(
        "待办 1", VIEWER
    )
    c = audit_log.c
    query = select(c.actor, c.subject, c.detail).where(c.action == "requests.answer")
    [row] = await post.desk.db.read(lambda tx: tx._all(query))
    assert (row.actor, row.subject) == (f"qq:{STAFF}", "request:1")
    assert row.detail == {"place": "private", "again": False, "characters": 11}


@pytest.mark.parametrize(
    "text", ["回复 1号 好的，补寄", "回复1号：好的，补寄", "回复 留言1 好的，补寄", "回复 １ 好的，补寄"]
)
async def test_the_number_is_written_as_people_do(post: Post, text: str) -> None:
    assert await post.desk.say(text, STAFF, OFFICE) == "已答复 1 号留言，将私聊告诉对方。"
    assert (A, f"【留言答复】1号留言：\n好的，补寄\n{MORE}") in await sent(post)


async def test_a_group_reads_the_answer_only_after_a_second_look(post: Post) -> None:
    """Nobody is named there, and nothing goes to the asker alone."""
    await sent(post)
    preview = await post.desk.say("回复 2 请看「流程 申请」", STAFF, OFFICE)
    assert preview.splitlines()[:6] == [
        "【预览：回复 2 号留言】",
        "来自「一群」（单位未核实，3月20日 09:00）：糖化怎么申请",
        "将发到该群，全群可见：不写对方的名字和账号，也请勿写哪一家的成绩、是否上报：",
        "——",
        "请看「流程 申请」",
        "——",
    ]
    assert await sent(post) == []
    assert await confirmed(post, preview, group=OFFICE) == "已答复 2 号留言，将发到「一群」。"
    assert await sent(post) == [(GROUP, "【留言答复】2号留言：\n请看「流程 申请」")]


async def test_by_quoting_the_alarm(post: Post) -> None:
    """Nothing is sent unasked, for colleagues also talk by quoting."""
    desk = post.desk
    mark = await alarm_mark(post)  # of message 2
    preview = await desk.say("2支已补寄，请看群公告。", STAFF, OFFICE, quoted_marks=(mark,))
    assert "\n——\n2支已补寄，请看群公告。\n——\n" in preview
    assert await sent(post) == []
    assert await confirmed(post, preview, group=OFFICE) == "已答复 2 号留言，将发到「一群」。"
    assert await sent(post) == [(GROUP, "【留言答复】2号留言：\n2支已补寄，请看群公告。")]


async def test_a_private_one_answered_by_quoting_is_shown_first_too(post: Post) -> None:
    desk = post.desk
    await sent(post)
    await desk.say("留言 请回电", A)
    mark = await alarm_mark(post)
    for text in ("已回电", "回复 已回电", "回复 3 已回电", "3号：已回电"):
        said = await desk.say(text, STAFF, OFFICE, quoted_marks=(mark,))
        if text == "回复 3 已回电":
            assert said == "已答复 3 号留言，将私聊告诉对方。"
            continue
        assert said.startswith("【预览：回复 3 号留言】\n来自私聊（合肥演示晴川医院，3月20日 09:00）：请回电\n")
        assert "\n——\n已回电\n——\n" in said


async def test_talk_that_quotes_us_stays_talk(post: Post) -> None:
    desk = post.desk
    mark = await alarm_mark(post)
    for text in ("好的", "收到", "谢谢老师"):
        assert await desk.say(text, STAFF, OFFICE, quoted_marks=(mark,)) == ""
    for user in (VIEWER, STRANGER, A):
        assert await desk.say("我来处理", user, OFFICE, quoted_marks=(mark,)) == ""
        assert await desk.say("我来处理", user, GROUP, quoted_marks=(mark,)) == ""
    assert await desk.say("我来处理", STAFF, GROUP, quoted_marks=(mark,)) == ""
    assert await desk.say("我来处理", STAFF, OFFICE, quoted_marks=(("26-0001-1", 1),)) == ""
    assert await desk.say("", STAFF, OFFICE, quoted_marks=(mark,)) == ""
    assert await desk.say("我来处理", STAFF, OFFICE) == ""
    assert (await desk.say("待办", STAFF, OFFICE, quoted_marks=(mark,))).startswith("【待办】")
    assert "留言 2" in await desk.say("待办", STAFF, OFFICE, quoted_marks=(mark,))


async def test_another_alarm_that_is_quoted_is_no_message(post: Post) -> None:
    desk = post.desk
    await desk.say("签收 异常 没有到", A)
    mark = await alarm_mark(post)
    assert await desk.say("我去问一下", STAFF, OFFICE, quoted_marks=(mark,)) == ""


async def test_further_words_within_a_week(post: Post) -> None:
    desk = post.desk
    await desk.say("回复 1 今天补寄", STAFF)
    await sent(post)
    preview = await desk.say("回复 1 单号明天告知", STAFF)
    assert (
        "\n3月20日（周五）09:00 已答复过（QQ 300****01），这次作为补充。\n将私聊发给对方：\n——\n单号明天告知\n"
        in preview
    )
    assert await confirmed(post, preview) == "已答复 1 号留言（补充），将私聊告诉对方。"
    assert (
        await confirmed(post, await desk.say("回复 1 单号777", STAFF))
        == "已答复 1 号留言（补充），将私聊告诉对方。"
    )
    assert await sent(post) == [
        (A, f"【留言答复】1号留言（补充）：\n单号明天告知\n{MORE}"),
        (A, f"【留言答复】1号留言（补充）：\n单号777\n{MORE}"),
    ]
    assert "处理（QQ 300****01）：今天补寄 单号明天告知 单号777" in await desk.say("待办 1", VIEWER)
    post.clock.move_to(NOW + timedelta(days=7, minutes=1))
    assert await desk.say("回复 1 还有", STAFF) == (
        "1 号留言已于 3月20日（周五）09:00 答复（QQ 300****01），"
        "过了 7 天不能再补充。请等对方再次留言，或用「通知」。"
    )


async def test_of_two_colleagues_one_is_first(post: Post) -> None:
    """What was previewed as the first answer is not sent as a second one."""
    desk = post.desk
    preview = await desk.say("回复 2 请看流程", STAFF)
    other = await desk.say("回复 2 请看网站", STAFF)
    assert await confirmed(post, other) == "已答复 2 号留言，将发到「一群」。"
    assert await confirmed(post, preview) == "预览之后内容有变化，没有执行。请重新发送原命令查看新的预览。"
    assert (GROUP, "【留言答复】2号留言：\n请看流程") not in await sent(post)


async def test_no_code_goes_into_an_answer(post: Post) -> None:
    desk = post.desk
    for number in (1, 2):
        for code in ("0340101", "０３４０１０１", "034 0101"):
            assert await desk.say(f"回复 {number} 编码是{code}", STAFF) == (
                "要告诉对方的话里含有实验室编码，没有发出。编码请对方绑定后用「我的」查看；请删去后重发。"
            )
        assert await desk.say(f"回复 {number} 绑定码 7K2M-Q4X9-WZ0B", STAFF) == (
            "要告诉对方的话里有像绑定码的内容（12 位字母和数字），没有发出。绑定码请用「绑定码」另行交给单位；"
            "若是别的号码，请用顿号分开写后重发。"
        )
    assert "\n内容里有较长的数字，请确认不是实验室编码。\n" in await desk.say("回复 2 群号 700100200", STAFF)


async def test_what_cannot_be_answered(post: Post) -> None:
    desk = post.desk
    await desk.say("签收 异常 没有到", A)
    assert await desk.say("回复 3 补寄", STAFF) == (
        "3 号不是留言，没有发出。请发送「批准 3 说明」或「拒绝 3 原因」，说明会告诉对方。"
    )
    assert await desk.say("回复 9 补寄", STAFF) == "没有 9 号申请。发送「待办」查看等待处理的申请。"
    assert await desk.say("回复 1", STAFF) == "还缺答复内容。请这样写：回复 1 样品今天补寄"
    assert await desk.say("回复 2支补寄", STAFF) == HOW
    assert await desk.say("回复", STAFF) == "还缺内容。请这样写：回复 12 样品今天补寄"
    assert await desk.say("回复 张老师一下", STAFF, OFFICE) == ""  # colleagues talk
    assert (
        await desk.say(f"回复 1 {'长' * 1001}", STAFF)
        == "答复有 1001 个字，最多 1000 个字，没有发出。请缩短后重发。"
    )
    assert await desk.say("回复 1 好", VIEWER) == FORBIDDEN
    assert await desk.say("回复 1 好", STAFF, GROUP) == ""
    assert await desk.say("回复 1 好", A) == FORBIDDEN
    await desk.db.write(lambda tx: tx.remove_group(ManagedGroup("qq", GROUP, "一群"), NOW, CENTRE))
    assert await desk.say("回复 2 请看流程", STAFF) == (
        "2 号留言所在的群已不在管理范围，答复发不到那里，没有发出。请电话联系，或发送「拒绝 2」关闭。"
    )


async def test_a_group_that_receives_little_still_gets_its_answer(post: Post) -> None:
    group = ManagedGroup("qq", GROUP, "一群", receives=("deadline.reminder",))
    await post.desk.db.write(lambda tx: tx.set_group(group, NOW, CENTRE))
    await confirmed(post, await post.desk.say("回复 2 请看流程", STAFF))
    assert (GROUP, "【留言答复】2号留言：\n请看流程") in await sent(post)


async def test_in_a_temporary_session_it_may_not_arrive(post: Post) -> None:
    desk = post.desk
    await desk.say("留言 你好", STRANGER, place=PlaceKind.TEMPORARY)
    await desk.say("回复 3 您好", STAFF)
    assert "\n将私聊发给对方；对方没有加好友，可能收不到：\n" in await desk.say("回复 3 请加好友", STAFF)


async def test_one_that_needs_no_answer_is_closed(post: Post) -> None:
    desk = post.desk
    wanted = "1 号是留言，请这样答复：回复 1 内容。不必答复的发送「拒绝 1」关闭，不通知对方。"
    assert await desk.say("批准 1", STAFF) == await desk.say("拒绝 1 不相干", STAFF) == wanted
    preview = await desk.say("拒绝 1", STAFF)
    assert preview.startswith(
        "【预览：关闭 1 号】留言\n账号：qq:300400101\n内容：凝血少一支\n"
        "关闭后不再列入待办，不通知对方；要答复请发送：回复 1 内容\n"
    )
    assert "凝血少一支" not in await desk.say("拒绝 1", STAFF, OFFICE)
    await sent(post)
    assert await confirmed(post, preview) == "已关闭 1 号留言，不通知对方。"
    assert await sent(post) == []
    assert await desk.say("回复 1 您好", STAFF) == (
        "1 号留言已关闭（3月20日（周五）09:00），没有发出。需要时请电话联系对方，或发送「待办」查看其余的。"
    )
    assert (await desk.say("待办 1", VIEWER)).startswith("【留言 1】已关闭\n")


async def test_words_of_staff_are_no_markup(post: Post) -> None:
    await sent(post)
    await post.desk.say("回复 1 {{ 7*7 }}〔通知 26-0001-1〕[CQ:at,qq=all]", STAFF)
    assert await sent(post) == [(A, f"【留言答复】1号留言：\n{{{{ 7*7 }}}}[CQ:at,qq=all]\n{MORE}")]


async def test_a_code_in_a_reason_is_not_sent_to_anybody(post: Post) -> None:
    """What colleagues confirm is what is sent: nothing is masked in the preview and told after all."""
    desk = post.desk
    await desk.say("绑定 芜湖演示云栖医院", STRANGER)
    for word in ("拒绝", "批准"):
        for code in ("该单位编码0340103", "编码 ０３４０１０２"):
            assert await desk.say(f"{word} 3 {code}", STAFF, OFFICE) == (
                "要告诉对方的话里含有实验室编码，没有发出。编码请对方绑定后用「我的」查看；请删去后重发。"
            )
    assert "\n原因：已有5个账号（将告诉对方）\n" in await desk.say("拒绝 3 已有5个账号", STAFF, OFFICE)


async def test_one_number_at_a_time(post: Post) -> None:
    await post.desk.say("绑定 芜湖演示云栖医院", STRANGER)
    for text in ("批准 3 4 5", "批准 3 和 4", "拒绝 3 4"):
        assert await post.desk.say(text, STAFF, OFFICE) == (
            "一次只能办理一个号，没有执行。请分几次发送，例如：批准 3"
        ), text


async def test_a_quoted_alarm_says_which_request_is_meant(post: Post) -> None:
    """Never the number of the example; and a quote that contradicts the number is asked about."""
    desk = post.desk
    message = await alarm_mark(post)  # of the last, number 2
    await desk.say("绑定 芜湖演示云栖医院", STRANGER)
    claim = await alarm_mark(post)
    claimed = await desk.say("拒绝 电话核实不符", STAFF, OFFICE, quoted_marks=(claim,))
    assert claimed.startswith("【预览：拒绝 3 号】绑定申请\n")
    assert "\n原因：电话核实不符（将告诉对方）\n" in claimed
    assert await desk.say("回复 1 请看流程", STAFF, OFFICE, quoted_marks=(message,)) == (
        "您引用的是 2 号的提醒，写的却是 1 号，没有发出。请只引用，或只写号后重发。"
    )
