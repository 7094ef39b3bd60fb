"""The watcher beside a tick that may be dead: what it writes, to whom it goes, what is said then."""

from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

import pytest

from bot.channels import Health, Sent, Sighting
from bot.scheduler.deliverer import Deliverer
from bot.settings import Pace
from bot.watch.board import Board, install
from bot.watch.watcher import Watcher
from core.access import ManagedGroup
from core.clock import ManualClock
from core.pushes.hold import Hold
from core.pushes.models import Kind, Planned, Target
from core.pushes.states import Outcome
from db.unit import Database
from tests.bot.desk import CENTRE, OFFICE, VIEWER, Desk
from tests.cast import at

MORNING = at("2026-03-20 10:00")
NIGHT = at("2026-03-20 23:00")
DUTY = Target("mail", "private", "duty@example.org")


class Line:
    outside = True

    def __init__(self, name: str) -> None:
        self.name, self.health, self.online = name, Health(), True
        self.outcome = Outcome.DELIVERED
        self.said: list[tuple[str, str]] = []

    def is_online(self) -> bool:
        return self.online

    async def send(self, target: Target, text: str, at_all: bool = False) -> Sent:
        if self.outcome is Outcome.DELIVERED:
            self.said.append((target.id, text))
        return Sent(self.outcome)

    async def find(self, target: Target, mark: str, since: datetime) -> Sighting:
        return Sighting.UNCLEAR

    async def take_back(self, target: Target, message_id: str) -> bool:
        return False


class Clocks(ManualClock):
    def real(self) -> datetime:
        return self.at


class Scene:
    """QQ with a staff group, WeCom with another, a mailbox; the tick runs unless it is told not to."""

    def __init__(self, desk: Desk, now: datetime = MORNING) -> None:
        self.desk, self.clock = desk, Clocks(now)
        self.qq, self.wecom, self.mail = Line("qq"), Line("wecom"), Line("mail")
        lines: list[Any] = [self.qq, self.wecom, self.mail]
        self.rules = desk.door.settings.rules
        self.board = Board(now, lines)
        self.deliverers = [
            Deliverer(desk.db, self.clock, line, self.rules, Pace(0, 0), "this", timedelta(seconds=60))
            for line in lines
        ]
        self.woken = 0
        self.watcher = self.anew()

    def anew(self) -> Watcher:
        """As the next process would begin."""
        return Watcher(self.desk.db, self.clock, self.board, self.rules.quiet, "this", (DUTY,), self._wake)

    def _wake(self) -> None:
        self.woken += 1

    async def pass_time(self, seconds: int, *, ticking: bool = True, every: int = 5) -> None:
        for _ in range(0, seconds, every):
            self.clock.at += timedelta(seconds=every)
            if ticking:
                self.board.rung_at = self.clock.at
            woken = self.woken
            await self.watcher.once()
            minute = ticking and self.clock.at.second == 0
            if minute:
                await self.desk.db.write(lambda tx: tx.ripen(self.clock.at))
            if self.woken > woken or minute:
                for deliverer in self.deliverers:
                    await deliverer.deliver_due()


@pytest.fixture
async def scene(db: Database) -> Scene:
    desk = await Desk(db).open()
    duty = ManagedGroup("wecom", "值班群", "值班群", staff=True)
    await db.write(lambda tx: tx.set_group(duty, MORNING, CENTRE))
    scene = Scene(desk)
    await scene.pass_time(5)
    return scene


def lose(scene: Scene, why: str = "", *, told: bool = False) -> None:
    scene.qq.online = False
    scene.qq.health.lost_at, scene.qq.health.why, scene.qq.health.told = scene.clock.at, why, told


def back(scene: Scene) -> None:
    scene.qq.online = True
    scene.qq.health = Health()


async def test_an_account_that_is_offline_is_told_by_the_other_ways(scene: Scene) -> None:
    lose(scene, "账号已下线：您的账号在另一地点登录", told=True)
    await scene.pass_time(5)
    ((group, text),) = scene.wecom.said
    assert group == "值班群"
    assert scene.mail.said[0][0] == "duty@example.org"
    assert text.rpartition("\n")[0] == (
        "【告警】QQ 账号离线\n"
        "自 3月20日（周五）10:00 起，机器人在 QQ 收不到也发不出消息。\n"
        "原因：账号已下线：您的账号在另一地点登录\n"
        "请按顺序处理：\n"
        "1. 确认运行 QQ 客户端的电脑已开机、联网，客户端（如 NapCat）在运行；\n"
        "2. 打开客户端的管理页面；账号已退出的，用该账号的手机 QQ 扫码重新登录；\n"
        "3. 账号正常的，看网络配置里的反向 WebSocket 是否启用，地址和密钥是否与 .env 一致；\n"
        "4. 仍连不上，重启客户端后再看第 2 步；\n"
        "5. 等 1 分钟，在工作人员群发送「状态」，显示「在线」即可。\n"
        "恢复前，急事请用电话或其他群通知；没发出的推送恢复后自动补发，不必重发。"
    )
    assert text.rpartition("\n")[2].startswith("〔通知 26-")


