"""`eqabot bind-code`: one code on the screen, or a workbook of slips; and what becomes of a code on QQ."""

import json
from pathlib import Path

import openpyxl

from tests.e2e import scene
from tests.e2e.process import TOKEN, Eqabot
from tests.e2e.scene import APPLICANT, FIRST, MEMBER, OFFICE
from tests.fakeqq.client import FakeQQ

LABS = "实验室编码,单位名称,地市,状态\n0340101,合肥演示医院,合肥市,\n0340102,芜湖演示医院,芜湖市,停用\n"


async def labs(bot: Eqabot, folder: Path) -> None:
    file = folder / "单位名录.csv"
    file.write_text(LABS, encoding="utf-8")
    await bot.cli("import", str(file))


async def fresh(bot: Eqabot) -> str:
    return (await bot.cli("bind-code", "0340101")).split("绑定码：")[1][:14]


async def test_one_code(tmp_path: Path) -> None:
    bot = Eqabot(tmp_path)
    await labs(bot, tmp_path)
    said = await bot.cli("bind-code", "0340101")
    assert said.startswith("「合肥演示医院」的绑定码：")
    assert "0340101" not in said
    assert (await bot.cli("bind-code", "0340102", status=1)).startswith("「芜湖演示医院」在名录中已停用")
    assert (await bot.cli("bind-code", "0349999", status=1)).startswith("名录中没有查到")
    assert (await bot.cli("bind-code", status=2)).startswith("用法不对：缺少编码|all")
    assert (await bot.cli("bind-code", "0340101", "-o", "a.xlsx", status=2)).startswith("用法不对")


async def test_a_workbook_that_never_overwrites(tmp_path: Path) -> None:
    bot = Eqabot(tmp_path)
    assert (await bot.cli("bind-code", "all", status=1)).startswith("名录中还没有单位")
    await labs(bot, tmp_path)
    assert await bot.cli("bind-code", "all") == "已为 1 家单位生成绑定码：绑定码.xlsx\n"
    assert await bot.cli("bind-code", "all", status=1) == (
        "「绑定码.xlsx」已存在，没有覆盖。请换一个文件名，或先移走原来的文件。\n"
    )
    for path in ("没有这个文件夹/码.xlsx", "码.csv"):
        assert "无法写入" in await bot.cli("bind-code", "all", "-o", path, status=1)
    [file] = [path for path in tmp_path.rglob("绑定码.xlsx")]
    rows = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))
    assert [row[2] for row in rows] == ["单位名称", "合肥演示医院"]


async def test_a_code_posted_in_a_group_is_taken_back_and_worth_nothing(tmp_path: Path) -> None:
    bot = Eqabot(tmp_path)
    await labs(bot, tmp_path)
    for number, *more in ((FIRST,), (OFFICE, "--staff")):
        await bot.cli("group", "add", f"qq:{number}", *more)
    code, other = await fresh(bot), ""
    await bot.start("--clock", "2026-03-20T09:00:00+08:00x1", "--really")
    qq = FakeQQ(bot.url, token=TOKEN, self_id=scene.SELF, scene=scene.scene(tmp_path / "scene.json"))
    async with bot, qq:
        await qq.wait_connected(20)
        posted = await qq.say(f"老师我的码 {code.lower()} 怎么用", user=MEMBER, group=FIRST)
        said = await qq.wait_shown("这是一张绑定码，已作废，请勿在群里发送。", group=FIRST)
        assert [one["message_id"] for one in await qq.recalled()] == [posted]
        assert code.lower() not in str(said).lower()
        sent = json.dumps(await qq.calls("send_msg"))
        assert '"at"' in sent
        assert '"reply"' not in sent  # a quote would show it again
        told = await qq.wait_shown("【工作提醒】「合肥演示医院」的绑定码", group=OFFICE, timeout=20)
        assert code not in told["text"]
        await qq.say(code, user=APPLICANT)
        await qq.wait_shown("绑定码不对或已失效。", user=APPLICANT)
        other = await fresh(bot)
        await qq.say(f"绑定 {other}", user=APPLICANT)
        await qq.wait_shown("已绑定「合肥演示医院」。", user=APPLICANT)
    assert code not in bot.log
    assert other not in bot.log
