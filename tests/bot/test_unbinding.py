"""解除绑定: staff see who is bound to a lab and end a binding; the person is told."""

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.settings import load
from core.access import Account
from db.unit import Database, Unit
from tests.bot.desk import EVERYTHING, GROUP, NOW, OFFICE, STAFF, VIEWER, Desk
from tests.bot.test_claims import confirmed, labs_of, sent
from tests.bot.test_deliverer import Line, Post

ANNA, BERT = "300400601", "300400602"
LIST = (
    "「合肥演示晴川医院」已绑定 2 个账号：\n"
    "1. QQ 300400601，3月20日 09:00 凭绑定码绑定\n"
    "2. QQ 300400602，3月20日 09:00 电话核实后绑定\n"
    "要解除其中一个，请加上序号或账号重发，例如：解除绑定 单位名称 1"
)


@pytest.fixture
async def post(db: Database, tmp_path: Path) -> Post:
    desk = Desk(db, load(None).model_copy(update={"data_dir": tmp_path}))
    await desk.open(*EVERYTHING)

    async def work(tx: Unit) -> None:
        await tx.bind(Account("qq", ANNA), 1, "code", NOW)
        await tx.bind(Account("qq", BERT), 1, "claim", NOW)

    await desk.db.write(work)
    return Post(desk, Line())


@pytest.fixture
async def desk(post: Post) -> Desk:
    return post.desk


@pytest.mark.parametrize("unit", ["合肥演示晴川医院", "晴川医院", "0340101", "合肥演示 晴川医院"])
async def test_who_is_bound(desk: Desk, unit: str) -> None:
    assert await desk.say(f"解除绑定 {unit}", STAFF) == LIST


async def test_in_the_staff_group_numbers_are_masked(desk: Desk) -> None:
    said = await desk.say("解除绑定 晴川医院", STAFF, OFFICE)
    assert said == LIST.replace("300400601", "300****01").replace("300400602", "300****02")
    preview = await desk.say("解除绑定 晴川医院 2", STAFF, OFFICE)
    assert preview.splitlines()[:4] == [
        "【预览：解除绑定】",
        "单位：合肥演示晴川医院",
        "账号：QQ 300****02，3月20日 09:00 电话核实后绑定",
        "将私聊告诉对方。",
    ]
    assert await confirmed(desk, "解除绑定 晴川医院 2", STAFF, OFFICE) == (
        "已解除「合肥演示晴川医院」与 QQ 300****02 的绑定，将私聊告诉对方。"
    )
    assert (await labs_of(desk, ANNA), await labs_of(desk, BERT)) == (1, 0)


@pytest.mark.parametrize("account", ["1", "300400601", "qq:300400601", "QQ:300400601"])
async def test_a_binding_is_ended_and_the_person_told(post: Post, account: str) -> None:
    desk = post.desk
    preview = await desk.say(f"解除绑定 0340101 {account}", STAFF)
    assert preview.splitlines()[2] == "账号：QQ 300400601，3月20日 09:00 凭绑定码绑定"
    assert (await labs_of(desk, ANNA), await sent(post, ANNA)) == (1, [])
    assert await confirmed(desk, f"解除绑定 0340101 {account}") == (
        "已解除「合肥演示晴川医院」与 QQ 300400601 的绑定，将私聊告诉对方。"
    )
    assert (await labs_of(desk, ANNA), await labs_of(desk, BERT)) == (0, 1)
    assert await sent(post, ANNA, BERT) == [
        "【绑定解除】您与「合肥演示晴川医院」的绑定已由中心解除。如有疑问请致电 0551-62283619。"
    ]
    query = text("SELECT actor, subject FROM audit_log WHERE action = 'access.unbind'")
    rows = await desk.db.read(lambda tx: tx._all(query))
    assert [tuple(row) for row in rows] == [(f"qq:{STAFF}", "lab:1")]


async def test_what_cannot_be_ended(desk: Desk) -> None:
    unknown = "「合肥演示晴川医院」没有绑定这个账号，没有解除。请发送「解除绑定 单位名称」查看已绑定的账号。"
    for account in ("3", "300400999", "wx:300400601"):
        assert await desk.say(f"解除绑定 晴川医院 {account}", STAFF) == unknown
    assert await desk.say("解除绑定 芜湖演示云栖医院", STAFF) == (
        "「芜湖演示云栖医院」目前没有绑定的账号，不用解除。"
    )
    assert await desk.say("解除绑定 宿州演示长风医院", STAFF) == (
        "名录中没有查到「宿州演示长风医院」。请写单位全称重发。"
    )


async def test_who_left_between_preview_and_confirmation(desk: Desk) -> None:
    confirm = (await desk.say("解除绑定 晴川医院 1", STAFF)).rsplit("确认 ", 1)[1][:4]
    await desk.say("解绑", ANNA)
    changed = "预览之后内容有变化，没有执行。请重新发送原命令查看新的预览。"
    assert await desk.say(f"确认 {confirm}", STAFF) == changed
    assert await labs_of(desk, BERT) == 1


async def test_it_is_for_operators(desk: Desk) -> None:
    refused = "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
    assert await desk.say("解除绑定 晴川医院", VIEWER) == refused
    assert await desk.say("解除绑定 晴川医院 1", ANNA) == refused
    assert await desk.say("解除绑定 晴川医院", STAFF, GROUP) == ""


@pytest.mark.parametrize(
    "asked",
    ["怎么绑定", "绑定码丢了", "绑定码过期了怎么办", "绑定码在哪", "没收到绑定码", "怎么解绑",
     "取消绑定", "我要解绑", "解除绑定", "绑定码", "谁绑定了我们单位", "有陌生人绑定了我们单位", "换人了怎么办"],
)  # fmt: skip
async def test_everybody_who_asks_about_binding_is_told(desk: Desk, asked: str) -> None:
    said = await desk.say(asked, ANNA)
    assert said.startswith("绑定：私聊发送「绑定 绑定码」；"), said
    assert "请致电 0551-62283619" in said
    assert await desk.say(asked, ANNA, GROUP, to_me=True) == said