async def test_it_is_over_when_it_stayed_well_for_a_minute(scene: Scene) -> None:
    lose(scene, told=True)
    await scene.pass_time(600)
    back(scene)
    await scene.pass_time(90)
    assert [text.split("\n")[0] for _, text in scene.wecom.said] == [
        "【告警】QQ 账号离线",
        "【恢复】「QQ 账号离线」已恢复，自 3月20日（周五）10:00 至 3月20日（周五）10:10。",
    ]
    assert [text[:4] for _, text in scene.qq.said] == ["【恢复】"]  # never that it was offline, too late


async def test_a_lasting_trouble_is_told_once_more_after_an_hour(scene: Scene) -> None:
    lose(scene, told=True)
    await scene.pass_time(3 * 3600, every=60)
    assert [text.split("\n")[0] for _, text in scene.wecom.said] == [
        "【告警】QQ 账号离线",
        "【告警·仍未恢复】QQ 账号离线",
    ]


async def test_a_socket_that_is_back_within_a_minute_is_no_alarm(scene: Scene) -> None:
    lose(scene, "未连接")
    await scene.pass_time(50)
    back(scene)
    await scene.pass_time(120)
    assert not scene.wecom.said
    lose(scene, "未连接")
    await scene.pass_time(65)
    assert len(scene.wecom.said) == 1


async def test_alarms_go_out_at_night_and_while_sending_is_held(db: Database, scene: Scene) -> None:
    await db.write(lambda tx: tx.set_hold(Hold(MORNING, "qq:300400001")))
    scene.clock.at = NIGHT
    scene.watcher = scene.anew()
    await scene.pass_time(5)
    lose(scene, told=True)
    await scene.pass_time(5)
    assert len(scene.wecom.said) == len(scene.mail.said) == 1


async def test_a_stopped_tick_is_told_within_two_minutes_and_its_work_goes_on(scene: Scene) -> None:
    await scene.pass_time(110, ticking=False)
    assert scene.qq.said[0][0] == OFFICE
    assert scene.qq.said[0][1].startswith(
        "【告警】定时任务停了\n"
        "自 3月20日（周五）10:00 起，定时任务没有运行，提醒不会按时发出。\n"
        "请按顺序处理：\n"
        "1. 重启机器人程序（eqabot run）；没发完的推送不会丢，也不会重发；\n"
        "2. 等 1 分钟，发送「状态」，看「定时任务」是否在运行；\n"
        "3. 仍不运行，请把程序日志交给维护人员。\n"
    )
    assert len(scene.wecom.said) == len(scene.mail.said) == 1


async def test_messages_that_are_due_and_never_leave_are_told_within_twelve_minutes(scene: Scene) -> None:
    now = scene.clock.at
    notice = Planned(
        Kind.ASSIGNED, "application.assigned:1", now, now + timedelta(days=3), {"units": ["演示医院"]}
    )
    scene.qq.outcome = Outcome.NOT_SENT
    await scene.desk.db.write(lambda tx: tx.write_push(notice, now))
    await scene.pass_time(12 * 60)
    assert len(scene.wecom.said) == 2
    assert scene.wecom.said[-1][1].startswith(
        "【告警】QQ 消息发不出去\n自 3月20日（周五）10:00 起，2 条到时间的推送一条也没发出去。\n"
    )


async def test_the_next_process_goes_on_with_the_same_trouble(scene: Scene) -> None:
    lose(scene, told=True)
    await scene.pass_time(30)
    scene.watcher = scene.anew()
    await scene.pass_time(120)
    assert len(scene.wecom.said) == 1
    back(scene)
    await scene.pass_time(90)
    assert [text[:4] for _, text in scene.wecom.said] == ["【告警】", "【恢复】"]


