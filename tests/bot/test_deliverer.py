"""The deliverer and the tick: due things go out once, in calm hours, paced; doubts are looked into."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels import Health, Sent, Sighting
from bot.scheduler import deliverer, recaller
from bot.scheduler.deliverer import Deliverer
from bot.scheduler.tick import Tick
from bot.settings import Pace
from core.clock import ManualClock
from core.pushes.models import Delivery, Kind, Planned, Target
from core.pushes.states import Outcome, State
from db.unit import Database
from tests.bot.desk import EVERYTHING, GROUP, OFFICE, Desk, table

UNSURE = timedelta(seconds=60)


class Line:
    """A channel whose answers are told beforehand; it keeps what it was given."""

    name, outside, health = "qq", True, Health()

    def __init__(self) -> None:
        self.online, self.sent = True, list[tuple[str, str]]()
        self.outcomes: list[Sent] = []
        self.at_all: list[bool] = []
        self.hanging: dict[str, asyncio.Event] = {}
        self.sighting = Sighting.UNCLEAR
        self.mute = set[str]()  # groups whose history never comes
        self.looks = 0

    def is_online(self) -> bool:
        return self.online

    async def send(self, target: Target, text: str, at_all: bool = False) -> Sent:
        self.sent.append((target.id, text))
        self.at_all.append(at_all)
        if target.id in self.hanging:
            await self.hanging[target.id].wait()
        return self.outcomes.pop(0) if self.outcomes else Sent(Outcome.DELIVERED, message_id="1")

    async def find(self, target: Target, mark: str, since: datetime) -> Sighting:
        self.looks += 1
        if target.id in self.mute:
            await asyncio.Event().wait()
        return self.sighting

    async def take_back(self, target: Target, message_id: str) -> bool:
        await asyncio.Event().wait()
        return True


class Clocks(ManualClock):
    """Both clocks by hand, because waits are on real time."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.true = at

    def real(self) -> datetime:
        return self.true


class Post:
    """A desk with its delivery: `pass_time` moves both clocks and rings the tick."""

    def __init__(self, desk: Desk, line: Line) -> None:
        self.desk, self.line, self.pauses = desk, line, list[float]()
        self.clock = Clocks(desk.clock.now())
        desk.clock = desk.door.clock = self.clock
        settings = desk.door.settings

        async def pause(seconds: float) -> None:
            self.pauses.append(seconds)

        self.deliverer = Deliverer(
            desk.db, self.clock, line, settings.rules, Pace(0, 0), "this one", UNSURE, sleep=pause
        )
        self.tick = Tick(desk.db, self.clock, settings.rules, desk.door, [self.deliverer], "this one", UNSURE)

    async def pass_time(self, **more: int) -> int:
        self.clock.true += timedelta(**more)
        self.clock.move_to(self.clock.now() + timedelta(**more))
        await self.tick.once()
        return await self.deliverer.deliver_due()

    async def states(self) -> dict[str, State]:
        found: list[Delivery] = await self.desk.db.read(lambda tx: tx.recent_deliveries([], 100))
        return {f"{d.reference}": d.state for d in found}


@pytest.fixture
async def post(db: Database) -> Post:
    return Post(await Desk(db).open(*EVERYTHING), Line())


async def test_reminders_go_out_once_each_in_time(post: Post) -> None:
    """Deadline A 3月27日（周五）17:00, deadline B 4月3日（周五）17:00; the rest days move 3 d of neither."""
    at: list[str] = []
    for _ in range(24 * 15):
        before = len(post.line.sent)
        await post.pass_time(hours=1)
        moment = post.clock.now().astimezone(UTC) + timedelta(hours=8)
        at += [f"{moment:%m-%d %H}" for group, _ in post.line.sent[before:] if group == GROUP]
    assert at == [
        "03-20 17", "03-24 17", "03-26 17", "03-27 14",  # 7d 3d 1d 3h of A
        "03-27 17", "03-31 17", "04-02 17", "04-03 14",  # of B
    ]  # fmt: skip
    assert {group for group, _ in post.line.sent} == {GROUP, OFFICE}
    assert set((await post.states()).values()) == {State.DELIVERED}


