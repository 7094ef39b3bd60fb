"""The door: who is answered, who is not, and what it refuses."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.answers import Answer
from bot.commands import Command, Table, Where, Who
from bot.door import PER_PERSON, Door
from bot.incoming import Job
from core.access import PlaceKind
from core.pushes.parts import PART
from core.words import pieces
from db.unit import Database
from tests.bot.desk import APPLICANT, EVERYTHING, GROUP, OFFICE, STAFF, STRANGER, VIEWER, Desk


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await Desk(db).open(*EVERYTHING)


async def test_group_talk_is_ignored(desk: Desk) -> None:
    for text in ("大家好", "截止快到了吧", "截止 快到了吧", "查重 是什么意思", "帮助一下", "待办", "谢谢", ""):
        assert await desk.say(text, group=GROUP) == "", text


async def test_a_slash_or_an_at_is_always_answered(desk: Desk) -> None:
    unknown = "没有明白您的意思。发送「帮助」查看可用命令，留言请发送「留言 内容」，或致电 0551-62283619。"
    assert await desk.say("/随便说说", group=GROUP) == unknown
    assert await desk.say("随便说说", group=GROUP, to_me=True) == unknown
    assert (
        await desk.say("／截止 快到了吧", group=GROUP)
        == "没有找到项目「快到了吧」。发送「项目」查看全部项目名称。"
    )
    assert (await desk.say("／截止", group=GROUP)).startswith("【上报截止】")
    assert await desk.say("随便说说") == unknown


async def test_courtesies_are_left_alone(desk: Desk) -> None:
    for text in (
        "谢谢",
        "好的。",
        "收到谢谢！",
        "OK",
        "收到，谢谢老师",
        "已收到，辛苦老师了",
        "好的，收到",
        "嗯嗯 明白了👌",
    ):
        assert await desk.say(text) == "", text
    assert (await desk.say("质控品已收到")).startswith("每次质评发放")
    for text in ("您好", "老师好", "好的 质控品坏了", "收到了吗"):
        assert await desk.say(text) != "", text


async def test_a_mark_stands_between_a_word_and_the_rest(desk: Desk) -> None:
    asked = await desk.say("截止 糖化")
    for text in ("截止：糖化", "截止，糖化。", "/截止、糖化"):
        assert await desk.say(text) == asked, text


async def test_full_width_and_glued_words_are_the_same(desk: Desk) -> None:
    asked = await desk.say("截止 糖化")
    assert asked.startswith("【上报截止】")
    for text in (
        "　截止　糖化 ",
        "截止糖化",
        "／截止 糖化",
        "截止 ２０２６ 第一次 糖化",
        "截止 糖化 1次 26年",
        "截止 糖化、糖化血红蛋白",
    ):
        assert await desk.say(text) == asked, text


async def test_staff_words_belong_to_staff_in_the_right_place(desk: Desk) -> None:
    assert (await desk.say("待办", STAFF)).startswith("【待办】")
    assert (await desk.say("待办", VIEWER, OFFICE)).startswith("【待办】")
    assert await desk.say("待办", STAFF, GROUP) == ""
    assert await desk.say("待办", STRANGER, OFFICE) == ""
    refused = "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
    assert await desk.say("待办", STRANGER) == refused
    assert await desk.say("发放 2026 第1次", VIEWER) == refused
    assert await desk.say("待办", STAFF, place=PlaceKind.TEMPORARY) == refused


async def test_the_permission_matrix_denies_by_default(desk: Desk) -> None:
    """Every command against every asker and place; nothing but the table decides."""
    for command in desk.door.table.commands:
        if not command.who.is_staff:
            continue
        for user, group, place in ((STRANGER, "", None), (APPLICANT, "", None), (STAFF, "", PlaceKind.TEMPORARY)):
            said = await desk.say(command.example, user, group, place=place)
            bare = command.example == command.name  # a staff word alone may be a question: the guide answers it
            asked_back = bare and said.startswith("您想问的是不是：")
            assert asked_back or said.startswith("该命令需要相应的工作人员权限"), command.name
        for user in (STRANGER, STAFF):
            assert await desk.say(command.example, user, GROUP) == "", command.name


async def test_help_lists_what_this_person_can_use_here(desk: Desk) -> None:
    assert await desk.say("帮助", group=GROUP) == (
        "【质评助手】您在这里可以发送：\n"
        "· 帮助——您在这里可用的命令\n"
        "· 流程——参控流程\n"
        "· 查重——单位是否已申请过\n"
        "· 申请状态——实验室编码分配了没有\n"
        "· 项目——开展的质评项目\n"
        "· 计划书——各项目的计划书\n"
        "· 截止——上报截止时间\n"
        "· 收到——引用一条通知回复，表示已看到\n"
        "· 留言——给中心工作人员留言，答复会回到这里\n"
        "发送「帮助 命令」看例子。\n"
        "没反应时，在命令前加「/」。上报、成绩、证书等本单位的信息请加我为好友后私聊。\n"
        "咨询电话：0551-62283619"
    )
    staff = await desk.say("帮助", STAFF)
    assert "【工作人员】" in staff
    assert "· 发放——公告质控品已发放" in staff
    assert "· 发放" not in await desk.say("帮助", VIEWER)
    assert await desk.say("帮助 截止") == "「截止」上报截止时间\n也可写作：日程\n例如：截止 糖化"
    assert await desk.say("帮助 发放") == "不明白「发放」。请这样写：帮助"


async def test_a_preview_is_done_only_by_its_person_in_its_place_once(desk: Desk) -> None:
    preview = await desk.say("发放 2026 第1次 凝血", STAFF)
    code = preview.rsplit("确认 ", 1)[1][:4]
    nothing = (
        f"没有等待您在这里确认的操作「{code}」：可能已执行、已超过 120 秒，或是在别处预览的。请重新发送原命令。"
    )
    assert await desk.say(f"确认 {code}", VIEWER) == nothing
    assert await desk.say(f"确认 {code}", STAFF, OFFICE) == nothing
    assert (await desk.say(f"确认 {code}", STAFF)).startswith("已记录 2026年第1次 1个项目发放")
    assert await desk.say(f"确认 {code}", STAFF) == nothing


async def test_two_previews_wait_side_by_side(desk: Desk) -> None:
    one = (await desk.say("发放 2026 第1次 凝血", STAFF)).rsplit("确认 ", 1)[1][:4]
    two = (await desk.say("分配 0340777 申请1", STAFF)).rsplit("确认 ", 1)[1][:4]
    assert (await desk.say(f"确认 {one}", STAFF)).startswith("已记录")
    assert (await desk.say(f"确认 {two}", STAFF)).startswith("已分配")


async def test_a_preview_that_no_longer_holds_is_not_done(desk: Desk) -> None:
    code = (await desk.say("发放 2026 第1次", STAFF)).rsplit("确认 ", 1)[1][:4]
    other = (await desk.say("发放 2026 第1次 凝血", STAFF, OFFICE)).rsplit("确认 ", 1)[1][:4]
    assert (await desk.say(f"确认 {other}", STAFF, OFFICE)).startswith("已记录")
    assert await desk.say(f"确认 {code}", STAFF) == "预览之后内容有变化，没有执行。请重新发送原命令查看新的预览。"


async def test_old_and_doubled_messages_have_no_effect(desk: Desk) -> None:
    door, heard = desk.door, _Heard()
    old = desk.incoming("帮助", at=desk.clock.real() - timedelta(seconds=121))
    fresh = desk.incoming("帮助", message_id="77")
    for message in (old, fresh, fresh):
        found = door.recognise(message)
        assert found
        door.offer(message, heard.reply, found)
    door.start()
    await heard.wait(1)
    await door.stop()
    assert len(heard.texts) == 1


async def test_a_person_who_asks_too_much_is_told_once(desk: Desk) -> None:
    door, heard = desk.door, _Heard()
    for _ in range(PER_PERSON + 10):
        message = desk.incoming("帮助", group=GROUP)
        found = door.recognise(message)
        assert found
        door.offer(message, heard.reply, found)
    other = desk.incoming("帮助", "300400777", GROUP)
    door.offer(other, heard.reply, door.recognise(other))  # type: ignore[arg-type]
    door.start()
    await heard.wait(PER_PERSON + 2)
    await door.stop()
    assert heard.texts.count("消息较多，请稍后再试。") == 1
    assert len(heard.texts) == PER_PERSON + 2


async def test_an_unexpected_error_is_a_number_never_its_text(desk: Desk) -> None:
    said = await _with_handler(desk, _boom)
    assert said.startswith("抱歉，处理时出错了（事件号 ")
    assert "canary" not in said


async def test_private_data_never_leave_by_another_door(desk: Desk) -> None:
    async def leak(*_: object) -> Answer:
        return Answer("pushes/settled", {"done": "canary", "again": True}, private=frozenset({1}))

    for more in ({"group": GROUP}, {"user": STRANGER}, {"place": PlaceKind.TEMPORARY}):
        said = await _with_handler(desk, leak, **more)
        assert said.startswith("抱歉，处理时出错了"), more


def test_long_answers_go_in_parts() -> None:
    text = "\n".join(f"第{i}行" + "内容" * 40 for i in range(60)) + "\n" + "长" * 4000
    found = pieces(text, PART)
    assert max(map(len, found)) <= 1500
    assert "".join(found).replace("\n", "") == text.replace("\n", "")


class _Heard:
    def __init__(self) -> None:
        self.texts: list[str] = []

    async def reply(self, text: str) -> None:
        self.texts.append(text)

    async def wait(self, least: int) -> None:
        async with asyncio.timeout(10):
            while len(self.texts) < least:
                await asyncio.sleep(0)


async def _boom(*_: object) -> Answer:
    raise RuntimeError("canary")


async def _with_handler(desk: Desk, handler: Callable[..., Awaitable[Answer]], **more: object) -> str:
    """What is answered when a command is handled by `handler`."""
    command = Command(("试试",), handler, (), (), Who.ANYONE, Where.ANYWHERE, "试试", "")
    door = Door(desk.db, desk.clock, Table([command], []), desk.door.settings)
    message = desk.incoming("试试", **more)  # type: ignore[arg-type]
    heard = _Heard()
    await door.handle(Job(message, heard.reply, command, "", True))
    return heard.texts[0]