async def test_a_database_that_does_not_answer_is_said_aloud(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_work: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(scene.desk.db, "write", broken)
        await scene.pass_time(60, ticking=False)
    for line, who in ((scene.qq, OFFICE), (scene.wecom, "值班群"), (scene.mail, "duty@example.org")):
        ((target, text),) = line.said
        assert target == who
        assert text.startswith("【告警】数据库不响应\n自 3月20日（周五）10:00 起，数据库不响应，")
        assert "〔通知" not in text
    await scene.pass_time(90)
    assert [text[:4] for _, text in scene.wecom.said] == ["【告警】", "【恢复】"]


async def test_a_machine_that_slept_raises_no_alarm(scene: Scene) -> None:
    scene.clock.at += timedelta(hours=8)
    await scene.watcher.once()
    await scene.pass_time(60)
    assert not scene.wecom.said


async def test_status_says_what_is_wrong(scene: Scene) -> None:
    install(scene.board)
    scene.desk.door.clock = scene.clock
    well = await scene.desk.say("状态", VIEWER, at=scene.clock.at)
    assert well == (
        "【状态】一切正常\n"
        "· QQ：在线，3月20日（周五）10:00 起\n"
        "· 企业微信：在线，3月20日（周五）10:00 起\n"
        "· 邮件：在线，3月20日（周五）10:00 起\n"
        "· 定时任务：正在运行，0 秒前跑完一次\n"
        "· 推送：待发 0 条，核对中 0 条，失败 0 条，请人工核对 0 条\n"
        "· 上报名单：还没有导入\n"
        "· 备份：未查到\n"
        f"· 版本 {version('eqabot')}，数据库 SQLite"
    )
    lose(scene, "账号已下线", told=True)
    await scene.pass_time(100, ticking=False)
    ill = await scene.desk.say("状态", VIEWER, at=scene.clock.at)
    assert ill.startswith(
        "【状态】有 2 处需要您看一下\n"
        "▲ QQ：离线，3月20日（周五）10:00 起（账号已下线）\n"
        "· 企业微信：在线，3月20日（周五）10:00 起，最近发出 3月20日 10:01\n"
    )
    assert "▲ 定时任务：停了，100 秒前跑完一次\n" in ill


async def test_status_says_that_there_is_no_second_way(db: Database, scene: Scene) -> None:
    install(scene.board)
    await db.write(lambda tx: tx.remove_group(ManagedGroup("wecom", "值班群", ""), MORNING, CENTRE))
    said = await scene.desk.say("状态", VIEWER)
    assert (
        "· 告警只有 QQ 一条途径，账号离线时无法通知您："
        "请设置邮件（EQABOT_SMTP_URL），或把企业微信群登记为工作人员群"
    ) in said


async def test_a_second_way_that_is_dead_is_told_by_the_others(scene: Scene) -> None:
    gone = "群机器人地址已失效，请在企业微信群里重新复制"
    scene.wecom.health = Health(scene.clock.at, gone, told=True)
    await scene.pass_time(30)
    assert not scene.wecom.said
    ((target, text),) = scene.qq.said
    assert target == OFFICE
    assert text.rpartition("\n")[0] == (
        "【告警】企业微信 不接收消息\n"
        "自 3月20日（周五）10:00 起，有发往企业微信的消息不被接收，账号离线时的告警可能到不了那里。\n"
        f"原因：{gone}\n"
        "请按顺序处理：\n"
        "1. 在企业微信群里看群机器人是否还在，重新复制它的地址，写到 .env 的 EQABOT_WECOM_WEBHOOKS；\n"
        "2. 改了 .env 的，重启机器人程序（eqabot run）；没改的不必重启；\n"
        "3. 发送「待办」，把发往那里失败的一条「补发」，发送「状态」，显示「在线」即可。"
    )
    assert len(scene.mail.said) == 1
    install(scene.board)
    scene.desk.door.clock = scene.clock
    said = await scene.desk.say("状态", VIEWER, at=scene.clock.at)
    assert said.startswith("【状态】有 1 处需要您看一下\n· QQ：在线，")
    assert f"▲ 企业微信：发不出去，3月20日（周五）10:00 起（{gone}）\n" in said
    scene.wecom.health = Health()
    await scene.pass_time(90)
    assert [text.split("\n")[:2] for _, text in scene.wecom.said] == [
        [
            "【恢复】「企业微信 不接收消息」已恢复，自 3月20日（周五）10:00 至 3月20日（周五）10:00。",
            "期间没发出的请发送「待办」查看，需要的请补发。",
        ]
    ]
