"""Starting, connecting, and everything that is refused before harm is done; each refusal is one sentence."""

import hmac
import json
import socket
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e import scene
from tests.e2e.process import TOKEN, Eqabot
from tests.e2e.scene import FIRST, MEMBER, STAFF
from tests.fakeqq.client import FakeQQ

SECRET = "secret-for-tests-only"


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        (
            {"HOST": "0.0.0.0", "ONEBOT_SECRET": ""},
            "HOST=0.0.0.0 对外开放，但缺少 ONEBOT_SECRET，任何人都能冒充工作人员，已拒绝启动。"
            "请在 .env 中设置这些密钥，或改用 HOST=127.0.0.1。\n",
        ),
        ({"PORT": "abc"}, "设置 PORT 有误：应为整数。例如：PORT=8080\n"),
        (
            {"EQABOT_DATABASE_URL": "postgresql+asyncpg://nobody:canary@127.0.0.1:1/none"},
            "数据库连不上（127.0.0.1:1）。请检查 EQABOT_DATABASE_URL 以及数据库是否已启动。\n",
        ),
        (
            {"EQABOT_DATABASE_URL": "sqlite+aiosqlite:////dev/null/eqabot.db"},
            "数据库连不上（/dev/null/eqabot.db）。请检查 EQABOT_DATABASE_URL 以及数据库是否已启动。\n",
        ),
    ],
    ids=["open to the world", "wrong value", "no database server", "no such folder"],
)
async def test_what_refuses_to_start(tmp_path: Path, env: dict[str, str], sentence: str) -> None:
    assert await Eqabot(tmp_path).cli("run", status=1, **env) == sentence


