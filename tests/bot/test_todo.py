"""待办: requests and messages by kind and age, and what to do next."""

from datetime import timedelta

import pytest

from db.requests import request
from db.unit import Database
from tests.bot.desk import GROUP, NOW, OFFICE, STAFF, STRANGER, VIEWER, Desk, table
from tests.bot.own import A, B, own_desk

ANNA = "300400601"
TODO = (
    "【待办】\n"
    "▍等待处理的申请和留言 5 件：绑定申请 1，留言 2，样品问题 1，退回申请 1\n"
    "· ！1号 芜湖演示云栖医院（绑定申请，QQ 300****01，3月18日 09:00），已等 5 天\n"
    "· ！2号 合肥演示晴川医院（留言，3月18日 09:00），已等 5 天\n"
    "· 3号 合肥演示晴川医院（样品问题：破损，3月20日 09:00），已等 3 天\n"
    "· 4号 合肥演示晴川医院（退回申请，凝血试验，3月20日 09:00），已等 3 天\n"
    "· 5号 留言，群里（3月23日 09:00）\n"
    "「！」为超过 2 个工作日\n"
    "查看：待办 1\n"
    "处理：批准 1，或 拒绝 1 原因\n"
    "答复留言：回复 2 内容\n"
)


@pytest.fixture
async def desk(db: Database) -> Desk:
    """On Monday morning: two of Wednesday, two of Friday, one of today. A claim would be over by then, so its time
    is taken away."""
    desk = await own_desk(db)
    desk.clock.at = NOW - timedelta(days=2)
    await desk.say("绑定 芜湖演示云栖医院", ANNA)
    await desk.say("留言 请回电13805510001", A)
    desk.clock.at = NOW
    await desk.say("签收 异常 凝血破损1支", A)
    await desk.say("退回申请 凝血 系统故障", A)
    desk.clock.at = NOW + timedelta(days=3)
    await desk.say("留言 请问糖化", STRANGER, GROUP)
    await db.write(lambda tx: tx._run(request.update().values(expires_at=None)))
    return desk


async def test_the_list(desk: Desk) -> None:
    for user, group in ((STAFF, ""), (VIEWER, OFFICE)):
        assert (await desk.say("待办", user, group)).startswith(TODO)


async def test_one_kind_alone(db: Database) -> None:
    desk = await own_desk(db)
    await desk.say("留言 你好", STRANGER)
    assert (await desk.say("待办", STAFF)).startswith(
        "【待办】\n▍等待处理的申请和留言 1 件\n· 1号 留言（3月20日 09:00）\n查看：待办 1\n答复留言：回复 1 内容\n"
    )


async def test_a_problem_with_samples_comes_with_the_labs_contact(desk: Desk) -> None:
    await desk.bring(
        table("labs", "code name contact phone", ["0340101", "合肥演示晴川医院", "林知夏", "0551-60000001"])
    )
    assert await desk.say("待办 3", VIEWER) == (
        "【样品问题 3】等待处理，已等 3 天\n"
        "单位：合肥演示晴川医院\n"
        "账号：QQ 300****01\n"
        "时间：3月20日（周五）09:00（私聊）\n"
        "问题：破损\n"
        "联系人：林知夏 0551-60000001\n"
        "内容：凝血破损1支\n"
        "处理：批准 3，或 拒绝 3 原因"
    )
    assert await desk.say("待办 3", VIEWER, OFFICE) == (
        "【样品问题 3】等待处理，已等 3 天\n"
        "3月20日 09:00\n"
        "合肥演示晴川医院，破损\n"
        "全文请私聊发送「待办 3」。\n"
        "处理：批准 3，或 拒绝 3 原因"
    )


async def test_a_request_about_a_round(desk: Desk) -> None:
    assert await desk.say("待办 4", VIEWER) == (
        "【退回申请 4】等待处理，已等 3 天\n"
        "单位：合肥演示晴川医院\n"
        "账号：QQ 300****01\n"
        "时间：3月20日（周五）09:00（私聊）\n"
        "活动：2026年第1次 凝血试验（3月27日（周五）17:00 截止）\n"
        "内容：系统故障\n"
        "处理：批准 4，或 拒绝 4 原因"
    )
    assert "系统故障" not in await desk.say("待办 4", VIEWER, OFFICE)


async def test_a_late_one_by_itself(desk: Desk) -> None:
    assert (await desk.say("待办 2", STAFF)).startswith("【留言 2】等待处理，已等 5 天，超过 2 个工作日\n")


async def test_a_claim_whose_time_is_over(db: Database) -> None:
    desk = await own_desk(db)
    await desk.say("绑定 芜湖演示云栖医院", ANNA)
    desk.clock.at = NOW + timedelta(days=4)
    said = await desk.say("待办 1", VIEWER)
    assert said.startswith("【绑定申请 1】已过期\n单位：芜湖演示云栖医院\n")
    assert "处理：" not in said


async def test_only_for_staff(desk: Desk) -> None:
    for user in (A, B, STRANGER):
        for text in ("待办", "待办 1", "待办 4"):
            assert "晴川" not in await desk.say(text, user)
            assert await desk.say(text, user, GROUP) == ""
