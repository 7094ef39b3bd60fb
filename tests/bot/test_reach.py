"""投递 编号: whom a push reached: groups shown, labs by bound account and by card, 收到; and whom it did not."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from bot.channels import Sent
from bot.scheduler.matching import CardMatcher
from core.access import Account
from core.members.member import Member
from core.pushes.states import Outcome
from db.audit import audit_log
from db.members import group_member
from db.pushes import push
from db.unit import Database
from tests.bot.desk import EVERYTHING, GROUP, NOW, OFFICE, STAFF, STRANGER, VIEWER, Desk, table
from tests.bot.own import BASE, QINGCHUAN, YUNQI, bind
from tests.bot.test_deliverer import Line, Post

FIRST = Account("qq", GROUP)
A, B = "300400101", "300400102"
MEMBERS = [
    Member("300400601", "合肥演示晴川医院+张演示"),
    Member("300400602", "太和演示青禾卫生院 李演示", role="admin"),
    Member("300400603", "小马"),
    Member("300400604", "芜湖演示云栖医院+机器", role="robot"),
]


@pytest.fixture
async def post(db: Database) -> Post:
    return Post(await Desk(db).open(*BASE), Line())


async def send(post: Post, words: str) -> None:
    preview = await post.desk.say(words, STAFF)
    await post.desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF)
    await post.pass_time(seconds=5)


async def read_members(post: Post, members: list[Member] = MEMBERS) -> None:
    await post.desk.db.write(lambda tx: tx.write_members(FIRST, members, NOW))
    await CardMatcher(post.desk.db).once()


async def test_before_any_list_was_read_the_groups_members_are_not_known(post: Post) -> None:
    await send(post, "通知 明天停电")
    assert await post.desk.say("投递 26-0001", VIEWER) == (
        "【通知 26-0001】通知，3月20日（周五）09:00 起发\n"
        "· 26-0001-1 通知→一群：已送达\n"
        "· 26-0001-2 通知→办公室：已送达\n"
        "▍到达\n"
        "群：已显示 2/2\n"
        "参控单位 3 家：私聊送达 0 家，群里成员单位未知（成员名单还没有读到或核对）\n"
        "未绑定：3 家，群里有没有其名片未知\n"
        "名单请私聊发送「投递 26-0001 名单」"
    )


async def test_until_the_cards_were_matched_nobody_says_that_no_member_is_there(post: Post) -> None:
    """A list was read, but nobody's card was looked at yet."""
    await post.desk.db.write(lambda tx: tx.write_members(FIRST, MEMBERS, NOW))
    await send(post, "通知 明天停电")
    unknown = "群里成员单位未知（成员名单还没有读到或核对）\n未绑定：3 家，群里有没有其名片未知\n"
    assert unknown in await post.desk.say("投递 26-0001", VIEWER)
    assert (await post.desk.say("投递 26-0001 名单", VIEWER)).startswith(
        "【通知 26-0001】没有账号绑定的单位 3 家，见文件。\n"
        "群里有没有其名片未知：这些群的成员名单还没有读到或核对。"
    )
    sheet = openpyxl.load_workbook(io.BytesIO(post.desk.files[-1].content)).worksheets[0]
    assert {row[5] for row in sheet.iter_rows(min_row=2, values_only=True)} == {
        "没有账号绑定，群里有没有其名片未知"
    }
    await CardMatcher(post.desk.db).once()
    assert "群里有其成员 2 家" in await post.desk.say("投递 26-0001", VIEWER)
    await post.desk.db.write(lambda tx: tx.write_members(FIRST, MEMBERS, NOW.replace(hour=5)))
    assert unknown in await post.desk.say("投递 26-0001", VIEWER)  # a new list is not matched yet


async def test_before_the_roster_nothing_is_known_of_labs(db: Database) -> None:
    post = Post(await Desk(db).open(), Line())
    await send(post, "通知 明天停电")
    assert "单位：名录尚未导入，未知" in await post.desk.say("投递 26-0001", VIEWER)


async def test_labs_by_card_by_binding_and_by_neither(post: Post) -> None:
    await read_members(post)
    await send(post, "通知 明天停电")
    said = await post.desk.say("投递 26-0001", VIEWER)
    assert (
        "参控单位 3 家：私聊送达 0 家，群里有其成员 2 家（按群名片估计，截至 3月20日 09:00）\n"
        "两者都没有：1 家（未绑定，群里也没有其名片）\n"
    ) in said
    await bind(post.desk.db, B, YUNQI)
    assert "两者都没有" not in await post.desk.say("投递 26-0001", VIEWER)


async def test_a_group_where_it_was_not_shown_reaches_nobody(post: Post) -> None:
    await read_members(post)
    post.line.outcomes = [Sent(Outcome.REFUSED, "群聊不存在")]
    await send(post, "通知 明天停电")
    said = await post.desk.say("投递 26-0001", VIEWER)
    assert "群：已显示 1/2\n" in said
    assert "群里成员单位未知" in said


async def test_of_a_reminder_only_those_count_that_have_not_reported(post: Post) -> None:
    await read_members(post)
    await bind(post.desk.db, B, YUNQI)
    await post.pass_time(days=4, hours=8)
    said = await post.desk.say("投递 26-0001", VIEWER)
    assert (
        "▍到达\n群：已显示 2/2\n私聊：已送达 1/1 人\n"
        "未上报单位 2 家：私聊送达 1 家，群里有其成员 1 家（按群名片估计，截至 3月20日 09:00）"
    ) in said


