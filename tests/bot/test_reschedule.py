"""改期: what staff see before, what the groups read after, and what is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db.activities import round_
from db.pushes import push
from db.unit import Database
from tests.bot.desk import EVERYTHING, GROUP, NOW, OFFICE, STAFF, VIEWER, Desk, table
from tests.bot.test_deliverer import Line, Post

MOVE = "改期 2026 第1次 凝血 糖化 3月30日 17:00"


@pytest.fixture
async def desk(db: Database) -> Desk:
    """凝血 and 糖化 close on 27 March at 17:00, 感染A on 3 April; it is 20 March, 9 o'clock."""
    return await Desk(db).open(*EVERYTHING)


async def confirm(desk: Desk, text: str, user: str = STAFF) -> str:
    preview = await desk.say(text, user)
    assert "确认 " in preview, preview
    return await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", user)


async def read_in_group(post: Post) -> list[str]:
    before = len(post.line.sent)
    await post.pass_time(minutes=1)
    return [text for group, text in post.line.sent[before:] if group == GROUP]


async def test_the_preview_names_old_and_new_groups_and_reminders(desk: Desk) -> None:
    post = Post(desk, Line())
    await post.pass_time(minutes=1)
    preview = await desk.say(MOVE, STAFF)
    assert preview.startswith(
        "【预览：改期】2026年第1次，2个项目\n"
        "▍上报截止：3月27日（周五）17:00 → 3月30日（周一）17:00\n"
        "凝血试验、糖化血红蛋白\n"
        "原定的上报提醒撤下 4 条，另排 3 条，首条 3月23日（周一）17:00。\n"
        "将发到 2 个群。\n"
        "确认无误请回复：确认 "
    )


async def test_the_groups_read_old_and_new(desk: Desk) -> None:
    assert await confirm(desk, MOVE) == (
        "已更改 2026年第1次 2个项目的安排，公告将发到 2 个群。发送「投递」查看结果。"
    )
    assert await read_in_group(Post(desk, Line())) == [
        "【安排变更】2026年第1次室间质评\n"
        "▍上报截止：3月27日（周五）17:00 → 3月30日（周一）17:00\n"
        "凝血试验、糖化血红蛋白\n"
        "请以本通知为准。\n"
        "〔通知 26-0001-1〕"
    ]
    assert "▍3月30日（周一）17:00 截止\n第1次：凝血试验、糖化血红蛋白\n" in await desk.say("截止")


async def test_several_changes_are_one_message(desk: Desk) -> None:
    assert "，公告" in await confirm(
        desk, "改期 第1次 凝血 推迟发放 3月25日 到达 3月27日 截止 4月10日 17:00 样本号 202611-202612"
    )
    assert await read_in_group(Post(desk, Line())) == [
        "【安排变更】2026年第1次室间质评\n"
        "▍上报截止：3月27日（周五）17:00 → 4月10日（周五）17:00\n"
        "凝血试验\n"
        "▍质控品发放：未公布 → 3月25日（周三）\n"
        "凝血试验\n"
        "▍预计到达：3月21日（周六） → 3月27日（周五）\n"
        "凝血试验\n"
        "▍样本号：202611-202615 → 202611-202612\n"
        "凝血试验\n"
        "请以本通知为准，发送「截止」可查看全部截止时间。\n"
        "〔通知 26-0001-1〕"
    ]


async def test_samples_put_off_arrive_later_by_as_many_days(desk: Desk) -> None:
    sent = table(
        "rounds", "year n programme deadline dispatch_on", [2026, 1, "A01", "2026-03-27T09:00:00Z", "2026-03-19"]
    )
    await desk.bring(sent)
    preview = await desk.say("改期 第1次 凝血 推迟发放 3月23日", STAFF)
    assert "▍质控品发放：3月19日（周四） → 3月23日（周一）\n凝血试验\n" in preview
    assert "▍预计到达：3月21日（周六） → 3月25日（周三）\n凝血试验\n" in preview


async def test_a_slip_put_right_by_hand_is_not_announced(desk: Desk) -> None:
    await desk.bring(
        table(
            "rounds",
            "year n programme deadline expected_on",
            [2026, 1, "A01", "2026-03-18T09:00:00Z", "2026-03-12"],
        )
    )
    words = "改期 第1次 凝血 到达 3月21日 截止 3月27日 17:00"
    assert "各群知道的就是这样的安排，不发群公告。\n" in await desk.say(words, STAFF)
    assert await confirm(desk, words) == "已更改 2026年第1次 1个项目的安排，没有发群公告。"
    assert await read_in_group(Post(desk, Line())) == []


async def test_another_year_is_said(desk: Desk) -> None:
    await desk.bring(table("rounds", "year n programme deadline", [2026, 2, "A01", "2026-12-04T09:00:00Z"]))
    words = "改期 2026 第2次 凝血 2027-01-05 17:00"
    line = "▍上报截止：12月4日（周五）17:00 → 2027年1月5日（周二）17:00\n凝血试验\n"
    assert line in await desk.say(words, STAFF)
    await confirm(desk, words)
    [said] = await read_in_group(Post(desk, Line()))
    assert line in said
    assert "▍2027年1月5日（周二）17:00 截止\n" in await desk.say("截止 凝血")