async def test_the_text_of_a_reminder(post: Post) -> None:
    await post.pass_time(hours=8)
    assert post.line.sent[0] == (
        GROUP,
        "【上报提醒】\n"
        "2026年第1次 3月27日（周五）17:00 截止：\n"
        "· 凝血试验：未上报 不足3家\n"
        "· 糖化血红蛋白（上报情况未知）\n"
        "数据截至 3月20日 09:00，已上报请忽略。\n"
        "请在「已上报数据」中核对；截止后不能重新上报，原则上不予退回。\n"
        "〔通知 26-0001-1〕",
    )


async def test_nothing_is_sent_in_quiet_hours_or_while_off_line(post: Post) -> None:
    await post.pass_time(hours=8)
    sent = len(post.line.sent)
    await post.desk.bring(
        table("labs", "code name city", ["0340777", "宣城演示望岳医院", "宣城市"])
    )  # a code for who waits: to be announced
    post.line.online = False
    assert await post.pass_time(minutes=1) == 0
    post.line.online = True
    post.clock.move_to(datetime(2026, 3, 20, 13, 0, tzinfo=UTC))  # 21:00
    assert await post.pass_time(minutes=1) == 0
    assert len(post.line.sent) == sent
    post.clock.move_to(datetime(2026, 3, 21, 0, 0, tzinfo=UTC))  # 8:00
    assert await post.pass_time(minutes=1) == 2
    assert "· 宣城演示望岳医院" in post.line.sent[-1][1]
    assert "0340777" not in post.line.sent[-1][1]


async def test_sends_of_one_account_are_paced(post: Post) -> None:
    post.deliverer.pace = Pace(3, 6)
    await post.pass_time(hours=8)
    assert len(post.pauses) == len(post.line.sent) == 2
    assert all(3 <= pause <= 6 for pause in post.pauses)


async def test_what_surely_was_not_sent_is_tried_again_later(post: Post) -> None:
    post.line.outcomes = [Sent(Outcome.NOT_SENT, "1200 result 120")]
    await post.pass_time(hours=8)
    assert [group for group, _ in post.line.sent] == [GROUP, OFFICE]  # one bad group delays nobody
    assert (await post.states())["26-0001-1"] is State.RETRY_WAIT
    assert await post.pass_time(seconds=20) == 0
    assert await post.pass_time(seconds=20) == 1
    assert (await post.states())["26-0001-1"] is State.DELIVERED


async def test_what_is_refused_for_good_waits_for_staff(post: Post) -> None:
    post.line.outcomes = [Sent(Outcome.REFUSED, "群聊不存在")]
    await post.pass_time(hours=8)
    assert (await post.states())["26-0001-1"] is State.FAILED
    assert "26-0001-1 上报提醒→一群：失败（群聊不存在）" in await post.desk.say("待办", "300400001")
    preview = await post.desk.say("补发 26-0001", "300400001")
    code = preview.rsplit("回复：确认 ", 1)[1][:4]
    assert preview.startswith(
        "【预览：补发】26-0001-1 上报提醒→一群：失败（群聊不存在）\n将再发一次；已经收到的会看到第二遍。\n确认无误"
    )
    assert await post.desk.say(f"确认 {code}", "300400001") == "通知 26-0001-1 将再发一次。"
    assert await post.pass_time(seconds=5) == 1
    assert (await post.states())["26-0001-1"] is State.DELIVERED


@pytest.mark.parametrize(
    ("sighting", "state", "copies"),
    [
        (Sighting.FOUND, State.OBSERVED, 1),
        (Sighting.ABSENT, State.DELIVERED, 2),
        (Sighting.UNCLEAR, State.UNCERTAIN, 1),
    ],
)
async def test_a_doubt_is_looked_into(post: Post, sighting: Sighting, state: State, copies: int) -> None:
    post.line.outcomes = [Sent(Outcome.UNKNOWN, "连接中断或超时")]
    post.line.sighting = sighting
    await post.pass_time(hours=8)
    await post.pass_time(seconds=30)
    assert (await post.states())["26-0001-1"] is State.UNCERTAIN  # too early to tell
    await post.pass_time(seconds=31)
    assert (await post.states())["26-0001-1"] is state
    assert [group for group, _ in post.line.sent].count(GROUP) == copies


