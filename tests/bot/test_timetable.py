"""What goes out next, before it goes: 预告, 跳过, 推迟; and all of it stopped: 暂停推送, 恢复推送."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.calendar import QuietHours
from core.pushes.hold import Hold
from core.pushes.models import Kind, Planned, PushState, Target, Timed
from core.pushes.states import State
from core.pushes.timetable import parse_moment
from db.audit import audit_log
from db.unit import Database
from tests.bot.desk import EVERYTHING, GROUP, NOW, OFFICE, STAFF, VIEWER, Desk
from tests.cast import at
from tests.db import post

ONE = "3月20日（周五）17:00 26-0001 上报提醒（2026年第1次，3月27日（周五）17:00 截止，提前7天）"
TWO = "3月24日（周二）17:00 26-0002 上报提醒（2026年第1次，3月27日（周五）17:00 截止，提前3天）"
THREE = "3月26日（周四）17:00 26-0003 上报提醒（2026年第1次，3月27日（周五）17:00 截止，提前1天）"


@pytest.fixture
async def desk(db: Database) -> Desk:
    """A Friday, 9:00; a deadline is a week away, another two."""
    desk = await Desk(db).open(*EVERYTHING)
    await post.plan(db, NOW)
    return desk


async def do(desk: Desk, text: str, user: str = STAFF) -> tuple[str, str]:
    """(preview, outcome)"""
    preview = await desk.say(text, user)
    code = re.search(r"确认 \d{4}", preview)
    assert code, preview
    return preview.rpartition("\n")[0], await desk.say(code[0], user)


async def state_of(db: Database, reference: str) -> PushState:
    return (await post.timetable(db))[reference]


async def audited(db: Database) -> list[tuple[str, str]]:
    rows = await db.read(
        lambda tx: tx._all(select(audit_log.c.action, audit_log.c.subject).order_by(audit_log.c.id))
    )
    return [(row.action, row.subject) for row in rows if row.action.startswith("pushes.")]


class TestAhead:
    async def test_it_says_when_what_and_to_whom(self, desk: Desk) -> None:
        assert await desk.say("预告 6", VIEWER) == (
            "【预告】6 天内（至 3月26日（周四）09:00）计划发出 2 条\n"
            f"· {ONE}→2 个群；2 个项目未报齐\n"
            f"· {TWO}→2 个群及未上报的已绑定单位；2 个项目未报齐\n"
            "调整：跳过 编号，或 推迟 编号 时间"
        )

    async def test_seven_days_unless_said_otherwise_and_thirty_at_most(self, desk: Desk) -> None:
        assert (await desk.say("预告", VIEWER)).startswith(
            "【预告】7 天内（至 3月27日（周五）09:00）计划发出 3 条\n"
        )
        assert (await desk.say("预告 30天", VIEWER)).startswith(
            "【预告】30 天内（至 4月19日（周日）09:00）计划发出 8 条"
        )
        wrong = "不是天数，应为 1 到 30，例如：预告 7。"
        assert await desk.say("预告 31", VIEWER) == f"「31」{wrong}"
        assert await desk.say("预告 一周", VIEWER) == f"「一周」{wrong}"

    async def test_nothing_planned(self, db: Database) -> None:
        desk = await Desk(db).open()
        assert await desk.say("预告", VIEWER) == "【预告】7 天内（至 3月27日（周五）09:00）没有计划发出的推送"

    async def test_it_fits_a_telephone(self, desk: Desk, db: Database) -> None:
        many = [post.notice(str(n), NOW + timedelta(hours=1, minutes=n)) for n in range(20)]
        await post.write(db, *many, now=NOW)
        said = await desk.say("预告 30", VIEWER)
        assert said.count("\n· ") == 15
        assert "\n其余 13 条\n" in said
        assert len(said) <= 1500

    async def test_what_waits_for_the_end_of_the_quiet_hours(self, desk: Desk, db: Database) -> None:
        desk.clock.move_to(at("2026-03-20 22:00"))
        await post.write(db, post.notice(due=desk.clock.now()), now=desk.clock.now())
        assert (
            "\n▍已到时间、等待发送 2 条（群 2），静默时段到 3月21日（周六）08:00 结束\n"
            "· 26-0009 编码分配 2 条\n"
            "不让它发：撤回 26-0009\n"
        ) in await desk.say("预告", VIEWER)

    async def test_what_waits_is_called_back_not_skipped(self, desk: Desk, db: Database) -> None:
        desk.clock.move_to(at("2026-03-20 22:00"))
        await post.write(db, post.notice(due=desk.clock.now()), now=desk.clock.now())
        waits = (
            "通知 26-0009 已到时间，2 条等待到 3月21日（周六）08:00 发送，没有改动。不让它发请发送：撤回 26-0009"
        )
        assert await desk.say("跳过 26-0009", STAFF) == waits
        assert await desk.say("推迟 26-0009 明天 9:00", STAFF) == waits
        assert "撤回" in (await do(desk, "撤回 26-0009"))[1]
        assert await post.take(db, at("2026-03-21 08:00")) is None

    async def test_to_one_person_and_to_no_group(self, desk: Desk, db: Database) -> None:
        later = NOW + timedelta(hours=1)
        told = (Target("qq", "private", "300400500"),)
        await post.write(
            db, Planned(Kind.DECIDED, "d", later, later + timedelta(days=1), {}, False, told), now=NOW
        )
        assert re.search(r"· 3月20日（周五）10:00 26-\d{6} 申请结果→1 人\n", await desk.say("预告", VIEWER))

    async def test_staff_only(self, desk: Desk) -> None:
        assert (
            await desk.say("预告", "300400999") == "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
        )
        assert await desk.say("预告", STAFF, GROUP) == ""
        assert (await desk.say("预告", STAFF, OFFICE)).startswith("【预告】7 天内")


class TestSkip:
    async def test_it_does_not_go_out(self, desk: Desk, db: Database) -> None:
        what = ONE.removeprefix("3月20日（周五）17:00 ")
        assert await do(desk, "跳过 26-0001") == (
            f"【预览：跳过】{what}\n原定 3月20日（周五）17:00 发出，将不再发出。",
            "已跳过，通知 26-0001 不会发出。要改回，发送「跳过 26-0001 取消」。",
        )
        assert f"· {ONE}【已跳过】\n" in await desk.say("预告", VIEWER)
        after = NOW + timedelta(hours=9)
        await post.plan(db, after)  # the planner leaves it alone
        await post.turn(db, after)
        assert await post.states(db) == {}
        assert await audited(db) == [("pushes.timetable", "push:26-0001")]

    async def test_it_is_taken_back(self, desk: Desk, db: Database) -> None:
        await do(desk, "跳过 26-0001")
        assert (await do(desk, "跳过 26-0001 取消"))[
            1
        ] == "已取消跳过，通知 26-0001 将在 3月20日（周五）17:00 发出。"
        assert await state_of(db, "26-0001") is PushState.PLANNED

    async def test_taken_back_after_its_time_it_goes_at_once(self, desk: Desk) -> None:
        await do(desk, "跳过 26-0001")
        desk.clock.move_to(at("2026-03-20 18:00"))
        preview, done = await do(desk, "跳过 26-0001 取消")
        assert preview.endswith("\n原定 3月20日（周五）17:00，将立即发出。")
        assert done == "已取消跳过，通知 26-0001 将立即发出。"
        await do(desk, "跳过 26-0001")
        desk.clock.move_to(at("2026-03-20 22:00"))
        assert (await desk.say("跳过 26-0001 取消", STAFF)).split("\n")[1] == (
            "原定 3月20日（周五）17:00，将在 3月21日（周六）08:00 发出。"
        )
        desk.clock.move_to(at("2026-03-24 17:00"))
        assert await desk.say("跳过 26-0001 取消", STAFF) == "通知 26-0001 已过有效时间，不再补发。"

    async def test_what_rests_on_nothing_any_more_is_not_shown_and_not_taken_back(
        self, desk: Desk, db: Database
    ) -> None:
        await do(desk, "跳过 26-0001")
        await do(desk, "改期 2026 第1次 凝血 糖化 4月10日 17:00")
        await post.plan(db, NOW)
        assert "26-0001" not in await desk.say("预告 30", VIEWER)
        assert await desk.say("跳过 26-0001 取消", STAFF) == (
            "通知 26-0001 已因改期或取消撤下，不会再发，没有改动。发送「预告」查看将要发出的。"
        )
        await do(desk, "改期 2026 第1次 凝血 糖化 3月27日 17:00")
        await post.plan(db, NOW)
        assert f"· {ONE}【已跳过】\n" in await desk.say("预告", VIEWER)  # moved back, it stays skipped
        assert (await do(desk, "跳过 26-0001 取消"))[1] == (
            "已取消跳过，通知 26-0001 将在 3月20日（周五）17:00 发出。"
        )

    async def test_what_is_out_can_not_be_skipped(self, desk: Desk, db: Database) -> None:
        await post.turn(db, NOW + timedelta(hours=9))
        while await post.take(db, NOW + timedelta(hours=9)):
            pass
        out = "已经发出或正在发送，没有改动。发送「投递 26-0001」或「预告」查看。"
        assert await desk.say("跳过 26-0001", STAFF) == f"通知 26-0001 {out}"
        assert await desk.say("推迟 26-0001 明天 9:00", STAFF) == f"通知 26-0001 {out}"

    async def test_gone_out_between_preview_and_confirmation(self, desk: Desk, db: Database) -> None:
        preview = await desk.say("跳过 26-0001", STAFF)
        await post.turn(db, NOW + timedelta(hours=9))
        code = re.search(r"确认 \d{4}", preview)
        assert code
        desk.clock.move_to(NOW + timedelta(hours=9))
        while await post.take(db, NOW + timedelta(hours=9)):
            pass
        assert (await desk.say(code[0], STAFF)).startswith("通知 26-0001 已经发出或正在发送，没有改动。")
        assert await audited(db) == []

    async def test_the_write_itself_is_conditional(self, desk: Desk, db: Database) -> None:
        found = await db.read(lambda tx: tx.timed(2026, 1))
        assert isinstance(found, Timed)
        old, new, due = PushState.SKIPPED, PushState.PLANNED, found.due_at
        assert not await db.write(lambda tx: tx.set_push(found.push.id, old, new, due))

    async def test_words_that_name_no_planned_push(self, desk: Desk) -> None:
        assert await desk.say("跳过 26-0001-2", STAFF) == (
            "请写整条通知的编号 26-0001，跳过和改时间对所有群一起生效。"
        )
        assert await desk.say("跳过 26-0900", STAFF) == "没有通知 26-0900。发送「投递」查看最近的通知。"
        assert (await desk.say("跳过 明天", STAFF)).startswith("「明天」不是通知编号")
        assert (await desk.say("跳过 26-0001 取消", STAFF)).startswith(
            "通知 26-0001 仍在计划中，没有跳过，没有改动。"
        )
        await do(desk, "跳过 26-0001")
        assert (await desk.say("跳过 26-0001", STAFF)).startswith("通知 26-0001 已经跳过，没有改动。")

    async def test_not_by_those_who_only_look(self, desk: Desk) -> None:
        for text in ("跳过 26-0001", "推迟 26-0001 明天 9:00"):
            assert "需要相应的工作人员权限" in await desk.say(text, VIEWER)


class TestMove:
    async def test_it_goes_at_the_new_time(self, desk: Desk, db: Database) -> None:
        what = ONE.removeprefix("3月20日（周五）17:00 ")
        assert await do(desk, "推迟 26-0001 明天 9:00") == (
            f"【预览：推迟】{what}\n3月20日（周五）17:00 → 3月21日（周六）09:00",
            "通知 26-0001 已推迟到 3月21日（周六）09:00 发出（原定 3月20日（周五）17:00）。",
        )
        for moment, out in ((at("2026-03-21 08:59"), 0), (at("2026-03-21 09:00"), 2)):
            await post.plan(db, moment)  # the key stands, so nothing is planned anew
            await post.turn(db, moment)
            assert len(await post.states(db)) == out
        taken = await post.must_take(db, at("2026-03-21 09:00"))
        assert taken.reference == "26-0001-1"
        assert await audited(db) == [("pushes.timetable", "push:26-0001")]

    async def test_earlier(self, desk: Desk) -> None:
        preview, done = await do(desk, "提前 26-0002 3月23日")
        assert preview == (
            f"【预览：提前】{TWO.removeprefix('3月24日（周二）17:00 ')}\n"
            "3月24日（周二）17:00 → 3月23日（周一）17:00（没有写钟点，沿用原来的）"
        )
        assert done == "通知 26-0002 已提前到 3月23日（周一）17:00 发出（原定 3月24日（周二）17:00）。"

    async def test_the_preview_says_truly_which_it_is(self, desk: Desk) -> None:
        assert (await desk.say("提前 26-0001 18:00", STAFF)).startswith("【预览：推迟】26-0001 上报提醒")
        assert (await desk.say("推迟 26-0001 12:00", STAFF)).startswith("【预览：提前】26-0001 上报提醒")

    async def test_moved_to_the_moment_of_another_it_is_one_message(self, desk: Desk, db: Database) -> None:
        await do(desk, "提前 26-0002 今天 17:00")
        moment = at("2026-03-20 17:00")
        await post.turn(db, moment)
        assert (await post.must_take(db, moment)).reference == "26-0001-1"
        assert (await post.must_take(db, moment)).reference == "26-0001-2"
        assert await post.take(db, moment) is None
        assert (await post.states(db))["26-0002-1"] is State.SUPERSEDED

    @pytest.mark.parametrize(
        ("when", "refused"),
        [
            ("8:30", "3月20日（周五）08:30 已经过去，请写以后的时间。"),
            ("17:00", "这条推送本来就定在 3月20日（周五）17:00，没有改动。"),
            (
                "3月24日 17:00",
                "3月24日（周二）17:00 太晚，这条推送到 3月24日（周二）17:00 就失效了，"
                "请写更早的时间，或发送「跳过 编号」。",
            ),
            ("晚上9点半", "3月20日（周五）21:30 在静默时段，不能发送。最早可改到 3月21日（周六）08:00。"),
            ("3月21日-23日", "「3月21日-23日」不是时间，应写成 9:00、明天 9:00 或 3月27日 9:00。"),
            ("晚一点", "「晚一点」不是时间，应写成 9:00、明天 9:00 或 3月27日 9:00。"),
        ],
    )  # fmt: skip
    async def test_refused(self, desk: Desk, when: str, refused: str) -> None:
        assert await desk.say(f"推迟 26-0001 {when}", STAFF) == refused

    async def test_without_a_time(self, desk: Desk) -> None:
        assert await desk.say("推迟 26-0001", STAFF) == "还缺时间。请这样写：推迟 26-0317 明天 9:00"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("9:00", "2026-12-30 09:00"),
        ("下午3点", "2026-12-30 15:00"),
        ("15点半", "2026-12-30 15:30"),
        ("今天 9：00", "2026-12-30 09:00"),
        ("明天9点", "2026-12-31 09:00"),
        ("后天", "2027-01-01 17:30"),
        ("1月5日 9:00", "2027-01-05 09:00"),
        ("12月29日", "2026-12-29 17:30"),
        ("2027-01-05 09:00", "2027-01-05 09:00"),
    ],
)
def test_moments_as_staff_write_them(text: str, moment: str) -> None:
    day_only = text in ("后天", "12月29日")
    assert parse_moment(text, at("2026-12-30 17:30"), at("2026-12-30 08:10")) == (at(moment), day_only)


class TestHold:
    async def test_any_of_the_staff_stops_everything_at_once(self, desk: Desk, db: Database) -> None:
        await post.write(db, post.notice(due=NOW), now=NOW)
        assert await desk.say("暂停推送 内容有误", VIEWER) == (
            "已暂停全部推送，紧急的工作提醒除外；回答提问照常。正在发送的一条可能仍会送达。\n"
            "等待发送 2 条（群 2），不会丢失；过了有效时间的不再发出。\n继续发送：恢复推送"
        )
        await post.turn(db, NOW)
        assert await post.take(db, NOW) is None
        urgent = Planned(Kind.ALARM, "a", NOW, NOW + timedelta(days=1), {"about": "x", "urgent": True})
        held = await db.read(lambda tx: tx.hold())
        assert held is not None
        assert held.reason == "内容有误"
        await post.write(db, urgent, now=NOW)
        await post.turn(db, NOW)
        assert (await db.read(lambda tx: tx.queue(NOW))).groups == 3
        assert await audited(db) == [("pushes.pause", "pushes")]

    async def test_questions_are_still_answered(self, desk: Desk) -> None:
        await desk.say("暂停推送", VIEWER)
        assert "没有明白" not in await desk.say("截止 糖化")
        assert "3月27日（周五）17:00 截止" in await desk.say("截止 糖化")

    async def test_who_stops_again_changes_nothing(self, desk: Desk, db: Database) -> None:
        """But the log says that somebody tried."""
        await desk.say("暂停推送 内容有误", VIEWER)
        desk.clock.move_to(NOW + timedelta(hours=1))
        assert await desk.say("暂停推送", STAFF) == (
            "推送已暂停：3月20日（周五）09:00，QQ 300****02，内容有误。\n继续发送：恢复推送"
        )
        assert len(await audited(db)) == 2

    async def test_the_timetable_says_so(self, desk: Desk) -> None:
        await desk.say("暂停推送", VIEWER)
        assert (await desk.say("预告", VIEWER)).endswith(
            "\n▍推送已暂停：3月20日（周五）09:00，QQ 300****02。以上到时间也不发，发送「恢复推送」继续"
        )

    async def test_going_on_shows_what_waits(self, desk: Desk, db: Database) -> None:
        await desk.say("暂停推送", VIEWER)
        await post.write(db, post.notice(due=NOW), now=NOW)
        await post.turn(db, NOW)
        assert await do(desk, "恢复推送") == (
            "【预览：恢复推送】推送已暂停：3月20日（周五）09:00，QQ 300****02\n恢复后将陆续发出 2 条（群 2）。",
            "已恢复推送，将陆续发出 2 条（群 2）。",
        )
        assert (await post.must_take(db, NOW)).reference == "26-0009-1"
        assert await desk.say("恢复推送", STAFF) == "推送没有暂停，正在照常发送。"
        assert [action for action, _ in await audited(db)] == ["pushes.pause", "pushes.resume"]

    async def test_nothing_waits(self, desk: Desk) -> None:
        await desk.say("暂停推送", VIEWER)
        preview, done = await do(desk, "恢复推送")
        assert preview.endswith("目前没有等待发送的推送，此后到时间的照常发送。")
        assert done == "已恢复推送。"

    async def test_in_the_quiet_hours(self, desk: Desk, db: Database) -> None:
        await desk.say("暂停推送", VIEWER)
        desk.clock.move_to(at("2026-03-20 22:00"))
        await post.write(db, post.notice(due=desk.clock.now()), now=desk.clock.now())
        calm = "从 3月21日（周六）08:00（静默时段之后）开始"
        preview, done = await do(desk, "恢复推送")
        assert preview.endswith(f"恢复后将陆续发出 2 条（群 2），{calm}。")
        assert done == f"已恢复推送，将陆续发出 2 条（群 2），{calm}。"
        assert QuietHours.parse("21:00-08:00").covers(desk.clock.now())


class TestAfterARestore:
    async def test_staff_decide_a_push_at_a_time(self, desk: Desk, db: Database) -> None:
        for name in ("甲", "乙"):
            await post.write(db, post.notice(name, NOW), now=NOW)
        await db.write(lambda tx: tx.set_hold(Hold(NOW, "cli:restore", NOW, "从备份恢复")))
        await post.turn(db, NOW)
        assert await desk.say("放弃 26-0009", STAFF) == ("有 2 条等待处理：26-0009-1、26-0009-2。请写明是哪一条。")
        assert await do(desk, "放弃 26-0009 全部") == (
            "【预览：放弃全部】26-0009 编码分配，3月20日（周五）09:00\n2 条等待处理，将不再发送。",
            "通知 26-0009 的 2 条已放弃，不再发送。",
        )
        assert await do(desk, "补发 26-0010 全部") == (
            "【预览：补发全部】26-0010 编码分配，3月20日（周五）09:00\n"
            "2 条等待处理，将再发一次；已经收到的会看到第二遍。",
            "通知 26-0010 的 2 条将再发一次。",
        )
        assert await desk.say("补发 26-0009 全部", STAFF) == "通知 26-0009 没有需要处理的投递。"
        assert await do(desk, "恢复推送") == (
            "【预览：恢复推送】推送已暂停：3月20日（周五）09:00，从备份恢复\n"
            "数据来自备份（截至 3月20日（周五）09:00）。备份之后的资料请先重新导入。\n"
            "恢复推送之前到时间的都请人工核对，不会自动发出（备份恢复后新写的通知除外）；此后到时间的照常发送。",
            "已恢复推送，将陆续发出 2 条（群 2）。",
        )
        assert (await post.must_take(db, NOW)).reference == "26-0010-1"
        assert [action for action, _ in await audited(db)] == ["pushes.give_up", "pushes.resend", "pushes.resume"]

    async def test_too_late(self, desk: Desk, db: Database) -> None:
        await post.write(db, post.notice("甲", NOW), now=NOW)
        await db.write(lambda tx: tx.set_hold(Hold(NOW, "cli:restore", NOW)))
        await post.turn(db, NOW)
        desk.clock.move_to(NOW + timedelta(days=3))
        assert await desk.say("补发 26-0009 全部", STAFF) == "通知 26-0009 已过有效时间，不再补发。"
