"""授权, 同意, 不同意: what one member of staff confirmed waits for a second."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.dispatcher import OPERATOR
from bot.scheduler.expiring import expire_agreements
from bot.settings import load
from bot.texts import say_error
from core.access import Account, Role
from core.access.roles import change_role_here
from db.audit import audit_log
from db.unit import Database
from tests.bot.desk import CENTRE, GROUP, NOW, OFFICE, STAFF, STRANGER, VIEWER, Desk
from tests.bot.returns import confirmed
from tests.bot.test_claims import sent
from tests.bot.test_deliverer import Line, Post
from tests.bot.test_digest import FRIDAY, tick
from tests.cast import at, refusal

ADMIN, NEW = "300400003", "300400700"
ASK = f"授权 qq:{NEW} 操作"
DONE = "已将 QQ {} 的角色由「无」改为「操作」，将私聊告诉对方。"
ASKED = (
    "已登记为 1 号，等另一位工作人员私聊我发送「同意 1」。3月23日（周一）09:00 前有效，结果将私聊告诉您。\n"
    "要撤回请发送：不同意 1"
)
VOID = "1 号提出之后内容有变化，或提出人已没有这项权限，没有执行，不再有效。需要的请重新发送原命令。"
DECIDED = "1 号已处理过，不能再决定。请发送「待办」查看其余的。"
FORBIDDEN = "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"


async def opened(db: Database, tmp_path: Path, second_person: bool = True) -> Post:
    changed = {"data_dir": tmp_path, "second_person": second_person}
    desk = await Desk(db, load(None).model_copy(update=changed)).open()
    await set_role(desk, ADMIN, Role.ADMIN)
    return Post(desk, Line())


@pytest.fixture
async def post(db: Database, tmp_path: Path) -> Post:
    return await opened(db, tmp_path)


@pytest.fixture
async def desk(post: Post) -> Desk:
    return post.desk


async def set_role(desk: Desk, user: str, role: Role) -> None:
    await desk.db.write(lambda tx: tx.set_staff(Account("qq", user), role, NOW, CENTRE))


async def role_of(desk: Desk, user: str) -> Role:
    return (await desk.db.read(lambda tx: tx.principal(Account("qq", user)))).role


WAITS = {"role": ["none", "operator"]}


async def told(desk: Desk) -> list[tuple[str, str, str, Any]]:
    """(who, action, about whom, what) of all rows about agreements and roles, since staff were set up."""
    query = select(audit_log).where(audit_log.c.action.like("access.%"), audit_log.c.actor != "cli:test")
    rows = await desk.db.read(lambda tx: tx._all(query.order_by(audit_log.c.id)))
    return [(row.actor.removeprefix("qq:"), row.action, row.account, row.detail) for row in rows]


async def log(desk: Desk) -> list[tuple[str, str, str]]:
    """(who, action, subject) since staff were set up."""
    query = "SELECT actor, action, subject FROM audit_log WHERE actor <> 'cli:test' ORDER BY id"
    rows = await desk.db.read(lambda tx: tx._all(text(query)))
    return [(row.actor.removeprefix("qq:"), row.action, row.subject) for row in rows]


async def test_a_role_is_changed_when_a_second_person_agrees(post: Post) -> None:
    desk = post.desk
    preview = await desk.say(ASK, ADMIN)
    code = preview.rsplit("回复：确认 ", 1)[1][:4]
    assert preview == (
        "【预览：授权】\n账号：QQ 300400700\n角色：无 → 操作\n将私聊告诉对方。\n"
        f"确认无误请回复：确认 {code}（120 秒内有效，不回复则不执行）\n"
        "确认之后还要另一位工作人员同意才执行。"
    )
    assert await desk.say(f"确认 {code}", ADMIN) == ASKED
    assert await role_of(desk, NEW) is Role.NONE
    assert await sent(post, OFFICE) == [
        "【工作提醒】1 号等另一位工作人员同意：QQ 300****00 的角色由「无」改为「操作」。\n"
        "同意请私聊我发送「同意 1」（私聊显示完整号码，供核对），不同意请发送「不同意 1 原因」，"
        "3月23日（周一）09:00 前有效。"
    ]
    preview = await desk.say("同意 1", STAFF)
    code = preview.rsplit("回复：确认 ", 1)[1][:4]
    assert preview == (
        "【预览：同意 1 号】QQ 300400003 3月20日 09:00 提出\n"
        "【预览：授权】\n账号：QQ 300400700\n角色：无 → 操作\n将私聊告诉对方。\n"
        f"确认无误请回复：确认 {code}（120 秒内有效，不回复则不执行）"
    )
    assert await role_of(desk, NEW) is Role.NONE
    assert await desk.say(f"确认 {code}", STAFF) == f"已同意 1 号。\n{DONE.format(NEW)}"
    assert await role_of(desk, NEW) is Role.OPERATOR
    assert await sent(post, ADMIN) == [
        "【1 号】您提出的「QQ 300****00 的角色由「无」改为「操作」」已由另一位工作人员同意，已经执行。"
    ]
    assert await log(desk) == [
        (ADMIN, "access.ask", "agreement:1"),
        (STAFF, "access.agree", "agreement:1"),
        (ADMIN, "access.staff", "staff"),
    ]
    assert [row[2:] for row in await told(desk)] == [(f"qq:{NEW}", WAITS)] * 3
    page = await desk.say("审计", ADMIN)
    for done in (
        "300****03 提交操作，等另一人同意：操作 1 号",
        "300****01 同意另一人的操作：操作 1 号",
        "300****03 设置工作人员",
    ):
        assert f"QQ {done}（QQ 300****00），无 → 操作\n" in page


async def test_the_list_read_in_private_is_logged(desk: Desk) -> None:
    await desk.say("授权", ADMIN, OFFICE)
    assert await log(desk) == []
    await desk.say("授权", ADMIN)
    assert await log(desk) == [(ADMIN, "access.staff_list", "staff")]


async def test_whose_role_it_is_is_told(post: Post) -> None:
    await confirmed(post.desk, ASK, ADMIN)
    assert await sent(post, NEW) == []
    await confirmed(post.desk, "同意 1", STAFF)
    assert await sent(post, NEW) == [
        "【角色变更】您的工作人员角色已由「无」改为「操作」。发送「帮助」查看可用的命令。"
        "如有疑问请致电 0551-62283619。"
    ]
    await confirmed(post.desk, f"授权 {NEW} 无", ADMIN)
    assert (await confirmed(post.desk, "同意 2号", STAFF)).endswith("由「操作」改为「无」，将私聊告诉对方。")
    assert await role_of(post.desk, NEW) is Role.NONE
    assert await sent(post, NEW) == [
        "【角色变更】您的工作人员角色已由「操作」改为「无」。如有疑问请致电 0551-62283619。"
    ]


async def test_in_the_staff_group_numbers_are_masked(desk: Desk) -> None:
    await confirmed(desk, ASK, ADMIN, OFFICE)
    assert await desk.say("同意 1", STAFF, OFFICE) == (
        "请私聊我发送「同意 1」：私聊里显示完整号码，核对后再同意。不同意的可在这里发送：不同意 1"
    )
    assert "账号：QQ 300400700\n" in await desk.say("同意 1", STAFF)
    assert await confirmed(desk, "同意1", STAFF) == f"已同意 1 号。\n{DONE.format(NEW)}"
    assert await desk.say("授权", ADMIN, OFFICE) == (
        "【工作人员】4 人\n· 管理：QQ 300****03\n· 操作：QQ 300****01\n· 操作：QQ 300****00\n"
        "· 查看：QQ 300****02\n"
        "改角色请发送「授权 账号 角色」，例如：授权 qq:10001 操作。角色有查看、操作、管理，写「无」为取消。"
    )
    assert "· 操作：QQ 300400700\n" in await desk.say("授权", ADMIN)
    assert (await desk.say(f"授权 {NEW}", ADMIN)).startswith("QQ 300400700 目前的角色是「操作」。\n")
    assert (await desk.say(f"授权 {STRANGER}", ADMIN, OFFICE)).startswith("QQ 300****99 目前不是工作人员。\n")


async def test_what_waits_stands_in_the_todo(desk: Desk) -> None:
    await confirmed(desk, ASK, ADMIN)
    about = "▍等第二位工作人员同意 1 件\n· 1号 QQ 300****00 的角色由「无」改为「操作」"
    assert await desk.say("待办", STAFF, OFFICE) == (
        f"【待办】\n{about}（QQ 300****03 3月20日 09:00 提出）\n处理：私聊发送 同意 1，或 不同意 1 原因"
    )
    assert await desk.say("待办", ADMIN) == (
        f"【待办】\n{about}（您提出，等别人同意）\n处理：要撤回请发送 不同意 1"
    )
    await confirmed(desk, "同意 1", STAFF)
    assert await desk.say("待办", STAFF) == "【待办】目前没有等您处理的事。"


async def test_the_alarm_is_not_sent_once_it_is_decided(post: Post) -> None:
    await confirmed(post.desk, ASK, ADMIN)
    await confirmed(post.desk, "同意 1", STAFF)
    assert await sent(post, OFFICE) == []


async def test_who_may_not_agree(desk: Desk) -> None:
    await confirmed(desk, ASK, ADMIN)
    own = "1 号是您自己提出的，要由另一位工作人员同意。要撤回请发送：不同意 1"
    assert await desk.say("同意 1", ADMIN) == own
    assert await desk.say("同意 1", ADMIN, OFFICE) == own
    assert await desk.say("同意 1", VIEWER) == FORBIDDEN
    assert await desk.say("同意 1", STRANGER) == FORBIDDEN
    assert await desk.say("同意 1", NEW) == FORBIDDEN
    assert await desk.say("同意 1", STAFF, GROUP) == ""
    assert await role_of(desk, NEW) is Role.NONE


async def test_what_cannot_be_agreed_to(desk: Desk) -> None:
    await confirmed(desk, ASK, ADMIN)
    assert await desk.say("同意 2", STAFF) == "没有等人同意的 2 号操作。请发送「待办」查看。"
    assert await desk.say("同意 三", STAFF) == "没有看懂要决定的是几号。请发送「待办」查看，再这样写：同意 3"
    assert await desk.say("同意 1 吧", STAFF) == "不明白「吧」。请这样写：同意 3"
    assert await desk.say("同意", STAFF) == "还缺内容。请这样写：同意 3"


async def test_after_72_hours_it_is_too_late(post: Post) -> None:
    await confirmed(post.desk, ASK, ADMIN)
    await post.pass_time(hours=71, minutes=59)
    assert (await post.desk.say("同意 1", STAFF)).startswith("【预览：同意 1 号】")
    await post.pass_time(minutes=1)
    late = "1 号已于 3月23日（周一）09:00 过期，没有执行。需要的请提出人重新发送原命令。"
    for said in ("同意 1", "不同意 1"):
        assert await post.desk.say(said, STAFF) == late
    await expire_agreements(post.desk.db, post.desk.clock)
    await expire_agreements(post.desk.db, post.desk.clock)
    assert await sent(post, ADMIN) == [
        "【1 号】您提出的「QQ 300****00 的角色由「无」改为「操作」」过期前没有得到另一位工作人员的同意，没有执行，"
        "已作废。需要的请重新发送原命令。"
    ]
    assert await post.desk.say("同意 1", STAFF) == late
    assert await told(post.desk) == [
        (ADMIN, "access.ask", f"qq:{NEW}", WAITS),
        ("machine:local", "access.expire", f"qq:{NEW}", WAITS),
    ]
    assert await post.desk.say("待办", STAFF) == "【待办】目前没有等您处理的事。"


async def test_another_declines(post: Post) -> None:
    await confirmed(post.desk, ASK, ADMIN)
    assert await post.desk.say("不同意 1 不认识此人", STAFF, OFFICE) == (
        "已登记不同意 1 号，不会执行，将私聊告诉提出人。"
    )
    assert await sent(post, ADMIN) == [
        "【1 号】您提出的「QQ 300****00 的角色由「无」改为「操作」」未获同意，没有执行。原因：不认识此人。"
    ]
    for said in ("同意 1", "不同意 1"):
        assert await post.desk.say(said, STAFF) == DECIDED
    assert (await log(post.desk))[-1] == (STAFF, "access.decline", "agreement:1")
    assert (await told(post.desk))[-1] == (STAFF, "access.decline", f"qq:{NEW}", WAITS)


async def test_the_asker_withdraws(post: Post) -> None:
    await confirmed(post.desk, ASK, ADMIN)
    assert await post.desk.say("不同意 1", ADMIN) == "已撤回 1 号，不会执行。"
    assert await post.desk.say("同意 1", STAFF) == DECIDED
    assert await sent(post, ADMIN, OFFICE) == []
    assert (await log(post.desk))[-1] == (ADMIN, "access.withdraw", "agreement:1")
    assert (await told(post.desk))[-1] == (ADMIN, "access.withdraw", f"qq:{NEW}", WAITS)


async def test_what_has_changed_meanwhile_is_void(post: Post) -> None:
    await confirmed(post.desk, ASK, ADMIN)
    await set_role(post.desk, NEW, Role.VIEWER)
    assert await post.desk.say("同意 1", STAFF) == VOID
    assert await post.desk.say("同意 1", STAFF) == DECIDED
    assert await role_of(post.desk, NEW) is Role.VIEWER
    assert (await told(post.desk))[-1] == (STAFF, "access.void", f"qq:{NEW}", WAITS)
    assert await sent(post, ADMIN) == [
        "【1 号】您提出的「QQ 300****00 的角色由「无」改为「操作」」在提出之后情况有变化，没有执行，已作废。"
        "需要的请重新发送原命令。"
    ]


async def test_what_changes_between_preview_and_confirmation_is_not_done(desk: Desk) -> None:
    await confirmed(desk, ASK, ADMIN)
    code = (await desk.say("同意 1", STAFF)).rsplit("回复：确认 ", 1)[1][:4]
    await set_role(desk, NEW, Role.OPERATOR)
    assert await desk.say(f"确认 {code}", STAFF) == VOID


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER])
async def test_whoever_asked_needs_the_right_still(desk: Desk, role: Role) -> None:
    await confirmed(desk, ASK, ADMIN)
    await set_role(desk, ADMIN, role)
    assert await desk.say("同意 1", STAFF) == VOID
    assert await role_of(desk, NEW) is Role.NONE


async def test_whoever_agrees_needs_the_right_still(desk: Desk) -> None:
    await confirmed(desk, ASK, ADMIN)
    code = (await desk.say("同意 1", STAFF)).rsplit("回复：确认 ", 1)[1][:4]
    await set_role(desk, STAFF, Role.VIEWER)
    assert await desk.say(f"确认 {code}", STAFF) == FORBIDDEN
    assert await role_of(desk, NEW) is Role.NONE


async def test_two_who_agree_at_once(desk: Desk) -> None:
    """It is done once, and the other is told."""
    other = "300400004"
    await set_role(desk, other, Role.OPERATOR)
    await confirmed(desk, ASK, ADMIN)
    codes = {who: (await desk.say("同意 1", who)).rsplit("回复：确认 ", 1)[1][:4] for who in (STAFF, other)}
    said = await asyncio.gather(*(desk.say(f"确认 {code}", who) for who, code in codes.items()))
    assert sorted(said) == sorted([DECIDED, f"已同意 1 号。\n{DONE.format(NEW)}"])
    assert [row[1] for row in await log(desk)].count("access.staff") == 1


async def test_asked_twice_it_waits_once(post: Post) -> None:
    for _ in range(2):
        assert await confirmed(post.desk, ASK, ADMIN) == ASKED
    assert len(await sent(post, OFFICE)) == 1


async def test_roles_that_cannot_be_given(desk: Desk) -> None:
    own = "不能改自己的角色，没有更改。请另一位管理人员来改，或在运行机器人的电脑上用 eqabot staff。"
    assert await desk.say(f"授权 {ADMIN} 无", ADMIN) == own
    same = "该账号的角色已经是「操作」，没有更改。发送「授权」查看全部工作人员。"
    assert await desk.say(f"授权 {STAFF} 操作", ADMIN) == same
    form = "没有看懂账号或角色，没有更改。请这样写：授权 qq:10001 操作（角色有查看、操作、管理，写「无」为取消）"
    for words in ("1 操作", "10001 老板", "操作"):
        assert await desk.say(f"授权 {words}", ADMIN) == form
    assert await desk.say(ASK, STAFF) == FORBIDDEN
    assert await desk.say(ASK, ADMIN, GROUP) == ""


async def test_without_a_second_person_nothing_is_taken_down(desk: Desk) -> None:
    await set_role(desk, STAFF, Role.VIEWER)
    assert await confirmed(desk, ASK, ADMIN) == (
        "这项操作要另一位工作人员同意，但目前没有别的操作或管理人员，没有登记。"
        "请在运行机器人的电脑上用 eqabot staff add 添加一位；"
        "中心只有一人的，把 EQABOT_SECOND_PERSON 设为 false 后重启。"
    )
    assert await desk.say("待办", ADMIN) == "【待办】目前没有等您处理的事。"


async def test_a_centre_of_one_person_confirms_alone(db: Database, tmp_path: Path) -> None:
    desk = (await opened(db, tmp_path, second_person=False)).desk
    assert "另一位" not in await desk.say(ASK, ADMIN)
    assert await confirmed(desk, ASK, ADMIN) == DONE.format(NEW)
    assert await role_of(desk, NEW) is Role.OPERATOR
    assert await log(desk) == [(ADMIN, "access.staff", "staff")]


async def test_colleagues_who_agree_with_each_other_are_not_answered(desk: Desk) -> None:
    for said in ("同意", "同意！", "不同意", "同意 我也这么想", "不同意 太早了", "同意楼上", "同意吗"):
        for user in (STAFF, VIEWER, STRANGER):
            assert await desk.say(said, user, OFFICE) == "", said
    unknown = "没有等人同意的 1 号操作。请发送「待办」查看。"
    for said in ("同意 1", "同意1", "同意：1号。", "不同意 1 太早了", "/同意 1"):
        assert await desk.say(said, STAFF, OFFICE) == unknown, said


ALARM = (
    "【工作提醒】3月20日（周五）09:00 在运行机器人的电脑上，QQ {} 的角色由「{}」改为「{}」。\n"
    "不知情的请管理人员发送「授权」「审计」核对。"
)


async def here(desk: Desk, user: str, role: Role, force: bool = False) -> None:
    account = Account("qq", user)
    await desk.db.write(lambda tx: change_role_here(tx, OPERATOR, account, role, NOW, "0551-62283619", force))


async def test_what_is_done_at_the_machine_is_told(post: Post) -> None:
    """To the staff groups and to whose role it is; nothing happens and nobody hears if nothing changes."""
    await here(post.desk, NEW, Role.ADMIN)
    await here(post.desk, NEW, Role.ADMIN)
    assert await sent(post, OFFICE, NEW) == [
        ALARM.format("300****00", "无", "管理"),
        "【角色变更】您的工作人员角色已由「无」改为「管理」。发送「帮助」查看可用的命令。"
        "如有疑问请致电 0551-62283619。",
    ]
    await here(post.desk, ADMIN, Role.NONE)
    assert await sent(post, OFFICE) == [ALARM.format("300****03", "管理", "无")]
    assert await told(post.desk) == [
        ("cli:local", "access.staff", f"qq:{NEW}", {"role": ["none", "admin"]}),
        ("cli:local", "access.staff", f"qq:{ADMIN}", {"role": ["admin", "none"]}),
    ]


async def test_the_last_administrator_is_taken_only_by_force(desk: Desk) -> None:
    for role in (Role.NONE, Role.VIEWER):
        refused = await refusal(here(desk, ADMIN, role))
        assert say_error(refused) == (
            "qq:300400003 是最后一位管理人员，没有更改。请先添加另一位管理人员："
            "eqabot staff add qq:号码 --role admin；确实不再需要管理人员的，加上 --force。"
        )
    assert await role_of(desk, ADMIN) is Role.ADMIN
    await here(desk, ADMIN, Role.NONE, force=True)
    assert await role_of(desk, ADMIN) is Role.NONE


async def test_who_is_first_is_told_nothing(db: Database) -> None:
    desk = Desk(db)
    await here(desk, NEW, Role.ADMIN)
    assert await role_of(desk, NEW) is Role.ADMIN
    assert (await db.read(lambda tx: tx._one(text("SELECT count(*) FROM push"))))[0] == 0


async def test_the_digest_counts_what_waits(db: Database) -> None:
    desk = await Desk(db).open()
    await set_role(desk, ADMIN, Role.ADMIN)
    desk.clock.at = at("2026-03-19 16:00")
    await confirmed(desk, ASK, ADMIN)
    await tick(db, FRIDAY)
    digest = next(one.text for one in await tick(db, NOW) if one.text.startswith("【每日提要】"))
    assert "\n▍待办：1 件等第二人同意。发送「待办」处理\n" in digest