async def test_a_year_written_wrong_is_refused(desk: Desk) -> None:
    assert await desk.say("改期 2026 第1次 凝血 2028-04-10", STAFF) == (
        "凝血试验的截止时间 2026年3月27日（周五）17:00 → 2028年4月10日（周一）23:59，相差 180 天以上，没有更改。"
        "请核对年份后重发。"
    )


async def test_tomorrow(desk: Desk) -> None:
    preview = await desk.say("改期 第1次 凝血 明天 17:00", STAFF)
    assert "→ 3月21日（周六）17:00（提前）\n" in preview
    assert "→ 3月22日（周日）23:59（提前）\n" in await desk.say("改期 第1次 凝血 改到后天", STAFF)


async def test_an_earlier_deadline_is_pointed_out(desk: Desk) -> None:
    preview = await desk.say("改期 第1次 感A 3月31日 17:00", STAFF)
    assert "▍上报截止：4月3日（周五）17:00 → 3月31日（周二）17:00（提前）\n" in preview
    assert "注意：新的截止时间比原来早，请再核对。\n" in preview


async def test_a_cancelled_round_is_announced_and_gone(desk: Desk) -> None:
    preview = await desk.say("改期 2026 第1次 感A 取消", STAFF)
    assert preview.startswith(
        "【预览：改期】2026年第1次，1个项目\n"
        "▍取消本次活动（原定 4月3日（周五）17:00 截止）\n"
        "感染性疾病血清学标志物A\n"
    )
    await confirm(desk, "改期 2026 第1次 感A 取消")
    assert await read_in_group(Post(desk, Line())) == [
        "【安排变更】2026年第1次室间质评\n"
        "▍取消本次活动（原定 4月3日（周五）17:00 截止）\n"
        "感染性疾病血清学标志物A\n"
        "如有疑问请联系中心。\n"
        "〔通知 26-0001-1〕"
    ]
    assert "感染" not in await desk.say("截止")
    assert await desk.say("改期 第1次 感A 4月10日", STAFF) == (
        "感染性疾病血清学标志物A本次活动已取消，没有更改。"
        "要恢复的请发送：改期 2026 第1次 感染性疾病血清学标志物A 恢复 新的截止时间"
    )


async def test_what_was_cancelled_is_restored(desk: Desk) -> None:
    await confirm(desk, "发放 第1次 感A")
    await confirm(desk, "改期 第1次 感A 取消")
    post = Post(desk, Line())
    await read_in_group(post)
    await confirm(desk, "改期 第1次 感A 恢复 4月10日 17:00")
    assert await read_in_group(post) == [
        "【安排变更】2026年第1次室间质评\n"
        "▍恢复本次活动，4月10日（周五）17:00 截止\n"
        "感染性疾病血清学标志物A\n"
        "请以本通知为准。\n"
        "〔通知 26-0007-1〕"
    ]
    rows = await desk.db.read(lambda tx: tx._all(select(round_.c.state).where(round_.c.id == 3)))
    assert [row.state for row in rows] == ["dispatched"]
    assert await desk.say("改期 第1次 感A 恢复", STAFF) == (
        "感染性疾病血清学标志物A没有取消，不用恢复。"
        "要改时间的请发送：改期 2026 第1次 感染性疾病血清学标志物A 新的截止时间"
    )


async def test_a_round_nobody_heard_of_is_cancelled_in_silence(desk: Desk) -> None:
    await desk.bring(table("rounds", "year n programme deadline", [2026, 2, "A01", "2026-09-18T09:00:00Z"]))
    assert "该活动尚未公告，距截止还早，不发群公告。\n" in await desk.say("改期 第2次 凝血 取消", STAFF)
    assert await confirm(desk, "改期 第2次 凝血 取消") == "已更改 2026年第2次 1个项目的安排，没有发群公告。"
    assert await desk.db.read(lambda tx: tx._all(select(push))) == []


