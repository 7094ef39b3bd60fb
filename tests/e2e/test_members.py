"""Over a real wire: as soon as an account is connected the members are read, and staff see whose card is wrong."""

import asyncio
from pathlib import Path

from tests.e2e import scene
from tests.e2e.process import TOKEN, Eqabot
from tests.e2e.scene import FIRST, FOREIGN, OFFICE, STAFF
from tests.fakeqq.client import FakeQQ

EXPECTED = """▍一群：3 人中未备注 1 人
缺单位 1
· 中心-刘老师：缺少单位
数据截至 """


async def test_members_are_read_on_connection(tmp_path: Path) -> None:
    bot, people = Eqabot(tmp_path), scene.scene(tmp_path / "scene.json")
    await bot.cli("staff", "add", f"qq:{STAFF}", "--role", "viewer")
    await bot.cli("group", "add", f"qq:{FIRST}", "--name", "一群")
    await bot.cli("group", "add", f"qq:{OFFICE}", "--name", "办公室", "--staff")
    async with bot, FakeQQ(bot.url, token=TOKEN, self_id=scene.SELF, scene=people) as qq:
        await bot.start()
        await qq.wait_connected(20)
        async with asyncio.timeout(20):
            while EXPECTED not in (said := await answer(qq, "未备注")):
                assert "还没有读到成员名单" in said
                await asyncio.sleep(0.5)
        assert "没有管理名为" in await answer(qq, f"未备注 {FOREIGN}")
        assert "刘老师" not in bot.log


async def answer(qq: FakeQQ, text: str) -> str:
    """What staff are answered in their group."""
    where = f"group:{OFFICE}"
    seen = len(await qq.shown(conversation=where))
    await qq.say(text, user=STAFF, group=OFFICE)
    return str((await qq.wait_shown(conversation=where, count=seen + 1))["text"])