async def test_a_doubt_that_stays_goes_to_staff_who_decide(post: Post) -> None:
    post.line.outcomes = [Sent(Outcome.UNKNOWN)]
    await post.pass_time(hours=8)
    for _ in range(12):
        await post.pass_time(minutes=1)
    assert (await post.states())["26-0001-1"] is State.NEEDS_STAFF
    assert await post.desk.say("放弃 26-0001-1", "300400001") == "通知 26-0001-1 已放弃，不再发送。"
    assert await post.desk.say("放弃 26-0001-1", "300400001") == "通知 26-0001-1 没有需要处理的投递。"
    assert (await post.states())["26-0001-1"] is State.CANCELLED


async def test_after_a_long_outage_nothing_goes_out_late(post: Post) -> None:
    post.line.online = False
    await post.pass_time(minutes=1)
    await post.pass_time(days=5)  # 7 d and 3 d of A have passed; 1 d is tomorrow
    post.line.online = True
    assert await post.pass_time(minutes=1) == 3  # the 3 d one, still of use, to two groups; what expired, to staff
    assert "3月27日（周五）17:00 截止" in post.line.sent[0][1]
    assert post.line.sent[2] == (
        OFFICE,
        "【工作提醒】推送需要您看一下：过期未发 2 条。\n"
        "26-0001-1、26-0001-2\n"
        "过期的不再发出，仍需告知的请用「通知」或电话。\n"
        "〔通知 26-981831-1〕",
    )
    await post.pass_time(days=30)
    assert [group for group, _ in post.line.sent[3:]] == [OFFICE]  # only that the rest is past
    expired = [state for state in (await post.states()).values() if state is State.EXPIRED]
    assert expired
    assert "过期未发" in await post.desk.say("投递 失败", "300400001")


async def test_two_deadlines_due_at_one_moment_are_one_message(db: Database) -> None:
    rounds = table(
        "rounds",
        "year n programme deadline",
        [2026, 1, "A01", "2026-03-30T01:00:00Z"],  # Monday 9:00: everything before it moves to Friday
        [2026, 1, "A02", "2026-03-30T01:30:00Z"],
    )
    desk = await Desk(db).open(EVERYTHING[0], EVERYTHING[1], rounds)
    post = Post(desk, Line())
    post.clock.move_to(datetime(2026, 3, 26, 23, 0, tzinfo=UTC))
    await post.pass_time(minutes=1)
    for _ in range(20):
        await post.pass_time(hours=3)
    mine = [text for group, text in post.line.sent if group == GROUP]
    assert len(mine) == len(set(mine))
    together = [text for text in mine if "09:00 截止" in text and "09:30 截止" in text]
    assert together


async def test_the_text_of_an_announcement_of_samples(post: Post) -> None:
    preview = await post.desk.say("发放 第1次", "300400001")
    await post.desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", "300400001")
    await post.pass_time(minutes=1)
    assert post.line.sent[0] == (
        GROUP,
        "【质控品发放】2026年第1次室间质评质控品已发放\n"
        "▍3月27日（周五）17:00 截止\n凝血试验、糖化血红蛋白\n"
        "▍4月3日（周五）17:00 截止\n感染性疾病血清学标志物A\n"
        "样本号 202611-202612：糖化血红蛋白\n样本号 202611-202615：凝血试验\n"
        "预计 3月21日（周六）到达\n"
        "收到后请签收并先下载计划书，及时检测上报；未收到或有破损请联系中心。\n"
        "〔通知 26-0001-1〕",
    )


# -- pace and calm


def _notices(count: int, now: datetime, **facts: object) -> list[Planned]:
    told = {"units": ["黄山演示松月医院"], **facts}
    return [Planned(Kind.ASSIGNED, f"{n}", now, now + timedelta(days=1), told) for n in range(count)]


async def _write(post: Post, *planned: Planned) -> None:
    for one in planned:
        await post.desk.db.write(lambda tx, one=one: tx.write_push(one, post.clock.now()))  # type: ignore[misc]


