"""延期申请, and what the groups read before the yearly window closes."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from core.calendar import shanghai
from db.audit import audit_log
from db.unit import Database
from tests.bot.desk import GROUP, LABS, STAFF, VIEWER, Desk
from tests.bot.test_deliverer import Line, Post

OCTOBER = datetime(2026, 10, 23, 2, 0, tzinfo=UTC)  # a Friday, 10 o'clock in Shanghai
WHERE = (
    "请登录检验医学信息网 http://www.clinet.com.cn ，在「质评活动—室间质评申请」选择「安徽省临床检验中心」，"
    "核对申报年份 2027，按需申请。\n"
)


@pytest.fixture
async def post(db: Database) -> Post:
    """The window of 2027 stands open from 26 October to 25 November, and was announced."""
    desk = await Desk(db).open(LABS)
    desk.clock.move_to(OCTOBER)
    await confirm(desk, "开放申请 2027 10月26日 11月25日")
    post = Post(desk, Line())
    await post.pass_time(minutes=1)
    post.line.sent.clear()
    return post


async def confirm(desk: Desk, text: str) -> str:
    preview = await desk.say(text, STAFF)
    assert "确认 " in preview, preview
    return await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF)


async def read_until(post: Post, day: date) -> list[tuple[str, str]]:
    """(day, text) of what the group reads until that day; the tick rings once a day at 10."""
    found = []
    while shanghai(post.clock.now()).date() < day:
        before = len(post.line.sent)
        await post.pass_time(days=1)
        moment = f"{shanghai(post.clock.now()):%m-%d}"
        found += [(moment, text) for group, text in post.line.sent[before:] if group == GROUP]
    return found


async def test_the_groups_are_reminded_three_times(post: Post) -> None:
    found = await read_until(post, date(2026, 11, 27))
    assert [day for day, _ in found] == ["11-18", "11-20", "11-24"]
    assert found[0][1] == (
        "【质评申请即将截止】2027年室间质评申请到 2026年11月25日（周三）截止\n"
        f"{WHERE}"
        "临床开展且中心开展的项目都应申请；申请后请按时上报，上报率低的单位将暂停发放下一年的质控品。\n"
        "已申请的请忽略。有疑问请致电 0551-62283619\n"
        "〔通知 26-0002-1〕"
    )


async def test_an_extension_is_previewed_and_announced_as_old_and_new(post: Post) -> None:
    preview = await post.desk.say("延期申请 2027 12月5日", STAFF)
    assert preview.startswith(
        "【预览：延期申请】2027年室间质评申请\n"
        "截止日期：2026年11月25日（周三） → 2026年12月5日（周六）\n"
        "即将截止的提醒按新的日期重排。将发到 2 个群。\n"
        "确认无误请回复：确认 "
    )
    assert await confirm(post.desk, "延期申请 2027 12月5日") == (
        "已把 2027年质评申请延长到 2026年12月5日（周六）。公告将发到 2 个群。发送「投递」查看结果。"
    )
    await post.pass_time(minutes=1)
    assert [text for group, text in post.line.sent if group == GROUP] == [
        "【质评申请延期】2027年室间质评申请\n"
        "截止日期：2026年11月25日（周三） → 2026年12月5日（周六）\n"
        f"还没有申请的，{WHERE}"
        "已申请的请忽略。\n"
        "〔通知 26-0005-1〕"
    ]
    query = select(audit_log).where(audit_log.c.action == "enrolment.extend")
    [row] = await post.desk.db.read(lambda tx: tx._all(query))
    assert (row.subject, row.detail) == ("campaign:2027", {"old": "2026-11-25", "new": "2026-12-05"})


async def test_reminders_follow_the_new_end(post: Post) -> None:
    await confirm(post.desk, "延期申请 2027 12月5日")
    found = await read_until(post, date(2026, 12, 7))
    assert [day for day, text in found if text.startswith("【质评申请即将截止】")] == ["11-27", "12-02", "12-04"]
    assert all("到 2026年12月5日（周六）截止" in text for _, text in found[1:])


async def test_extended_twice_before_anybody_read_it_is_one_message(post: Post) -> None:
    await confirm(post.desk, "延期申请 2027 12月5日")
    await confirm(post.desk, "延期申请 2027 12月10日")
    await post.pass_time(minutes=1)
    [said] = [text for group, text in post.line.sent if group == GROUP]
    assert "截止日期：2026年11月25日（周三） → 2026年12月10日（周四）\n" in said


async def test_what_waits_for_the_old_end_is_not_sent(post: Post) -> None:
    post.line.online = False
    await read_until(post, date(2026, 11, 19))
    await confirm(post.desk, "延期申请 2027 12月25日")
    post.line.online = True
    await post.pass_time(minutes=1)
    assert [text[:8] for group, text in post.line.sent if group == GROUP] == ["【质评申请延期】"]


async def test_a_window_that_has_closed_is_opened_again(post: Post) -> None:
    post.clock.move_to(datetime(2026, 11, 28, 2, 0, tzinfo=UTC))
    assert (await post.desk.say("延期申请 2027 12.5", STAFF)).startswith("【预览：延期申请】")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("12月5日", "还缺年度。请这样写：延期申请 2027 12月5日"),
        (
            "2028 12月5日",
            "还没有公告过 2028年的申请时间，不能延期。请先发送：开放申请 2028 2027-10-25 2027-11-25",
        ),
        *(
            (
                f"2027 {words}".strip(),
                "没有看懂新的截止日期。2027年的申请现在到 2026年11月25日（周三）截止，"
                "请这样写：延期申请 2027 2026-12-05",
            )
            for words in ("", "十二月初", "12月32日")
        ),
        *(
            (
                f"2027 11月{day}日",
                f"2026年11月{day}日（{weekday}）不晚于现在的截止日期 2026年11月25日（周三），"
                "没有更改。请核对日期后重发。",
            )
            for day, weekday in ((25, "周三"), (20, "周五"))
        ),
    ],
)
async def test_refusals(post: Post, words: str, sentence: str) -> None:
    assert await post.desk.say(f"延期申请 {words}", STAFF) == sentence


async def test_a_new_end_that_is_past_is_refused(post: Post) -> None:
    post.clock.move_to(datetime(2026, 12, 20, 2, 0, tzinfo=UTC))
    assert await post.desk.say("延期申请 2027 12月5日", STAFF) == (
        "截止日期 2026年12月5日（周六）已过，没有公告。请核对年份后重发。"
    )


async def test_only_operators_extend(post: Post) -> None:
    said = await post.desk.say("延期申请 2027 12月5日", VIEWER)
    assert said == "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"


async def test_a_year_written_wrong_is_refused(post: Post) -> None:
    assert await post.desk.say("延期申请 2027 2027-12-05", STAFF) == (
        "2027年12月5日（周日）比现在的截止日期 2026年11月25日（周三）晚 90 天以上，没有更改。请核对年份后重发。"
    )