async def test_reminders_that_went_along_in_another_were_shown(post: Post) -> None:
    """Both deadlines due at one moment: one message, two pushes."""
    rounds = table("rounds", "year n programme deadline", [2026, 1, "A02", "2026-03-27T09:00:30Z"])
    await post.desk.bring(rounds)
    await post.pass_time(minutes=1)
    await post.pass_time(hours=8)
    assert [target for target, text in post.line.sent if "上报提醒" in text].count(GROUP) == 1
    due = select(push.c.number).where(push.c.state == "out", push.c.kind == "deadline.reminder")
    numbers = [row.number for row in await post.desk.db.read(lambda tx: tx._all(due))]
    assert len(numbers) == 2
    for number in numbers:
        assert "群：已显示 2/2\n" in await post.desk.say(f"投递 26-{number:04d}", VIEWER)


async def test_received_is_counted_by_lab_where_it_is_known(post: Post) -> None:
    await read_members(post)
    await bind(post.desk.db, A, QINGCHUAN)
    await send(post, "通知 明天停电")
    for user in (A, "300400601", "300400602", "300400603"):
        await post.desk.say("收到", user, GROUP, quoted_marks=(("26-0001-1", 1),))
    assert (await post.desk.say("投递 26-0001", VIEWER)).endswith("\n收到：4 人（约 2 家）")


async def test_the_names_go_to_staff_in_private_as_a_file_and_into_the_log(post: Post) -> None:
    await read_members(post)
    await send(post, "通知 明天停电")
    said = await post.desk.say("投递 26-0001 名单", VIEWER)
    assert said.startswith(
        "【通知 26-0001】未触达的单位 1 家（没有账号绑定，群里也没有其名片），见文件。\n"
        "群名片截至 3月20日 09:00，按名片估计。"
    )
    [file] = post.desk.files
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0]
    assert file.name == "未触达单位-26-0001.xlsx"
    assert [row for row in sheet.iter_rows(values_only=True)] == [
        ("地市", "县区", "单位名称", "联系人", "电话", "原因"),
        (None, None, "芜湖演示云栖医院", None, None, "没有账号绑定，群里没有其名片"),
    ]
    logged = select(audit_log).where(audit_log.c.action == "pushes.unreached")
    rows = await post.desk.db.read(lambda tx: tx._all(logged))
    assert [(row.actor, row.subject, row.detail) for row in rows] == [
        (f"qq:{VIEWER}", "push:26-0001", {"labs": 1})
    ]


async def test_the_staff_group_gets_counts_only(post: Post) -> None:
    await send(post, "通知 明天停电")
    assert await post.desk.say("投递 26-0001 名单", VIEWER, OFFICE) == (
        "单位名单只在私聊中发送。请私聊我再发送一次。"
    )
    assert "医院" not in await post.desk.say("投递 26-0001", VIEWER, OFFICE)
    assert await post.desk.say("投递 26-0001 名单", STRANGER) == (
        "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
    )


async def test_one_delivery_shows_its_attempts_and_its_text_without_the_mark(post: Post) -> None:
    post.line.outcomes = [Sent(Outcome.NOT_SENT, "1200 result 120")]
    await send(post, "通知 @一群 明天停电")
    await post.pass_time(seconds=40)
    said = await post.desk.say("投递 26-0001-1", VIEWER)
    assert said == (
        "【通知 26-0001】通知，3月20日（周五）09:00 起发\n"
        "· 26-0001-1 通知→一群：已送达\n"
        "▍尝试\n"
        "· 3月20日 09:00 第1条：确定没有发出（1200 result 120）\n"
        "· 3月20日 09:00 第1条：平台已接受\n"
        "——\n"
        "明天停电"
    )


async def test_what_is_planned_has_no_whereabouts_yet(post: Post) -> None:
    await post.tick.once()
    number = (await post.desk.db.read(lambda tx: tx._one(select(push.c.number).order_by(push.c.due_at)))).number
    assert await post.desk.say(f"投递 26-{number:04d}", VIEWER) == (
        f"通知 26-{number:04d} 定于 3月20日（周五）17:00 发出，还没有发。发送「预告」查看将要发出的。"
    )


# -- cards


async def labs_of(db: Database) -> dict[str, int | None]:
    query = select(group_member.c.account, group_member.c.lab_id)
    return {row.account: row.lab_id for row in await db.read(lambda tx: tx._all(query))}


async def test_a_card_is_matched_again_when_the_list_or_the_roster_changes(db: Database) -> None:
    desk = await Desk(db).open()
    matcher = CardMatcher(db)
    await db.write(lambda tx: tx.write_members(FIRST, MEMBERS, NOW))
    await matcher.once()
    assert set((await labs_of(db)).values()) == {None}
    await desk.bring(*EVERYTHING)
    await matcher.once()
    first = await labs_of(db)
    assert first["300400601"]
    assert first["300400602"]  # an admin of the group works in a lab, too
    assert (first["300400603"], first["300400604"]) == (None, None)
    moved = [Member("300400601", "芜湖演示云栖医院+张演示"), *MEMBERS[1:]]
    later = NOW.replace(hour=5)
    await db.write(lambda tx: tx.write_members(FIRST, moved, later))
    await matcher.once()
    assert (await labs_of(db))["300400601"] not in (None, first["300400601"])


async def test_a_name_that_two_labs_bear_counts_for_neither(db: Database) -> None:
    desk = await Desk(db).open()
    same = ["0340201", "演示仁爱医院", "合肥市"], ["0340202", "演示仁爱医院", "六安市"]
    await desk.bring(table("labs", "code name city", *same))
    await db.write(lambda tx: tx.write_members(FIRST, [Member("1", "演示仁爱医院+张演示")], NOW))
    await CardMatcher(db).once()
    assert await labs_of(db) == {"1": None}