async def test_the_first_wave_after_an_outage_is_capped(post: Post) -> None:
    post.deliverer.pace = Pace(3, 6)
    post.line.online = False
    await _write(post, *_notices(25, post.clock.now()))
    assert await post.pass_time(minutes=1) == 0
    post.line.online = True
    assert await post.pass_time(minutes=1) == 50
    assert [n for n, pause in enumerate(post.pauses, 1) if pause > 6] == [20, 40]
    assert post.pauses[19] == 60
    post.pauses.clear()
    await _write(post, *_notices(50, post.clock.now())[25:])
    assert await post.pass_time(minutes=1) == 50
    assert max(post.pauses) <= 6  # no outage, no waves


async def test_a_group_that_never_answers_holds_up_nobody(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliverer, "SLOW", 0.01)
    post.line.hanging[GROUP] = asyncio.Event()
    await _write(post, *_notices(2, post.clock.now()))
    assert await post.pass_time(minutes=1) == 3
    assert [group for group, _ in post.line.sent] == [GROUP, OFFICE, OFFICE]
    assert (await post.states())["26-0001-1"] is State.SENDING
    post.line.hanging[GROUP].set()
    await post.deliverer.close()
    assert await post.pass_time(seconds=5) == 1  # what waited for that group, in its order
    assert set((await post.states()).values()) == {State.DELIVERED}


async def test_what_surely_was_not_shown_has_called_nobody(post: Post) -> None:
    post.line.outcomes = [Sent(Outcome.NOT_SENT)]
    await _write(post, *_notices(1, post.clock.now(), at_all=True))
    await post.pass_time(seconds=5)
    await post.pass_time(minutes=1)
    assert [group for group, _ in post.line.sent] == [GROUP, OFFICE, GROUP]
    assert post.line.at_all == [True, True, True]
    assert "26-0001-1 编码分配→一群：已送达\n" in f"{await post.desk.say('投递 26-0001-1', '300400001')}\n"


async def test_everybody_is_called_at_most_once_where_the_first_call_is_in_doubt(post: Post) -> None:
    post.line.outcomes = [Sent(Outcome.UNKNOWN), Sent(Outcome.DELIVERED), Sent(Outcome.NOT_SENT)]
    post.line.sighting = Sighting.ABSENT
    await _write(post, *_notices(1, post.clock.now(), at_all=True))
    await post.pass_time(seconds=5)
    await post.pass_time(seconds=61)
    await post.pass_time(seconds=200)
    assert [group for group, _ in post.line.sent] == [GROUP, OFFICE, GROUP, GROUP]
    assert post.line.at_all == [True, True, False, False]
    said = await post.desk.say("投递 26-0001-1", "300400001")
    assert "26-0001-1 编码分配→一群：已送达（未@全体：前一次结果不明）" in said


async def test_only_the_first_of_several_messages_calls_everybody(post: Post) -> None:
    units = [f"{n}号演示医院{'很长' * 20}" for n in range(60)]
    await _write(post, *_notices(1, post.clock.now(), at_all=True, units=units))
    await post.pass_time(seconds=5)
    mine = [called for (group, _), called in zip(post.line.sent, post.line.at_all, strict=True) if group == GROUP]
    assert mine[0] is True
    assert len(mine) > 1
    assert not any(mine[1:])
    assert "未@全体" not in await post.desk.say("投递 26-0001", "300400001")


async def test_a_channel_in_trouble_is_left_alone(post: Post) -> None:
    post.line.outcomes = [Sent(Outcome.NOT_SENT)] * 5
    await _write(post, *_notices(10, post.clock.now()))
    assert await post.pass_time(seconds=5) == 5
    assert await post.pass_time(seconds=55) == 0
    assert await post.pass_time(seconds=10) == 20
    assert set((await post.states()).values()) == {State.DELIVERED}


async def test_an_urgent_alarm_goes_out_at_night(post: Post) -> None:
    post.clock.move_to(datetime(2026, 3, 20, 15, 0, tzinfo=UTC))  # 23:00
    now = post.clock.now()
    facts = {"about": "attempts", "limit": 1000, "urgent": True}
    await _write(post, *_notices(1, now), Planned(Kind.ALARM, "夜", now, now + timedelta(hours=1), facts))
    assert await post.pass_time(seconds=5) == 1
    assert post.line.sent[0][0] == OFFICE
    assert post.line.sent[0][1].startswith("【工作提醒】一小时内绑定码试错已达 1000 次")


