"""Labs of one name: told apart by their city or county, wherever it is written."""

import pytest

from core.access import Account
from db.unit import Database, Unit
from tests.bot.desk import NOW, OFFICE, STAFF, Desk, table

ANNA = "300400601"
LABS = table(
    "labs",
    "code name city county",
    ["0340201", "仁爱演示医院", "六安市", "裕演区"],
    ["0340202", "仁爱演示医院", "阜阳市", "颍演县"],
    ["0340203", "仁爱演示医院", "阜阳市", "太演县"],
    ["0340204", "同德演示医院", "", ""],
    ["0340205", "同德演示医院", "", ""],
)


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await Desk(db).open(LABS)


async def bind(desk: Desk, *codes: str) -> None:
    async def work(tx: Unit) -> None:
        for code in codes:
            lab = await tx.lab_with_code(code)
            assert lab
            await tx.bind(Account("qq", ANNA), lab.id, "code", NOW)

    await desk.db.write(work)


async def waiting(desk: Desk) -> list[str]:
    """Codes of the labs to which somebody wants to be bound."""
    labs = await desk.db.read(lambda tx: tx.labs_to_bind())
    codes = {lab.id: lab.code for lab in labs}
    return [codes[one.lab_id] for one in await desk.db.read(lambda tx: tx.requests_waiting(NOW))]


async def test_a_claim_names_the_place_too(desk: Desk) -> None:
    assert await desk.say("绑定 仁爱演示医院", ANNA) == (
        "「仁爱演示医院」对应多个单位：六安市 仁爱演示医院、阜阳市颍演县 仁爱演示医院、阜阳市太演县 仁爱演示医院。"
        "请写明地区重发，例如：绑定 六安市 仁爱演示医院；或致电 0551-62283619。"
    )
    assert await desk.say("绑定 阜阳市 仁爱演示医院", ANNA) == (
        "「阜阳市 仁爱演示医院」对应多个单位：阜阳市颍演县 仁爱演示医院、阜阳市太演县 仁爱演示医院。"
        "请写明地区重发，例如：绑定 阜阳市颍演县 仁爱演示医院；或致电 0551-62283619。"
    )
    assert await desk.say("绑定 同德演示医院", ANNA) == (
        "「同德演示医院」对应多个单位：同德演示医院、同德演示医院。名录中无法按地区区分，请致电 0551-62283619。"
    )
    assert await waiting(desk) == []


@pytest.mark.parametrize(
    "written",
    [
        "六安市 仁爱演示医院", "六安市仁爱演示医院", "六安仁爱演示医院", "仁爱演示医院 六安市",
        "仁爱演示医院（六安）", "裕演区 仁爱演示医院", "六安市裕演区仁爱演示医院",
        "安徽省六安市仁爱演示医院",
    ],
)  # fmt: skip
async def test_wherever_the_place_is_written(desk: Desk, written: str) -> None:
    assert (await desk.say(f"绑定 {written}", ANNA)).startswith("已收到您绑定「仁爱演示医院」的申请。")
    assert await waiting(desk) == ["0340201"]


async def test_another_place_is_another_lab(desk: Desk) -> None:
    for written in ("芜湖市 仁爱演示医院", "六安市阜阳市仁爱演示医院"):
        assert (await desk.say(f"绑定 {written}", ANNA)).startswith("名录中没有查到")


async def test_staff_use_the_place_or_the_code(desk: Desk) -> None:
    await bind(desk, "0340201")
    assert await desk.say("解除绑定 同德演示医院", STAFF, OFFICE) == (
        "「同德演示医院」对应多个单位：同德演示医院、同德演示医院。请写单位全称重发，同名的请在私聊中用编码。"
    )
    for unit in ("六安市 仁爱演示医院", "0340201"):
        assert (await desk.say(f"解除绑定 {unit}", STAFF)).startswith("「仁爱演示医院」已绑定 1 个账号：")
    assert (await desk.say("单位 六安市仁爱演示医院", STAFF)).startswith("【单位】仁爱演示医院\n编码 0340201，")


async def test_unbinding_from_one_of_two(desk: Desk) -> None:
    await bind(desk, "0340201", "0340202")
    both = "六安市 仁爱演示医院、阜阳市 仁爱演示医院"
    assert await desk.say("解绑", ANNA) == (
        f"您绑定了 2 个单位：{both}。请写明单位，例如：解绑 六安市 仁爱演示医院"
    )
    assert await desk.say("解绑 仁爱演示医院", ANNA) == (
        f"「仁爱演示医院」是您绑定的 2 个单位：{both}。请写明是哪一个，例如：解绑 六安市 仁爱演示医院"
    )
    assert await desk.say("解绑 同德演示医院", ANNA) == (
        f"您没有绑定「同德演示医院」。您绑定的是：{both}。请写单位全称重发。"
    )
    assert (await desk.say("解绑 阜阳市 仁爱演示医院", ANNA)).startswith("已解除与「仁爱演示医院」的绑定。")
    assert (await desk.say("解绑", ANNA)).startswith("已解除与「仁爱演示医院」的绑定。")


async def test_those_whom_no_place_tells_apart_are_told_by_the_code(desk: Desk) -> None:
    await bind(desk, "0340204", "0340205")
    assert (await desk.say("解绑 0340204", ANNA)).startswith("已解除与「同德演示医院」的绑定。")
