"""The guards round every test see what they are there for: a leak fails the very test."""

import pytest
from loguru import logger

from bot import log
from bot.answers import Answer
from core.access.issue import Slip
from core.labs.models import Lab
from core.pushes.models import Target
from db.unit import Database
from tests import guards
from tests.bot.desk import GROUP, NOW, Desk
from tests.privacy.handled import with_handler

LAB = Lab(1, "0340101", "合肥演示晴川医院")


@pytest.mark.parametrize("leak", ["lab 0340101", "call 13855112345", "0551-6000 0551-60000001", "qq:300400501"])
def test_a_number_in_the_log_fails_the_test(leak: str) -> None:
    with pytest.raises(AssertionError, match="the log"), guards.watch():
        _bots_own(leak)


def test_a_minted_code_in_the_log_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="the log"), guards.watch():
        _bots_own(f"issued {Slip(LAB, '7K2M-Q4X9-WZ0B', NOW).code}")


def _bots_own(text: str) -> None:
    """As a module of ours would log it."""
    logger.patch(lambda record: record.update(name="bot.door")).info("{}", text)


@pytest.mark.parametrize(
    "text", ["编码 0340101", "PT成绩：80", "得 80 分", "QQ 300400501", "token-for-tests-only"]
)
async def test_a_secret_said_in_a_group_fails_the_test(db: Database, text: str) -> None:
    async def leaking(*_: object) -> Answer:
        return Answer("guide/answer", {"text": text, "source": "", "facts": (), "step": "", "second": None})

    desk = await Desk(db).open()
    with pytest.raises(AssertionError, match="a group"), guards.watch():
        await with_handler(desk, leaking, group=GROUP)
    with guards.watch():
        await with_handler(desk, leaking)


def test_what_is_public_passes() -> None:
    public = "2026年第1次 3月27日（周五）17:00 截止。电话 0551-62283619〔通知 26-0317〕 80 分钟"
    assert list(guards.in_group(public)) == []
    assert list(guards.in_log(f"{public} {Target('qq', 'group', GROUP)}")) == []


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Key (code)=(0340101) already exists.", "Key (code)=(＊) already exists."),
        ("invalid literal for int(): 'AH12345'", "invalid literal for int(): '＊'"),
        ("0551-60000001 or 13800001111", "＊ or ＊"),
        ("7K2M-Q4X9-WZ0B", "＊"),
        ("status 503 of 12", "status 503 of 12"),
    ],
)
def test_words_of_others_are_logged_without_their_numbers(words: str, shown: str) -> None:
    assert log.numberless(words) == shown
