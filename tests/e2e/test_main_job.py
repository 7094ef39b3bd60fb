"""The main job over a real wire: a workbook in, a code announced, samples announced, reminders pushed, questions
answered; the process is killed in the middle, and nothing is lost and nothing comes twice."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import scene
from tests.e2e.process import TOKEN, Eqabot
from tests.e2e.scene import APPLICANT, CODE, FIRST, FOREIGN, MEMBER, OFFICE, SECOND, STAFF
from tests.fakeqq.client import FakeQQ

REFERENCE = re.compile(r"〔通知 (\d\d-\d{4}-\d+)〕")


@pytest.fixture
async def centre(tmp_path: Path) -> AsyncIterator[tuple[Eqabot, FakeQQ]]:
    """A centre set up by the program's own commands, and a QQ that dials it."""
    bot = Eqabot(tmp_path)
    await bot.cli("staff", "add", f"qq:{STAFF}", "--role", "operator")
    for number, name, more in ((FIRST, "一群", []), (SECOND, "二群", ["--receives", "application.assigned"])):
        await bot.cli("group", "add", f"qq:{number}", "--name", name, *more)
    await bot.cli("group", "add", f"qq:{OFFICE}", "--name", "办公室", "--staff")
    async with (
        bot,
        FakeQQ(bot.url, token=TOKEN, self_id=scene.SELF, scene=scene.scene(tmp_path / "scene.json")) as qq,
    ):
        yield bot, qq


async def answer(qq: FakeQQ, text: str, user: int, group: int | None = None) -> str:
    """What the bot answered to this message, there and then."""
    where = f"group:{group}" if group else f"private:{user}"
    seen = len(await qq.shown(conversation=where))
    await qq.say(text, user=user, group=group)
    shown = await qq.wait_shown(conversation=where, count=seen + 1)
    return str(shown["text"])


def confirmation(preview: str) -> str:
    """The words that carry out what was previewed."""
    return re.findall(r"确认 \d{4}", preview)[0]  # type: ignore[no-any-return]


async def import_year(bot: Eqabot, tmp_path: Path) -> None:
    files = [
        scene.xlsx(tmp_path / "名录.xlsx", scene.LABS),
        scene.gb18030(tmp_path / "项目.csv", scene.PROGRAMMES),
        scene.xlsx(tmp_path / "安排.xlsx", scene.ROUNDS),
        scene.gb18030(tmp_path / "登记.csv", scene.APPLICATIONS),
        scene.xlsx(tmp_path / "上报全量.xlsx", scene.submissions([("凝血试验", "0340101")])),
    ]
    first = await bot.imported(*files)
    assert first["imported"], first
    again = await bot.imported(*files)
    assert all(one["new"] == one["changed"] == one["refused"] == 0 for one in again["files"]), again


async def reminded(qq: FakeQQ, group: int) -> list[str]:
    return [entry["text"] for entry in await qq.shown(group=group, contains="【上报提醒】")]


async def test_a_code_is_given_announced_and_told(centre: tuple[Eqabot, FakeQQ], tmp_path: Path) -> None:
    bot, qq = centre
    await import_year(bot, tmp_path)
    await bot.start("--clock", "2026-03-20T09:00:00+08:00x1", "--really")
    await qq.wait_connected(20)

    waiting = await answer(qq, "申请状态", APPLICANT)
    assert waiting.startswith("「宣城演示望岳医院」的申请待分配")
    assert "申请1 宣城演示望岳医院" in await answer(qq, "待办", STAFF)

    preview = await answer(qq, f"分配 申请1 {CODE}", STAFF)
    assert f"编码：{CODE}" in preview
    assert not await qq.shown(contains="【编码分配】")
    done = await answer(qq, confirmation(preview), STAFF)
    assert done.startswith("已分配「宣城演示望岳医院」的实验室编码")

    for group in (FIRST, SECOND, OFFICE):
        announced = await qq.wait_shown("【编码分配】", conversation=f"group:{group}")
        assert "· 宣城演示望岳医院" in announced["text"]
    assert "实验室编码已分配，请看登记页" in await answer(qq, "申请状态 宣城演示望岳医院", MEMBER, FIRST)
    assert f"实验室编码已分配：{CODE}" in await answer(qq, "申请状态", APPLICANT)
    assert "已在参控名录中" in await answer(qq, "查重 宣城演示望岳医院", MEMBER, FIRST)

    in_groups = [entry for entry in await qq.shown() if entry["conversation"].startswith("group:")]
    assert in_groups
    assert not [entry for entry in in_groups if CODE in entry["text"] or CODE.lstrip("0") in entry["text"]]
    assert not await qq.shown(group=FOREIGN)
    assert CODE not in bot.log


