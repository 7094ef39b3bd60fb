"""A staff group: commands are typed as loosely as in private, and colleagues talk without being answered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.office import meant_in_office
from db.unit import Database
from tests.bot.desk import EVERYTHING, GROUP, NOW, OFFICE, STAFF, STRANGER, VIEWER, Desk, commands

FORBIDDEN = "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
PAUSED = "已暂停全部推送，紧急的工作提醒除外；回答提问照常。正在发送的一条可能仍会送达。\n继续发送：恢复推送"
DOUBT = "不确定您是否要现在停发，没有执行。要立即停发全部推送（紧急的工作提醒除外），请发送：暂停推送"
TALK = (
    "大家好",
    "通知一下大家开会了",
    "通知8楼开会",
    "通知12点开会",
    "状态不好",
    "单位都交了吗",
    "绑定码发了吗",
    "确认收到",
    "确认一下",
    "跳过吧",
    "批准了",
    "撤回3条消息",
    "拒绝3号吧",
    "发放第1次了吗",
    "改期第1次的事再说",
    "公布成绩了没有",
    "预告片不错",
    "待办很多",
    "要不要暂停推送",
)


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await Desk(db).open(*EVERYTHING)


async def held(desk: Desk) -> str | None:
    """The reason of the hold that stands."""
    hold = await desk.db.read(lambda tx: tx.hold())
    return hold.reason if hold else None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("暂停推送！", ""),
        ("暂停推送！！！", ""),
        ("暂停推送，内容有误", "内容有误"),
        ("暂停推送：内容有误。", "内容有误"),
        ("暂停推送内容有误", "内容有误"),
        ("暂停推送 时间写错了", "时间写错了"),
        ("暂停推送后台发错了", "后台发错了"),
    ],
)
async def test_the_emergency_stop_however_it_is_typed(desk: Desk, text: str, reason: str) -> None:
    assert await desk.say(text, VIEWER, OFFICE) == PAUSED
    assert await held(desk) == reason


@pytest.mark.parametrize(
    "text",
    [
        "暂停推送？",
        "暂停推送吧？",
        "暂停推送吧",
        "暂停推送了吗",
        "暂停推送了没有",
        "暂停推送是什么意思",
        "暂停推送怎么用",
        "暂停推送 取消",
        "暂停推送，先不要",
        "暂停推送以后怎么恢复",
    ],
)
async def test_what_may_be_no_order_stops_nothing(desk: Desk, text: str) -> None:
    assert await desk.say(text, STAFF, OFFICE) == DOUBT
    assert await desk.say(text, STAFF) == DOUBT
    assert await held(desk) is None


async def test_marks_behind_and_numbers_glued_to_a_word(desk: Desk) -> None:
    for text in ("待办！", "待办。", "待办？"):
        assert (await desk.say(text, STAFF, OFFICE)).startswith("【待办】"), text
    assert (await desk.say("状态？", STAFF, OFFICE)).startswith("【状态】")
    assert (await desk.say("预告7天", STAFF, OFFICE)).startswith("【预告】7 天内")
    for text in ("催报第1次", "催报2026第1次", "催报，第1次！", "催报第1次 全部"):
        assert (await desk.say(text, STAFF, OFFICE)).startswith("【预览：催报】2026年第1次\n"), text
    unknown = "没有等待您在这里确认的操作「3608」：可能已执行、已超过 120 秒，或是在别处预览的。请重新发送原命令。"
    for text in ("确认3608", "确认：3608", "确认3608。"):
        assert await desk.say(text, STAFF, OFFICE) == unknown, text
    for text in ("撤回26-0009", "跳过26-0009", "跳过〔通知 26-0009〕", "推迟26-0009 明天9:00", "补发26-0009-1"):
        assert (await desk.say(text, STAFF, OFFICE)).startswith("没有通知 26-0009"), text


async def test_a_preview_that_was_typed_loosely_is_done(desk: Desk) -> None:
    preview = await desk.say("发放第1次凝血", STAFF, OFFICE)
    code = preview.rsplit("确认 ", 1)[1][:4]
    assert (await desk.say(f"确认{code}！", STAFF, OFFICE)).startswith("已记录 2026年第1次 1个项目发放")


async def test_a_notice_begins_behind_the_mark_and_keeps_its_lines(desk: Desk) -> None:
    said = await desk.say("通知：明天停电。\n请提前保存！", STAFF, OFFICE)
    assert "\n——\n明天停电。\n请提前保存！\n——\n" in said


async def test_misunderstandings_of_commands_are_told(desk: Desk) -> None:
    for text in ("恢复推送 吧", "恢复推送吧"):
        assert await desk.say(text, STAFF, OFFICE) == "不明白「吧」。请这样写：恢复推送", text
    unknown = "没有找到项目「凝雪」，相近的有：\n1 凝血试验\n120 秒内引用本条回复序号即可。"
    for text in ("催报 第1次 凝雪", "催报第1次，凝雪", "催报第1次 凝雪"):
        assert await desk.say(text, STAFF, OFFICE) == unknown, text
        assert await desk.say("1", STAFF, OFFICE) == ""
        assert (await desk.say("1", STAFF, OFFICE, quotes_us=True)).startswith("【预览：催报】2026年第1次\n"), text
    assert await desk.say("催报！", STAFF, OFFICE) == "还缺次数。请这样写：催报 2026 第1次 凝血"


async def test_a_colleague_is_told_what_only_others_may(desk: Desk) -> None:
    for text in (
        "通知 明天停电",
        "催报 2026 第1次",
        "催报第1次",
        "改期 2026 第1次 凝血 3月30日 17:00",
        "补发26-0001-1",
        "恢复推送",
        "催报 第1次 凝雪",
    ):
        assert await desk.say(text, VIEWER, OFFICE) == FORBIDDEN, text
        assert await desk.say(text, STRANGER, OFFICE) == "", text


async def test_colleagues_talk_unanswered(desk: Desk) -> None:
    for text in TALK:
        for user in (STAFF, VIEWER, STRANGER):
            assert await desk.say(text, user, OFFICE) == "", text


async def test_what_is_everybodys_is_as_strict_as_in_any_group(desk: Desk) -> None:
    assert (await desk.say("截止", STAFF, OFFICE)).startswith("【上报截止】")
    for text in ("截止快到了吧", "查重是什么意思", "流程走完了"):
        assert await desk.say(text, STAFF, OFFICE) == "", text


async def test_staff_words_are_nothing_in_other_groups(desk: Desk) -> None:
    for command in desk.door.table.commands:
        if command.who.is_staff:
            for text in (command.example, f"{command.name}！", f"{command.name}26-0009", f"{command.name}第1次"):
                assert desk.door.recognise(desk.incoming(text, STAFF, GROUP)) is None, text
    assert await held(desk) is None


MARKS = st.text("，。！？、；～… ", max_size=3)


ORDERS = [one for one in commands().commands if one.who.is_staff and not one.talk]


@given(st.sampled_from(ORDERS), MARKS)
def test_marks_behind_a_bare_staff_word_change_nothing(command: object, marks: str) -> None:
    table = commands()
    for word in command.words:  # type: ignore[attr-defined]
        assert meant_in_office(table, word + marks, NOW.date()) == (command, "")
