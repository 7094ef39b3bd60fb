"""Whether the account is well: told by notice, by heartbeat, by silence, by the connection."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import adapter as dialling

from bot.channels import Health
from bot.channels.onebot.adapter import Gate
from bot.channels.onebot.send import OneBotChannel
from bot.channels.onebot.watch import Watch
from tests.fakeqq.cast import GROUP, MEMBER
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.live import connected, dialled

SHAPES = Path(__file__).parent / "fixtures" / "onebot"
START = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)


def shape(name: str) -> dict[str, Any]:
    return dict(json.loads((SHAPES / f"{name}.json").read_text(encoding="utf-8")))


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


# -- what each shape says


@pytest.fixture
def watch() -> Watch:
    watch = Watch(Health())
    assert watch.looks_well("line 1", START)
    return watch


@pytest.mark.parametrize("who", ["napcat", "gocq", "lagrange"])
def test_a_heartbeat_is_a_sign_of_life(watch: Watch, who: str) -> None:
    watch.hear(shape(f"{who}_heartbeat"), "line 1", at(5))
    assert watch.looks_well("line 1", at(6))
    assert watch.health == Health(heard_at=at(5))


def test_a_heartbeat_that_says_off_line(watch: Watch) -> None:
    watch.hear(shape("napcat_heartbeat_offline"), "line 1", at(5))
    watch.hear(shape("napcat_heartbeat_offline"), "line 1", at(35))
    assert not watch.looks_well("line 1", at(36))
    assert (watch.health.lost_at, watch.health.why) == (at(5), "账号已下线")
    watch.hear(shape("napcat_heartbeat"), "line 1", at(65))
    assert watch.looks_well("line 1", at(66))
    assert (watch.health.lost_at, watch.health.why) == (None, "")


def notice(seconds: float) -> dict[str, Any]:
    return shape("napcat_bot_offline_notice") | {"time": int(at(seconds).timestamp())}


def test_the_notice_says_why_and_only_a_heartbeat_takes_it_back(watch: Watch) -> None:
    watch.hear(shape("napcat_heartbeat_offline"), "line 1", at(1))
    watch.hear(notice(2), "line 1", at(2))
    watch.hear(shape("napcat_group_message"), "line 1", at(3))
    assert not watch.looks_well("line 1", at(4))
    assert (watch.health.lost_at, watch.health.why) == (at(1), "账号已下线：登录状态已失效")
    assert not watch.looks_well(None, at(5))
    assert watch.health.why == "账号已下线：登录状态已失效"
    assert watch.looks_well("line 2", at(9))


def test_a_notice_older_than_two_minutes_says_nothing(watch: Watch) -> None:
    watch.hear(notice(0), "line 1", at(121))
    assert watch.looks_well("line 1", at(121))
    watch.hear(notice(1), "line 1", at(121))
    assert not watch.looks_well("line 1", at(121))


def test_said_to_be_off_line_it_is_asked_every_half_minute_though_others_talk(watch: Watch) -> None:
    watch.hear(notice(0), "line 1", START)
    assert not watch.wants_asking(at(29))
    assert watch.wants_asking(at(30))
    watch.ask(at(30))
    for second in range(30, 60, 5):
        watch.hear({"post_type": "notice", "notice_type": "group_card"}, "line 1", at(second))
        assert not watch.wants_asking(at(second))
    assert watch.wants_asking(at(60))
    watch.answer({"online": False}, "line 1", at(60))
    assert not watch.looks_well("line 1", at(60))
    watch.answer({"online": True}, "line 1", at(90))
    assert watch.looks_well("line 1", at(90))
    assert not watch.wants_asking(at(120))


def test_a_message_after_the_notice_is_a_reason_to_ask_sooner(watch: Watch) -> None:
    watch.hear(notice(0), "line 1", START)
    watch.answer(None, "line 1", at(1))
    watch.hear(shape("napcat_group_message"), "line 1", at(2))
    assert not watch.wants_asking(at(9))
    assert watch.wants_asking(at(10))
    watch.answer(None, "line 1", at(11))  # it cannot say, but people are heard through it
    assert watch.looks_well("line 1", at(11))


def test_heartbeats_that_stop_mean_silence_until_anything_is_heard(watch: Watch) -> None:
    watch.hear(shape("gocq_heartbeat"), "line 1", START)  # every 5 s
    assert watch.looks_well("line 1", at(15))
    assert not watch.looks_well("line 1", at(16))
    assert (watch.health.lost_at, watch.health.why) == (at(16), "心跳中断")
    watch.hear(shape("gocq_group_message"), "line 1", at(20))
    assert watch.looks_well("line 1", at(21))


def test_who_never_sends_heartbeats_is_not_missed(watch: Watch) -> None:
    watch.hear(shape("lagrange_group_message"), "line 1", START)
    assert watch.looks_well("line 1", at(86400))


def test_no_connection_is_noticed_when_asked(watch: Watch) -> None:
    assert not watch.looks_well(None, at(3))
    assert not watch.looks_well(None, at(9))
    assert (watch.health.lost_at, watch.health.why) == (at(3), "未连接")
    assert watch.looks_well("line 2", at(12))


def test_a_new_connection_has_its_own_heartbeats(watch: Watch) -> None:
    watch.hear(shape("gocq_heartbeat"), "line 1", START)
    assert watch.looks_well("line 2", at(60))
    assert watch.looks_well("line 2", at(120))


def test_odd_heartbeats_say_nothing(watch: Watch) -> None:
    beat = shape("napcat_heartbeat")
    for odd in ({"status": None}, {"status": {"online": None}}, {"interval": "30000"}, {"interval": 0}):
        watch.hear({**beat, **odd}, "line 1", at(1))
        assert watch.looks_well("line 1", at(2)), odd


# -- over the wire


@pytest.fixture
async def qq() -> AsyncIterator[FakeQQ]:
    async with FakeQQ(listen=0, heartbeat=0.1) as qq:
        await qq.groups({"group_id": GROUP})
        yield qq


@pytest.fixture
async def gate(qq: FakeQQ, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gate]:
    async with dialled(qq, monkeypatch) as gate:
        yield gate


@pytest.fixture
def channel(gate: Gate) -> OneBotChannel:
    return OneBotChannel()


async def until(true: Callable[[], bool], timeout: float = 5) -> None:
    async with asyncio.timeout(timeout):
        while not true():
            await asyncio.sleep(0.01)


async def test_an_account_that_is_logged_out_is_known_at_once(qq: FakeQQ, channel: OneBotChannel) -> None:
    await until(lambda: channel.health.heard_at is not None)
    assert channel.is_online()
    await qq.online(False, message="登录状态已失效，请重新登录")
    await until(lambda: channel.health.lost_at is not None, 1)
    assert channel.health.why == "账号已下线：登录状态已失效，请重新登录"
    assert not channel.is_online()
    await qq.online()
    await until(channel.is_online)


async def test_an_account_that_falls_off_line_is_known_by_the_next_heartbeat(
    qq: FakeQQ, channel: OneBotChannel
) -> None:
    await qq.online(False)
    await until(lambda: not channel.is_online(), 1)
    assert channel.health.why == "账号已下线"


async def test_a_lost_connection_is_off_line_until_the_next(
    qq: FakeQQ, gate: Gate, channel: OneBotChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialling, "RECONNECT_INTERVAL", 0.3)
    await qq.disconnect(hard=True)
    await until(lambda: not channel.is_online(), 1)
    assert channel.health.why == "未连接"
    await connected(gate)
    assert channel.is_online()


async def test_other_accounts_say_nothing_of_ours(qq: FakeQQ, channel: OneBotChannel) -> None:
    now = {"time": int(datetime.now(UTC).timestamp())}
    await qq.event(shape("napcat_bot_offline_notice") | {"self_id": 66666, "user_id": 66666} | now)
    await qq.say("在吗", user=MEMBER, group=GROUP)
    await until(lambda: channel.health.heard_at is not None)
    assert channel.is_online()


async def test_an_event_that_nobody_understands_does_not_end_the_connection(
    qq: FakeQQ, gate: Gate, channel: OneBotChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(event: object) -> None:
        raise ValueError("no ear for it")

    monkeypatch.setitem(Gate.ears, "deaf", deaf)
    socket = next(iter(gate.connections.values()))
    await qq.say("在吗", user=MEMBER, group=GROUP)
    await until(lambda: channel.health.heard_at is not None)
    assert list(gate.connections.values()) == [socket]