async def test_samples_are_announced_and_only_the_late_are_reminded(
    centre: tuple[Eqabot, FakeQQ], tmp_path: Path
) -> None:
    bot, qq = centre
    await import_year(bot, tmp_path)
    await bot.start("--clock", "2026-03-20T16:20:00+08:00x600", "--really")
    await qq.wait_connected(20)

    preview = await answer(qq, "发放 2026 第1次 全部", STAFF)
    assert "将发到 2 个群" in preview
    await answer(qq, confirmation(preview), STAFF)
    announced = await qq.wait_shown("【质控品发放】", conversation=f"group:{FIRST}")
    assert "▍3月27日（周五）17:00 截止" in announced["text"]
    assert not await qq.shown(group=SECOND)  # it wants announcements of codes only

    seven = await qq.wait_shown("【上报提醒】", conversation=f"group:{FIRST}", timeout=20)
    assert "2026年第1次 3月27日（周五）17:00 截止：" in seven["text"]
    assert "· 凝血试验：未上报 3家" in seven["text"]
    assert "· 糖化血红蛋白：未上报 4家" in seven["text"]
    assert "3月27日（周五）17:00 截止" in await answer(qq, "截止 糖化", MEMBER, FIRST)

    await bot.kill()
    reported = [("凝血试验", lab[0]) for lab in scene.LABS[1:]]
    await bot.imported(scene.xlsx(tmp_path / "上报全量2.xlsx", scene.submissions(reported)))
    await bot.start("--clock", "2026-03-24T16:50:00+08:00x600", "--really")
    await qq.wait_shown("【上报提醒】", conversation=f"group:{FIRST}", count=2, timeout=20)
    three = (await reminded(qq, FIRST))[-1]
    assert "凝血试验" not in three  # everybody has reported it
    assert "· 糖化血红蛋白：未上报 4家" in three
    assert "未知" not in await answer(qq, "未上报 2026 第1次", STAFF)

    await bot.kill()
    everything = [(name, lab[0]) for name in ("凝血试验", "糖化血红蛋白") for lab in scene.LABS[1:]]
    await bot.imported(scene.xlsx(tmp_path / "上报全量3.xlsx", scene.submissions(everything)))
    await bot.start("--clock", "2026-03-26T16:50:00+08:00x7200", "--really")  # past 1 d, 3 h and the deadline
    await qq.wait_state(20, connected=True)
    async with asyncio.timeout(60):
        while "目前没有待上报" not in await answer(qq, "截止", STAFF):
            await asyncio.sleep(0.2)  # the rehearsed clock runs 7,200 times as fast
    assert len(await reminded(qq, FIRST)) == 2
    for group in (FIRST, OFFICE):
        references = Counter(
            found for entry in await qq.shown(group=group) for found in REFERENCE.findall(entry["text"])
        )
        assert references
        assert set(references.values()) == {1}
    assert not await qq.shown(group=FOREIGN)