def _alarm(now: datetime, key: str = "告警") -> Planned:
    facts = {"about": "attempts", "limit": 1000, "urgent": True}
    return Planned(Kind.ALARM, key, now, now + timedelta(days=1), facts)


async def test_an_alarm_in_doubt_ends_after_four_copies(post: Post) -> None:
    post.line.outcomes = [Sent(Outcome.UNKNOWN, "连接中断或超时")] * 100
    began = post.clock.now()
    await _write(post, _alarm(began))
    at = []
    for _ in range(3 * 60):
        before = len(post.line.sent)
        await post.pass_time(minutes=1)
        at += [(post.clock.now() - began) // timedelta(minutes=1)] * (len(post.line.sent) - before)
    assert at == [1, 2, 12, 72]
    assert {group for group, _ in post.line.sent} == {OFFICE}
    assert list((await post.states()).values()) == [State.NEEDS_STAFF]
    assert "工作提醒→办公室：请人工核对（无法核对是否已送达）" in await post.desk.say("待办", "300400001")


async def test_an_alarm_that_was_surely_not_sent_is_not_given_up(post: Post) -> None:
    post.line.outcomes = [Sent(Outcome.NOT_SENT)] * 4 + [Sent(Outcome.UNKNOWN)]
    await _write(post, _alarm(post.clock.now()))
    for _ in range(50):
        await post.pass_time(minutes=1)
    assert list((await post.states()).values()) == [State.DELIVERED]
    assert len(post.line.sent) == 6


async def test_a_history_that_never_comes_holds_up_nobody(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliverer, "LOOK", 0.01)
    post.line.mute = {GROUP}
    post.line.outcomes = [Sent(Outcome.UNKNOWN)] * 2
    post.line.sighting = Sighting.FOUND
    await _write(post, *_notices(1, post.clock.now()))
    await post.pass_time(seconds=5)
    await post.pass_time(seconds=61)
    assert await post.states() == {"26-0001-1": State.UNCERTAIN, "26-0001-2": State.OBSERVED}
    await post.pass_time(minutes=10)
    assert (await post.states())["26-0001-1"] is State.NEEDS_STAFF


async def test_looking_takes_no_more_than_its_share_of_a_tick(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliverer, "LOOK", 0.02)
    monkeypatch.setattr(deliverer, "LOOKING", 0.01)
    post.line.mute = {GROUP, OFFICE}
    post.line.outcomes = [Sent(Outcome.UNKNOWN)] * 6
    await _write(post, *_notices(3, post.clock.now()))
    await post.pass_time(seconds=5)
    post.clock.true += timedelta(seconds=61)
    post.deliverer.wake.clear()
    await post.tick.once()
    assert post.line.looks == 1  # six are in doubt
    assert post.deliverer.wake.is_set()


async def test_what_is_due_is_sent_beside_the_looking(post: Post) -> None:
    post.line.mute = {GROUP}
    post.line.outcomes = [Sent(Outcome.UNKNOWN)]
    await _write(post, *_notices(1, post.clock.now()))
    await post.pass_time(seconds=5)
    post.clock.true += timedelta(seconds=61)
    post.deliverer.wake.clear()
    tick = asyncio.create_task(post.tick.once())
    async with asyncio.timeout(5):
        await post.deliverer.wake.wait()
    assert not tick.done()
    tick.cancel()
    await asyncio.gather(tick, return_exceptions=True)


async def test_a_recall_that_never_answers_holds_up_nobody(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recaller, "ANSWER", 0.02)
    monkeypatch.setattr(recaller, "FOR", 0.01)
    await _write(post, *_notices(1, post.clock.now()))
    await post.pass_time(seconds=5)
    real = post.clock.real()
    await post.desk.db.write(lambda tx: tx.want_back(1, [1, 2], real))
    left = []
    for _ in range(3):
        left.append(len(await post.desk.db.read(lambda tx: tx.to_recall("qq", post.clock.real()))))
        await post.tick.once()
    assert left == [2, 1, 0]
