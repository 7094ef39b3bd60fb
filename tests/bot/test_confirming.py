"""确认: what was previewed is done for the same person, in the same place, unchanged, within 120 seconds, once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from core.access import Account, Role
from db.unit import Database
from tests.bot.desk import CENTRE, EVERYTHING, GROUP, NOW, OFFICE, STAFF, STRANGER, VIEWER, Desk
from tests.bot.test_deliverer import Clocks

COLLEAGUE = "300400003"
ANNOUNCE = "发放 2026 第1次 凝血"
DONE = "已记录 2026年第1次 1个项目发放"
CHANGED = "预览之后内容有变化，没有执行。请重新发送原命令查看新的预览。"
FORBIDDEN = "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"


def nothing(code: str) -> str:
    return f"没有等待您在这里确认的操作「{code}」：可能已执行、已超过 120 秒，或是在别处预览的。请重新发送原命令。"


@pytest.fixture
async def desk(db: Database) -> Desk:
    desk = await Desk(db).open(*EVERYTHING)
    await set_role(desk, COLLEAGUE, Role.OPERATOR)
    return desk


@pytest.fixture
def clock(desk: Desk) -> Clocks:
    """Both clocks by hand."""
    hands = Clocks(NOW)
    desk.clock = desk.door.clock = desk.door._confirmations.clock = hands
    return hands


async def set_role(desk: Desk, user: str, role: Role) -> None:
    await desk.db.write(lambda tx: tx.set_staff(Account("qq", user), role, NOW, CENTRE))


async def previewed(desk: Desk, order: str = ANNOUNCE, user: str = STAFF, group: str = "") -> str:
    """The code of the preview."""
    said = re.search(r"回复：确认 (\d{4})", await desk.say(order, user, group))
    assert said
    return said[1]


async def pushes(desk: Desk) -> int:
    return int((await desk.db.read(lambda tx: tx._one(text("SELECT count(*) FROM push"))))[0])


async def test_a_colleague_cannot_confirm_it(desk: Desk) -> None:
    """Though it was seen in the staff group."""
    code = await previewed(desk, group=OFFICE)
    assert await desk.say(f"确认 {code}", COLLEAGUE, OFFICE) == nothing(code)
    assert await desk.say(f"确认 {code}", VIEWER, OFFICE) == nothing(code)
    assert await desk.say(f"确认 {code}", STRANGER, OFFICE) == ""
    assert await pushes(desk) == 0
    assert (await desk.say(f"确认 {code}", STAFF, OFFICE)).startswith(DONE)


async def test_two_people_have_codes_of_their_own(desk: Desk) -> None:
    mine, theirs = await previewed(desk), await previewed(desk, "发放 2026 第1次 糖化", COLLEAGUE)
    assert await desk.say(f"确认 {theirs}", STAFF) == nothing(theirs)
    assert await desk.say(f"确认 {mine}", COLLEAGUE) == nothing(mine)
    assert await pushes(desk) == 0
    for code, user in ((mine, STAFF), (theirs, COLLEAGUE)):
        assert (await desk.say(f"确认 {code}", user)).startswith(DONE)


@pytest.mark.parametrize(("asked_in", "confirmed_in"), [("", OFFICE), (OFFICE, "")], ids=["private", "group"])
async def test_it_cannot_be_confirmed_in_another_place(desk: Desk, asked_in: str, confirmed_in: str) -> None:
    code = await previewed(desk, group=asked_in)
    assert await desk.say(f"确认 {code}", STAFF, confirmed_in) == nothing(code)
    assert await desk.say(f"确认 {code}", STAFF, GROUP) == ""
    assert await pushes(desk) == 0
    assert (await desk.say(f"确认 {code}", STAFF, asked_in)).startswith(DONE)


async def test_it_holds_for_120_seconds(desk: Desk, clock: Clocks) -> None:
    code = await previewed(desk)
    clock.true += timedelta(seconds=120)
    assert (await desk.say(f"确认 {code}", STAFF)).startswith(DONE)


async def test_after_121_seconds_it_is_gone(desk: Desk, clock: Clocks) -> None:
    code = await previewed(desk)
    clock.true += timedelta(seconds=121)
    assert await desk.say(f"确认 {code}", STAFF) == nothing(code)
    clock.true -= timedelta(seconds=121)
    assert await desk.say(f"确认 {code}", STAFF) == nothing(code)
    assert await pushes(desk) == 0


async def test_rehearsed_time_does_not_age_it(desk: Desk, clock: Clocks) -> None:
    code = await previewed(desk)
    clock.move_to(NOW + timedelta(hours=2))
    assert (await desk.say(f"确认 {code}", STAFF)).startswith(DONE)


async def test_it_is_done_once(desk: Desk) -> None:
    code = await previewed(desk)
    assert (await desk.say(f"确认 {code}", STAFF)).startswith(DONE)
    assert await desk.say(f"确认 {code}", STAFF) == nothing(code)
    assert await pushes(desk) == 1


async def test_the_same_previewed_twice_is_done_once(desk: Desk) -> None:
    one, two = await previewed(desk), await previewed(desk)
    assert (await desk.say(f"确认 {two}", STAFF)).startswith(DONE)
    announced = "2026年第1次的这些项目已公告发放，没有重复公告。"
    assert await desk.say(f"确认 {one}", STAFF) == announced
    assert await pushes(desk) == 1


async def test_changed_content_is_not_done_and_its_code_is_used_up(desk: Desk) -> None:
    code = await previewed(desk, "发放 2026 第1次")
    other = await previewed(desk, user=COLLEAGUE)
    assert (await desk.say(f"确认 {other}", COLLEAGUE)).startswith(DONE)
    assert await desk.say(f"确认 {code}", STAFF) == CHANGED
    assert await desk.say(f"确认 {code}", STAFF) == nothing(code)


async def test_who_lost_the_right_meanwhile_confirms_nothing(desk: Desk) -> None:
    code = await previewed(desk)
    await set_role(desk, STAFF, Role.VIEWER)
    assert await desk.say(f"确认 {code}", STAFF) == FORBIDDEN
    assert await pushes(desk) == 0


@pytest.mark.parametrize("written", ["0000", "999999", "四位数", "12 34", "-1234"])
async def test_what_is_no_code(desk: Desk, written: str) -> None:
    assert (await desk.say(f"确认 {written}", STAFF)).startswith("没有等待您在这里确认的操作「")


FAR_REACHING = (
    "发放 2026 第1次 凝血",
    "改期 2026 第1次 凝血 3月30日 17:00",
    "催报 2026 第1次 凝血",
    "通知 明天下午系统维护",
    "开放申请 2027 2026-11-01 2026-11-30",
    "分配 申请1 0340777",
    "绑定码 全部",
    "授权 10001 查看",
)


@pytest.mark.parametrize("order", FAR_REACHING)
async def test_what_reaches_many_or_changes_rights_is_only_previewed(desk: Desk, order: str) -> None:
    await set_role(desk, STAFF, Role.ADMIN)
    before = await pushes(desk), await desk.db.read(lambda tx: tx.staff_list())
    assert "确认无误请回复：确认 " in await desk.say(order, STAFF)
    assert (await pushes(desk), await desk.db.read(lambda tx: tx.staff_list())) == before


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.ADMIN])
@pytest.mark.parametrize("group", ["", OFFICE], ids=["private", "staff group"])
async def test_anybody_on_the_staff_stops_all_sending_at_once(desk: Desk, role: Role, group: str) -> None:
    await set_role(desk, STAFF, role)
    assert (await desk.say("暂停推送", STAFF, group)).startswith("已暂停全部推送")
    assert await desk.db.read(lambda tx: tx.hold())