async def test_a_port_in_use(tmp_path: Path) -> None:
    bot = Eqabot(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", bot.port))
        other.listen()
        said = await bot.cli("run", status=1)
    assert said == f"端口 127.0.0.1:{bot.port} 已被占用。请关闭占用它的程序，或在 .env 中更换 PORT。\n"


async def test_templates_never_overwrite(tmp_path: Path) -> None:
    bot = Eqabot(tmp_path)
    await bot.cli("template", "labs", "-o", "名录.xlsx")
    said = await bot.cli("template", "labs", "-o", "名录.xlsx", status=1)
    assert said == "「名录.xlsx」已存在，没有覆盖。请换一个文件名，或先移走原来的文件。\n"
    for path in ("没有这个文件夹/名录.xlsx", "名录.csv"):
        assert "无法写入" in await bot.cli("template", "labs", "-o", path, status=1)


async def test_an_open_quote_does_not_swallow_the_rows_behind_it(tmp_path: Path) -> None:
    file = tmp_path / "名录.csv"
    file.write_text('实验室编码,单位名称\n0340300,"淮北演示医院\n0340301,宿州演示医院\n', encoding="utf-8")
    said = await Eqabot(tmp_path).cli("import", str(file), status=1)
    assert "英文引号没有配对" in said


@pytest.mark.parametrize("words", [("fly",), ("group", "add"), ("import",), ("run", "--fast")])
async def test_bad_usage_is_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    said = await Eqabot(tmp_path).cli(*words, status=2)
    assert said.startswith("用法不对")
    assert said.count("\n") == 1


async def test_a_clock_that_cannot_be_read(tmp_path: Path) -> None:
    said = await Eqabot(tmp_path).cli("run", "--clock", "tomorrow", status=1)
    assert said == "演练时钟「tomorrow」不对，应写成 2026-03-20T09:00:00+08:00x600 这样的形式。\n"


async def test_strangers_at_the_wire_are_refused(tmp_path: Path) -> None:
    """No, short, wrong or query-string token, unknown account, unsigned events: nothing is processed."""
    bot = Eqabot(tmp_path, EQABOT_ACCOUNTS=f'["qq:{scene.SELF}"]', ONEBOT_SECRET=SECRET)
    await bot.cli("group", "add", f"qq:{FIRST}", "--name", "一群")
    async with bot, FakeQQ(bot.url, token=TOKEN, self_id=scene.SELF, scene=scene.scene(tmp_path / "s.json")) as qq:
        await bot.start()
        await qq.wait_connected(20)
        for token, self_id, query in (
            ("", scene.SELF, ""),
            (TOKEN[:-1], scene.SELF, ""),
            ("wrong", scene.SELF, ""),
            ("", scene.SELF, f"?access_token={TOKEN}"),
            (TOKEN, 66666, ""),
            (TOKEN, 66666, f"?access_token={TOKEN}"),
        ):
            assert await _dial(bot.url + query, token, self_id) is False, (token, self_id, query)
        assert TOKEN not in bot.log
        event = {"post_type": "message", "message_type": "group", "sub_type": "normal", "group_id": FIRST}
        forged = json.dumps({**event, **_message("帮助"), "self_id": scene.SELF}).encode()
        for headers in ({}, {"X-Signature": "sha1=0"}):
            assert await _post(bot, forged, headers) in (401, 403)
        signed = {"X-Signature": "sha1=" + hmac.new(SECRET.encode(), forged, "sha1").hexdigest()}
        assert not await qq.shown()
        assert await _post(bot, forged, signed) == 204
        await qq.wait_shown("【质评助手】", conversation=f"group:{FIRST}")


async def test_events_by_http_are_closed_without_a_secret(tmp_path: Path) -> None:
    bot = Eqabot(tmp_path)
    async with bot, FakeQQ(bot.url, token=TOKEN, self_id=scene.SELF) as qq:
        await bot.start()
        await qq.wait_connected(20)
        assert await _post(bot, b"{}", {}) == 404


async def test_we_dial_a_forward_websocket(tmp_path: Path) -> None:
    async with FakeQQ(listen=0, token=TOKEN, self_id=scene.SELF, scene=scene.scene(tmp_path / "scene.json")) as qq:
        bot = Eqabot(tmp_path, ONEBOT_WS_URLS=json.dumps([qq.forward_url]))
        async with bot:
            await bot.start()
            await qq.wait_connected(20)
            await qq.say("帮助", user=MEMBER, group=FIRST)
            shown = await qq.wait_shown(conversation=f"group:{FIRST}")
            assert shown["text"].startswith("【质评助手】")


async def test_a_rehearsal_speaks_to_the_staff_group_only(tmp_path: Path) -> None:
    bot = Eqabot(tmp_path)
    for number, more in ((FIRST, []), (scene.OFFICE, ["--staff"])):
        await bot.cli("group", "add", f"qq:{number}", *more)
    await bot.imported(
        scene.gb18030(tmp_path / "项目.csv", scene.PROGRAMMES), scene.xlsx(tmp_path / "安排.xlsx", scene.ROUNDS)
    )
    async with bot, FakeQQ(bot.url, token=TOKEN, self_id=scene.SELF, scene=scene.scene(tmp_path / "s.json")) as qq:
        await bot.start("--clock", "2026-03-20T16:50:00+08:00x600")
        shown = await qq.wait_shown("【上报提醒】", conversation=f"group:{scene.OFFICE}", timeout=30)
        assert shown["text"].startswith("〔演练〕")
        assert not await qq.shown(group=FIRST)


BAD = [
    (
        "名录.xlsx",
        [["编码", "地市"], ["0340101", "合肥市"]],
        "「名录.xlsx」Sheet的表头不全，没有导入。",
    ),
    (
        "名录.xlsx",
        [["实验室编码", "单位名称"], ["0340101", "合肥演示晴川医院"], ["0340101", "芜湖演示云栖医院"]],
        "  第 3 行「实验室编码」“0340101”：与第 2 行重复",
    ),
    (
        "安排.xlsx",
        [["年度", "次数", "项目", "上报截止"], [2026, 1, "凝血试验", "abc"]],
        "  第 2 行「上报截止」“abc”：不是日期，应写成 2026-03-27 17:00 这样的形式；只写日期时算到当天 23:59",
    ),
    (
        "上报.csv",
        [["年度", "次数", "项目", "实验室编码", "上报情况"], ["2026", "1", "凝血", "0349999", "未上报"]],
        "  第 2 行「实验室编码」“0349999”：不在单位名录中，应为名录中已有的编码",
    ),
    (
        "安排.xlsx",
        [["年度", "次数", "项目", "上报截止"], [2026, 1, "天气", "2026-03-27"]],
        "  第 2 行「项目」“天气”：2026年项目表中没有，应写项目表中的名称、编码或别名",
    ),
]


@pytest.mark.parametrize(("name", "rows", "sentence"), BAD, ids=["heading", "twice", "abc", "lab", "programme"])
async def test_a_bad_workbook_changes_nothing(
    tmp_path: Path, name: str, rows: list[list[Any]], sentence: str
) -> None:
    bot = Eqabot(tmp_path)
    await bot.imported(
        scene.xlsx(tmp_path / "好名录.xlsx", scene.LABS),
        scene.gb18030(tmp_path / "项目.csv", scene.PROGRAMMES),
        scene.xlsx(tmp_path / "好安排.xlsx", scene.ROUNDS),
    )
    write = scene.xlsx if name.endswith("xlsx") else scene.gb18030
    bad = write(tmp_path / name, rows)
    good = scene.xlsx(tmp_path / "登记.xlsx", scene.APPLICATIONS)
    said = await _outcome(bot, bad, good)
    assert sentence in said, said
    assert "没有导入" in said
    again = await bot.imported(good)
    assert again["files"][0]["new"] == 1  # the good file of the refused call was not half imported


async def test_refused_rows_can_be_skipped(tmp_path: Path) -> None:
    bot = Eqabot(tmp_path)
    rows = [["实验室编码", "单位名称"], ["0340101", "合肥演示晴川医院"], ["x", "芜湖演示云栖医院"]]
    bad = scene.xlsx(tmp_path / "名录.xlsx", rows)
    assert "仅预览" in await bot.cli("import", str(bad), "--dry-run", "--skip-refused")
    said = await bot.cli("import", str(bad), "--skip-refused")
    assert "新增 1，变更 0，未变 0，拒绝 1" in said
    assert said.endswith("已导入。\n")


async def test_staff_see_nothing_of_it_in_the_log(tmp_path: Path) -> None:
    bot = Eqabot(tmp_path)
    await bot.cli("staff", "add", f"qq:{STAFF}")
    async with bot, FakeQQ(bot.url, token=TOKEN, self_id=scene.SELF, scene=scene.scene(tmp_path / "s.json")) as qq:
        await bot.start()
        await qq.wait_connected(20)
        await qq.say("分配 申请1 canary9876543", user=STAFF)
        await qq.wait_shown("编码格式不对", conversation=f"private:{STAFF}")
    assert "canary" not in bot.log
    assert TOKEN not in bot.log


async def _outcome(bot: Eqabot, *files: Path) -> str:
    """Both streams of a refused import."""
    return await bot.cli("import", *map(str, files), status=1)


def _message(text: str) -> dict[str, Any]:
    return {
        "time": int(time.time()),
        "message_id": 4242,
        "user_id": MEMBER,
        "message": [{"type": "text", "data": {"text": text}}],
        "raw_message": text,
        "font": 0,
        "sender": {"user_id": MEMBER, "nickname": "x", "card": "", "role": "owner"},
    }


async def _dial(url: str, token: str, self_id: int) -> bool:
    headers = {"X-Self-ID": str(self_id), **({"Authorization": f"Bearer {token}"} if token else {})}
    async with aiohttp.ClientSession() as session:
        try:
            async with session.ws_connect(url, headers=headers) as ws:
                return not (await ws.receive(timeout=5)).type.name.startswith("CLOS")
        except aiohttp.WSServerHandshakeError:
            return False


async def _post(bot: Eqabot, body: bytes, headers: dict[str, str]) -> int:
    base = {"X-Self-ID": str(scene.SELF), "Content-Type": "application/json"}
    address = f"http://127.0.0.1:{bot.port}/onebot/v11/"
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=body, headers={**base, **headers}) as response,
    ):
        return response.status
