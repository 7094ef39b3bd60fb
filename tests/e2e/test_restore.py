"""Over a real wire: sent, backed up, sent again, killed, restored. Nothing goes out by itself, nothing twice."""

import asyncio
import re
from collections import Counter
from pathlib import Path

from tests.e2e import scene
from tests.e2e.process import TOKEN, Eqabot
from tests.e2e.scene import APPLICANT, CODE, FIRST, OFFICE, STAFF
from tests.fakeqq.client import FakeQQ

MARK = re.compile(r"〔通知 (\d\d-\d{4,}-\d+)〕")
REFUSED = "机器人（或其他程序）正在使用数据库，不能恢复。请先停止机器人，再试一次。\n"


async def answer(qq: FakeQQ, text: str) -> str:
    """What staff are answered; pushes are no answers."""
    seen = len(await qq.shown(conversation=f"private:{STAFF}"))
    await qq.say(text, user=STAFF)
    shown = await qq.wait_shown(conversation=f"private:{STAFF}", count=seen + 1)
    return str(shown["text"])


async def confirmed(qq: FakeQQ, text: str) -> tuple[str, str]:
    """(preview, outcome)"""
    preview = await answer(qq, text)
    code = re.search(r"确认 \d{4}", preview)
    assert code, preview
    return preview, await answer(qq, code[0])


async def marks(qq: FakeQQ) -> dict[str, int]:
    """How often each push was shown, in any conversation."""
    return Counter(found for one in await qq.shown() for found in MARK.findall(one["text"]))


async def start(bot: Eqabot, qq: FakeQQ, at: str) -> None:
    await bot.start("--clock", f"{at}:00+08:00x1", "--really")
    await qq.wait_state(20, connected=True)


async def test_after_a_restore_staff_decide(tmp_path: Path) -> None:
    bot = Eqabot(tmp_path)
    await bot.cli("staff", "add", f"qq:{STAFF}", "--role", "operator")
    await bot.cli("group", "add", f"qq:{FIRST}", "--name", "一群")
    await bot.cli("group", "add", f"qq:{OFFICE}", "--name", "办公室", "--staff")
    sheets = {"名录": scene.LABS, "项目": scene.PROGRAMMES, "安排": scene.ROUNDS, "登记": scene.APPLICATIONS}
    files = [scene.xlsx(tmp_path / f"{name}.xlsx", rows) for name, rows in sheets.items()]
    assert (await bot.imported(*files))["imported"]
    people = scene.scene(tmp_path / "scene.json")
    async with bot, FakeQQ(bot.url, token=TOKEN, self_id=scene.SELF, scene=people) as qq:
        await start(bot, qq, "2026-03-20T16:00")
        await confirmed(qq, f"分配 申请1 {CODE}")
        for group in (FIRST, OFFICE):
            await qq.wait_shown("【编码分配】", conversation=f"group:{group}")
        assert "已备份到 夜间.db" in await bot.cli("backup", "夜间.db")
        assert await bot.cli("restore", "夜间.db", status=1) == REFUSED
        await bot.kill()

        await start(bot, qq, "2026-03-20T17:00")  # what goes out now is not in the backup
        for group in (FIRST, OFFICE):
            await qq.wait_shown("【上报提醒】", conversation=f"group:{group}", timeout=20)
        await confirmed(qq, "发放 2026 第1次 凝血")
        for group in (FIRST, OFFICE):
            await qq.wait_shown("【质控品发放】", conversation=f"group:{group}")
        sent = await marks(qq)
        assert set(sent.values()) == {1}
        await bot.kill()

        assert "推送处于暂停状态，什么也不会发出" in await bot.cli("restore", "夜间.db")
        assert len(list(tmp_path.glob("eqabot-*.before-restore.db"))) == 1
        await start(bot, qq, "2026-03-20T17:30")
        async with asyncio.timeout(20):
            while "推送需核对 2 条" not in await answer(qq, "待办"):
                await asyncio.sleep(0.2)
        async with asyncio.timeout(20):
            while "等待发送 1 条" not in (ahead := await answer(qq, "预告")):  # that something waits for staff
                await asyncio.sleep(0.2)
        assert "▍推送已暂停" in ahead
        assert "：请人工核对（备份之后可能已发送，请核对）" in await answer(qq, "投递 26-0001-1")
        assert await marks(qq) == sent

        for number in (1, 2):  # staff have looked: it stands in both groups
            assert "已放弃" in await answer(qq, f"放弃 26-0001-{number}")
        preview, done = await confirmed(qq, "恢复推送")
        assert "数据来自备份（截至 " in preview
        assert done == "已恢复推送，将陆续发出 1 条（群 1）。"
        told = "【工作提醒】推送需要您看一下：请人工核对 2 条"
        await qq.wait_shown(told, conversation=f"group:{OFFICE}", timeout=30)
        await confirmed(qq, "发放 2026 第1次 糖化")
        for group in (FIRST, OFFICE):
            await qq.wait_shown("【质控品发放】", conversation=f"group:{group}", count=2)
        now = await marks(qq)
        assert len(now) == len(sent) + 3
        assert set(now.values()) == {1}
        assert {reference for reference in now if reference.startswith("26-00")} == set(sent)
    assert str(APPLICANT) not in bot.log
