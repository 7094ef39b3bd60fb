"""WeCom's webhook: what each answer means, that texts fit, and that the key is nowhere to be read."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.channels.wecom import send
from bot.channels.wecom.classify import classify
from bot.channels.wecom.send import WecomChannel
from core.clock import SystemClock
from core.pushes.models import Delivery, Kind, Push, Target
from core.pushes.states import Outcome, State
from tests.bot.wecom import Wecom
from tests.cast import MORNING
from tests.e2e.process import free_port

DUTY = Target("wecom", "group", "值班群")


@pytest.fixture
async def wecom() -> AsyncIterator[Wecom]:
    async with Wecom() as wecom:
        yield wecom


def channel(address: str) -> WecomChannel:
    return WecomChannel({"值班群": address}, SystemClock())


async def test_a_text_is_shown_as_it_is_and_calls_nobody(wecom: Wecom) -> None:
    line = channel(wecom.address())
    sent = await line.send(DUTY, "【告警】QQ 账号离线\n<@all> 〔通知 26-100001-1〕")
    assert sent.outcome is Outcome.DELIVERED
    assert wecom.said == [("lab-1", "【告警】QQ 账号离线\n＜@all> 〔通知 26-100001-1〕")]
    assert line.health.sent_at is not None


@pytest.mark.parametrize(
    ("status", "answer", "outcome", "words"),
    [
        (200, {"errcode": 0, "errmsg": "ok"}, Outcome.DELIVERED, ""),
        (200, {"errcode": 45009}, Outcome.NOT_SENT, "企业微信限流，稍后再发"),
        (200, {"errcode": -1}, Outcome.NOT_SENT, "企业微信繁忙"),
        (200, {"errcode": 93000}, Outcome.REFUSED, "群机器人地址已失效，请在企业微信群里重新复制"),
        (200, {"errcode": 40058}, Outcome.REFUSED, "企业微信拒绝（40058）"),
        (200, {}, Outcome.UNKNOWN, "企业微信无明确应答"),
        (200, None, Outcome.UNKNOWN, "企业微信无明确应答（200）"),
        (502, None, Outcome.UNKNOWN, "企业微信无明确应答（502）"),
        (302, None, Outcome.NOT_SENT, "企业微信未受理（302）"),
        (404, None, Outcome.NOT_SENT, "企业微信未受理（404）"),
    ],
)
def test_what_an_answer_means(status: int, answer: dict[str, Any] | None, outcome: Outcome, words: str) -> None:
    assert classify(status, answer) == (outcome, words)


async def test_the_service_itself_is_asked_and_understood(wecom: Wecom) -> None:
    assert (await channel(wecom.address("other")).send(DUTY, "文")).outcome is Outcome.REFUSED
    assert (await channel(wecom.address()).send(DUTY, "文" * 683)).outcome is Outcome.REFUSED
    line = channel(wecom.address())
    outcomes = [(await line.send(DUTY, f"{n}")).outcome for n in range(21)]
    assert outcomes == [Outcome.DELIVERED] * 20 + [Outcome.NOT_SENT]


async def test_nobody_there_is_not_sent_and_no_answer_is_unknown(
    wecom: Wecom, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}/cgi-bin/webhook/send?key=lab-canary"
    refused = await channel(nobody).send(DUTY, "文")
    assert (refused.outcome, refused.words) == (Outcome.NOT_SENT, "连不上企业微信")
    monkeypatch.setattr(send, "TIMEOUT", aiohttp.ClientTimeout(total=0.3))
    wecom.deaf = True
    silent = await channel(wecom.address()).send(DUTY, "文")
    assert (silent.outcome, silent.words) == (Outcome.UNKNOWN, "连接中断或超时")
    assert len(wecom.said) == 1


async def test_a_group_without_a_webhook_is_refused_in_words(wecom: Wecom) -> None:
    sent = await channel(wecom.address()).send(Target("wecom", "group", "别的群"), "文")
    assert (sent.outcome, sent.words) == (Outcome.REFUSED, "EQABOT_WECOM_WEBHOOKS 中没有这个群")


async def test_a_robot_that_is_gone_is_known_until_it_speaks_again(wecom: Wecom) -> None:
    other = Target("wecom", "group", "二群")
    hooks = {"值班群": wecom.address("revoked"), "二群": wecom.address()}
    line = WecomChannel(hooks, SystemClock())
    await line.send(other, "文")
    assert line.health.lost_at is None
    await line.send(DUTY, "文")
    lost_at = line.health.lost_at
    assert lost_at is not None
    assert (line.health.why, line.health.told) == ("群机器人地址已失效，请在企业微信群里重新复制", True)
    assert line.is_online()  # the next message tries again
    await line.send(other, "文")
    await line.send(DUTY, "文")
    assert line.health.lost_at == lost_at
    hooks["值班群"] = wecom.address()
    await line.send(DUTY, "文")
    assert (line.health.lost_at, line.health.why, line.health.told) == (None, "", False)


async def test_a_message_that_is_refused_says_nothing_of_the_robot(wecom: Wecom) -> None:
    line = channel(wecom.address())
    assert (await line.send(DUTY, "文" * 683)).outcome is Outcome.REFUSED
    assert line.health.lost_at is None
    await line.send(Target("wecom", "group", "别的群"), "文")
    assert (line.health.why, line.health.told) == ("EQABOT_WECOM_WEBHOOKS 中没有这个群", True)


def test_the_key_stands_in_no_repr() -> None:
    assert "canary" not in repr(channel("https://example.org/send?key=canary"))


async def test_long_texts_are_cut_so_that_each_part_fits(wecom: Wecom) -> None:
    push = Push(1, Kind.ALARM, 100001, 2026, {})
    body = "\n".join(["实验室😀" * 30] * 20 + ["〔通知 26-100001-1〕"])
    whole = Delivery(1, push, DUTY, 1, State.SENDING, 1, 1, MORNING, MORNING, body=body)
    assert len(whole.parts) > 3
    for part in whole.parts:
        assert (await channel(wecom.address()).send(DUTY, f"〔演练〕{part}")).outcome is Outcome.DELIVERED
