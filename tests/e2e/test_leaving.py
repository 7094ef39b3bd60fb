"""Over a real wire: who leaves the last group sees nothing of the lab any more, until a new code."""

import asyncio
from pathlib import Path

from tests.e2e import year
from tests.e2e.centre import Centre, opened
from tests.e2e.scene import FIRST, OFFICE, SELF, STAFF
from tests.e2e.year import CODES, ONE, TWO, A


async def lists_read(centre: Centre) -> None:
    """Of both groups; asked in no hurry, for there is a limit per person."""
    async with asyncio.timeout(40):
        for group in ("一群", "办公室"):
            while "还没有读到成员名单" in await centre.ask(f"未备注 {group}", STAFF, OFFICE):
                await asyncio.sleep(1)


async def test_who_leaves_the_last_group_is_suspended_at_once_and_restored_by_a_new_code(tmp_path: Path) -> None:
    async with opened(tmp_path) as centre:
        for user in (ONE, TWO):
            code = centre.note(await centre.bot.cli("bind-code", CODES[A]))
            assert (await centre.bind(user, A, code)).startswith(f"已绑定「{A}」。")
        await lists_read(centre)
        await centre.qq.members(FIRST, remove=[ONE], notify=True)
        assert CODES[A] in await centre.ask("我的", ONE)  # the other group still has him
        await centre.qq.members(OFFICE, remove=[ONE], notify=True, by=STAFF)
        told = await centre.qq.wait_shown("【绑定停用】", user=ONE)
        assert f"您与「{A}」的绑定已于 3月20日（周五）" in told["text"]
        await centre.unbound(ONE)
        refused = await centre.ask("上报", ONE)
        assert refused.startswith(f"您与「{A}」的绑定已于 3月20日（周五）")
        assert "停用（账号已不在质评群内）。请向中心索取新的绑定码" in refused
        assert CODES[A] in await centre.ask("我的", TWO)
        assert not await centre.qq.shown(contains="停用", group=FIRST)

        seen = await centre.ask("解除绑定 晴川医院", STAFF, OFFICE)
        assert "已绑定 1 个账号" in seen
        assert "已停用（账号已不在质评群内）" in seen
        await centre.qq.members(FIRST, {"user_id": ONE, "card": f"{A}+李演示"}, notify=True)
        assert (await centre.ask("证书", ONE)).startswith(f"您与「{A}」的绑定已于")
        assert (await centre.bind(ONE, A, await centre.code_for(A))).startswith(f"已绑定「{A}」。")
        assert CODES[A] in await centre.ask("我的单位", ONE)
        assert str(ONE) not in centre.bot.log
        await centre.check()


async def test_our_own_account_leaving_concerns_nobody(tmp_path: Path) -> None:
    async with opened(tmp_path) as centre:
        code = centre.note(await centre.bot.cli("bind-code", CODES[A]))
        assert (await centre.bind(ONE, A, code)).startswith(f"已绑定「{A}」。")
        await lists_read(centre)
        await centre.qq.leave(FIRST, "kick_me", by=year.OWNER)
        event = {"post_type": "notice", "notice_type": "group_decrease", "sub_type": "leave"}
        await centre.qq.event({**event, "group_id": FIRST, "user_id": SELF, "operator_id": 0})
        assert CODES[A] in await centre.ask("我的", ONE)
