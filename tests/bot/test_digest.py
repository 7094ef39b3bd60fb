"""The daily digest, at nine on working days to the staff group: what waits, what goes out, what is out of date."""

from datetime import datetime, time, timedelta

import pytest

from bot.texts import say
from core.calendar import QuietHours, WorkingDays
from core.pushes import use
from core.pushes.claim import Ask, claim
from core.pushes.kinds import DECIDE
from core.pushes.models import Delivery, Kind, Planned
from core.pushes.plan import Rules, Stage
from db.unit import Database
from tests.bot.desk import APPLICATIONS, LABS, OFFICE, PROGRAMMES, ROUNDS, STAFF, SUBMISSIONS, Desk
from tests.cast import at

RULES = Rules(Stage.parse_all("7d,3d,1d,3h"), QuietHours.parse("21:00-08:00"), WorkingDays({}), time(9))
FRIDAY = at("2026-03-20 00:00")


@pytest.fixture
async def desk(db: Database) -> Desk:
    """Lists of the day before, and reminders that are due today, a week before the deadline."""
    desk = Desk(db)
    desk.clock.at = at("2026-03-19 16:00")
    return await desk.open(LABS, PROGRAMMES, ROUNDS, SUBMISSIONS, APPLICATIONS)


async def tick(db: Database, now: datetime) -> list[Delivery]:
    """What goes out at this tick."""
    await db.write(lambda tx: use.plan(tx, RULES, now))
    while await db.write(lambda tx: use.expand_next(tx, now)):
        pass
    await db.write(lambda tx: tx.ripen(now))
    ask = Ask("qq", "this", now, now)
    sent = []
    while found := await db.write(lambda tx: claim(tx, ask, DECIDE, say)):
        sent.append(found)
    return sent


async def test_the_digest_says_what_waits_and_what_goes_out_today(db: Database, desk: Desk) -> None:
    assert await tick(db, FRIDAY) == []
    assert await tick(db, at("2026-03-20 08:59")) == []
    (digest,) = await tick(db, at("2026-03-20 09:00"))
    assert digest.target.id == OFFICE
    assert digest.text == (
        "【每日提要】3月20日（周五），机器人运行正常。\n"
        "▍待办：1 家待分配编码，1 个项目没有上报名单。发送「待办」处理\n"
        "▍今天将发出\n"
        "· 17:00 上报提醒\n"
        "▍今天 17:00 提醒前请导入最新上报名单（还没有名单）\n"
        "· 糖化血红蛋白\n"
        "▍今天 17:00 提醒前请导入最新上报名单（现有截至 3月19日 16:00）\n"
        "· 凝血试验\n"
        "▍上报名单：数据截至 3月19日 16:00\n"
        f"〔通知 {digest.reference}〕"
    )
    assert await tick(db, at("2026-03-20 09:05")) == []


async def test_it_counts_what_the_todo_lists(db: Database, desk: Desk) -> None:
    """On the day of the deadline, telephone calls too."""
    desk.clock.at = at("2026-03-27 09:00")
    said = await desk.say("待办", STAFF)
    assert "▍今天要打电话提醒\n· 2026年第1次 3月27日（周五）17:00 截止：2 家\n" in said
    assert "▍还没有上报名单 2 个项目\n" in said
    await tick(db, at("2026-03-27 00:00"))
    digest = next(one for one in await tick(db, at("2026-03-27 09:00")) if one.target.id == OFFICE)
    assert (
        "▍待办：1 家待分配编码（1 家已等 3 个工作日以上），电话提醒 2 家，2 个项目没有上报名单。发送「待办」处理\n"
        in digest.text
    )


async def test_messages_and_requests_are_counted_apart(db: Database, desk: Desk) -> None:
    await desk.say("留言 请回电", STAFF)
    await desk.say("留言 你好", "300400900")
    await desk.say("绑定 芜湖演示云栖医院", "300400901")
    await tick(db, FRIDAY)
    digest = next(one for one in await tick(db, at("2026-03-20 09:00")) if "每日提要" in one.text)
    assert "▍待办：1 家待分配编码，1 件申请，2 条留言待答复，1 个项目没有上报名单。" in digest.text


async def test_a_list_of_today_is_not_asked_for_again(db: Database, desk: Desk) -> None:
    desk.clock.at = at("2026-03-20 08:30")
    await desk.bring(SUBMISSIONS)
    await tick(db, FRIDAY)
    (digest,) = await tick(db, at("2026-03-20 09:00"))
    assert "（还没有名单）\n· 糖化血红蛋白\n" in digest.text
    assert "凝血试验" not in digest.text


async def test_a_quiet_day_is_still_a_sign_of_life(db: Database) -> None:
    await Desk(db).open()
    await tick(db, FRIDAY)
    (digest,) = await tick(db, at("2026-03-20 09:00"))
    assert digest.text.startswith(
        "【每日提要】3月20日（周五），机器人运行正常。\n▍待办：没有\n▍今天没有定时推送\n▍上报名单：还没有导入\n"
    )


@pytest.mark.parametrize("day", ["2026-03-21", "2026-05-01"], ids=["Saturday", "holiday"])
async def test_no_digest_on_rest_days(db: Database, day: str) -> None:
    await Desk(db).open()
    await tick(db, at(f"{day} 00:00"))
    assert await tick(db, at(f"{day} 09:00")) == []


async def test_a_standstill_over_nine_gives_no_digest(db: Database) -> None:
    """It was not alive then, and staff were to notice."""
    await Desk(db).open()
    assert await tick(db, at("2026-03-20 09:30")) == []


async def test_a_digest_that_was_planned_is_not_sent_after_noon(db: Database) -> None:
    await Desk(db).open()
    await tick(db, FRIDAY)
    assert await tick(db, at("2026-03-20 12:00")) == []


async def test_the_planner_withdraws_no_alarm_of_others(db: Database) -> None:
    await Desk(db).open()
    later = Planned(Kind.ALARM, "staff.alarm:other", FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=2), {})
    await db.write(lambda tx: tx.write_push(later, FRIDAY))
    await tick(db, FRIDAY)
    states = await db.read(lambda tx: tx.push_states(Kind.ALARM, FRIDAY))
    assert states == {"staff.alarm:other": "planned", "staff.alarm:digest:2026-03-20": "planned"}