async def test_all_means_what_is_open(desk: Desk) -> None:
    desk.clock.move_to(NOW + timedelta(days=8))  # 凝血 and 糖化 have closed
    preview = await desk.say("改期 第1次 全部 4月10日 17:00", STAFF)
    assert preview.startswith("【预览：改期】2026年第1次，1个项目\n")
    assert "感染性疾病血清学标志物A\n" in preview
    preview = await desk.say("改期 第1次 凝血 4月10日 17:00", STAFF)
    assert "▍上报截止：3月27日（周五）17:00 → 4月10日（周五）17:00\n凝血试验\n" in preview


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("2026 凝血 3月30日", "还缺次数。请这样写：改期 2026 第1次 凝血 3月30日 17:00"),
        ("第1次 3月30日", "还缺项目。请这样写：改期 2026 第1次 凝血 3月30日 17:00，或写 全部"),
        (
            "第1次 凝血",
            "没有看懂怎样改期。请这样写：改期 2026 第1次 凝血 3月30日 17:00；"
            "也可以写「发放 日期」「到达 日期」「样本号 号码」「取消」或「恢复」。",
        ),
        ("第3次 凝血 3月30日", "还没有 2026年第3次活动的安排数据。请核对年度和次数，或先导入活动安排表。"),
        ("第1次 血气 3月30日", "没有找到项目「血气」。发送「项目」查看全部项目名称。"),
        (
            "第1次 凝血 3月19日 17:00",
            "2026年3月19日（周四）17:00 已过，没有更改。请核对日期后重发，跨年的请写明年份。",
        ),
        (
            "第1次 凝血 发放 3月19日",
            "2026年3月19日（周四） 已过，没有更改。请核对日期后重发，跨年的请写明年份。",
        ),
        ("第1次 凝血 3月27日 17:00", "凝血试验的安排已经如此，没有更改，也没有公告。发送「截止」可核对。"),
        (
            "第1次 凝血 3月20日 17:00",
            "凝血试验改后预计到达 3月21日（周六），截止 3月20日（周五）17:00，应依次不早于前一个。"
            "请核对后重发，可同时写「发放 日期」「到达 日期」「截止 时间」。",
        ),
    ],
)
async def test_refusals(desk: Desk, words: str, sentence: str) -> None:
    assert await desk.say(f"改期 {words}", STAFF) == sentence


async def test_what_has_closed_is_only_opened_again_by_a_new_deadline(desk: Desk) -> None:
    desk.clock.move_to(NOW + timedelta(days=8))
    for words in ("凝血 取消", "凝血 样本号 202611"):
        assert await desk.say(f"改期 第1次 {words}", STAFF) == (
            "凝血试验已截止，没有更改。要重新开放上报的，请写明项目和新的截止时间。"
        )
    desk.clock.move_to(NOW + timedelta(days=30))
    assert await desk.say("改期 第1次 全部 4月30日", STAFF) == (
        "这次活动的项目已截止，没有更改。要重新开放上报的，请写明项目和新的截止时间。"
    )


async def test_only_operators_in_private_or_the_office(desk: Desk) -> None:
    assert await desk.say(MOVE, VIEWER) == "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
    assert await desk.say(MOVE, STAFF, GROUP) == ""
    assert (await desk.say(MOVE, STAFF, OFFICE)).startswith("【预览：改期】")


async def test_what_changed_after_the_preview_is_previewed_again(desk: Desk) -> None:
    preview = await desk.say(MOVE, STAFF)
    await desk.bring(table("rounds", "year n programme deadline", [2026, 1, "A01", "2026-03-28T09:00:00Z"]))
    assert await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF) == (
        "预览之后内容有变化，没有执行。请重新发送原命令查看新的预览。"
    )
    rows = await desk.db.read(lambda tx: tx._all(select(round_.c.deadline).where(round_.c.id == 2)))
    assert [f"{row.deadline:%m-%d}" for row in rows] == ["03-27"]


async def test_a_year_of_programmes_with_dates_of_their_own_still_fits_a_telephone(desk: Desk) -> None:
    names = [f"感染性疾病血清学标志物第{n:02}组" for n in range(40)]
    programmes = [[2026, f"C{n:02}", name, [], 2, True, ""] for n, name in enumerate(names)]
    rounds = [[2026, 1, f"C{n:02}", f"2026-04-{1 + n % 20:02}T09:00:00Z"] for n in range(40)]
    await desk.bring(
        table("programmes", "year code name aliases rounds scored plan_url", *programmes),
        table("rounds", "year n programme deadline", *rounds),
    )
    await confirm(desk, "改期 第1次 全部 4月30日 17:00")
    [said] = await read_in_group(Post(desk, Line()))
    assert len(said) <= 1500
    assert "▍上报截止：4月1日（周三）17:00 → 4月30日（周四）17:00\n" in said
    assert "\n另有 11 处变更\n" in said


async def test_an_import_tells_the_groups_and_says_so_to_staff(desk: Desk) -> None:
    await desk.bring(table("rounds", "year n programme deadline", [2026, 1, "A01", "2026-03-30T09:00:00Z"]))
    [said] = await read_in_group(Post(desk, Line()))
    assert said.startswith(
        "【安排变更】2026年第1次室间质评\n▍上报截止：3月27日（周五）17:00 → 3月30日（周一）17:00\n凝血试验\n"
    )


async def test_staff_are_asked_about_a_deadline_that_an_import_moved_into_the_past(desk: Desk) -> None:
    await desk.bring(
        table(
            "rounds",
            "year n programme deadline expected_on",
            [2026, 1, "A01", "2026-03-18T09:00:00Z", "2026-03-12"],
        )
    )
    post = Post(desk, Line())
    assert await read_in_group(post) == []
    [(group, said)] = post.line.sent
    assert group == OFFICE
    assert said.startswith(
        "【工作提醒】导入的活动安排把以下项目的上报截止改到了过去（3月18日（周三）17:00），没有公告，请核对：\n"
        "凝血试验\n"
        "写错的请发送「改期 年度 第几次 项目 截止时间」改正；确实提前截止的请用「通知」告知各群。\n"
        "〔通知 26-"
    )