@pytest.mark.parametrize(
    ("fault", "ending"),
    [("silent_shown", "：已送达（查群记录）"), ("silent_hidden", "：已送达")],
    ids=["it was shown", "it was not shown"],
)
async def test_killed_while_sending_nothing_is_lost_and_nothing_doubled(
    centre: tuple[Eqabot, FakeQQ], tmp_path: Path, fault: str, ending: str
) -> None:
    bot, qq = centre
    await import_year(bot, tmp_path)
    await qq.fault(f"group:{FIRST}", fault)
    await bot.start("--clock", "2026-03-20T16:58:00+08:00x60", "--really")
    await qq.wait_connected(20)
    await _wait_call(qq, FIRST)
    await bot.kill()

    await qq.say("今天的质控品大家收到了吗", user=MEMBER, group=FIRST)
    await bot.start("--clock", "2026-03-20T17:10:00+08:00x60", "--really")
    await qq.wait_state(20, connected=True)
    await qq.say("收到了，正在做", user=MEMBER, group=FIRST)
    await qq.wait_shown("【上报提醒】", conversation=f"group:{OFFICE}", timeout=20)
    async with asyncio.timeout(60):
        while ending not in (listed := await answer(qq, "投递 26-0001-1", STAFF)):
            assert "失败" not in listed
            await asyncio.sleep(0.2)
    assert len(await reminded(qq, FIRST)) == 1
    assert len(await reminded(qq, OFFICE)) == 1


async def _wait_call(qq: FakeQQ, group: int) -> dict[str, Any]:
    """Until the bot has called for a send to this group, whatever became of it."""
    async with asyncio.timeout(20):
        while True:
            for call in await qq.calls("send_group_msg"):
                if str(call["params"].get("group_id")) == str(group):
                    return dict(call)
            await asyncio.sleep(0.05)


async def test_chatter_is_left_alone(centre: tuple[Eqabot, FakeQQ], tmp_path: Path) -> None:
    bot, qq = centre
    await import_year(bot, tmp_path)
    await bot.start("--clock", "2026-03-20T09:00:00+08:00x1", "--really")
    await qq.wait_connected(20)
    for text in (
        "大家好",
        "截止快到了吧",
        "截止 快到了吧",
        "查重 是什么意思",
        "待办",
        "发放 2026 第1次",
        "确认 一下",
    ):
        await qq.say(text, user=MEMBER, group=FIRST)
    await qq.say("谢谢", user=APPLICANT)
    assert (await answer(qq, "帮助", MEMBER, FIRST)).startswith("【质评助手】您在这里可以发送：")
    assert len(await qq.shown()) == 1  # only the last one was answered
    assert "需要相应的工作人员权限" in await answer(qq, "待办", APPLICANT)


async def test_a_quote_of_our_message_is_no_question(centre: tuple[Eqabot, FakeQQ]) -> None:
    bot, qq = centre
    await bot.start()
    await qq.wait_connected(20)
    await qq.say("帮助", user=MEMBER, group=FIRST)
    ours = await qq.wait_shown("【质评助手】", conversation=f"group:{FIRST}")
    for text in ("收到", "这个怎么弄"):
        await qq.say(text, user=MEMBER, group=FIRST, reply_to=ours["message_id"], at_me=True)
    await qq.say("流程", user=MEMBER, group=FIRST, reply_to=ours["message_id"])
    await qq.wait_shown("【参控流程】", conversation=f"group:{FIRST}")
    await qq.say("这个怎么弄", user=MEMBER, group=FIRST, at_me=True)
    await qq.wait_shown("没有明白您的意思", conversation=f"group:{FIRST}")
    assert len(await qq.shown()) == 3


async def test_a_temporary_session_gets_nothing_private_and_nothing_into_the_group(
    centre: tuple[Eqabot, FakeQQ],
) -> None:
    bot, qq = centre
    await bot.start()
    await qq.wait_connected(20)
    for text in ("待办", "申请状态", "帮助"):
        await qq.say(text, user=STAFF, group=FIRST, sub_type="group", unresolved=True)
    await qq.say("帮助", user=MEMBER, group=SECOND)
    await qq.wait_shown("【质评助手】", conversation=f"group:{SECOND}")
    assert not await qq.shown(group=FIRST)
    assert not await qq.shown(contains="待办】")
