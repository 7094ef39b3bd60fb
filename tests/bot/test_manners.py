"""Courtesies, stickers, pictures, voices; and never two answers to one message."""

from datetime import timedelta
from typing import Any

import nonebot
import pytest
from nonebot.adapters.onebot.v11 import MessageEvent

from bot.acknowledging import acknowledges
from bot.channels.onebot.adapter import install
from bot.channels.onebot.receive import incoming
from bot.incoming import Job
from core.access import PlaceKind
from db.unit import Database
from tests.bot.desk import GROUP, OFFICE, STAFF, STRANGER, Desk
from tests.bot.own import A, own_desk
from tests.bot.test_deliverer import Clocks
from tests.bot.test_onebot_shapes import shape

PICTURE = "图片我看不懂，请用文字说明，或发送「留言 内容」转给中心工作人员。"
VOICE = "语音我听不懂，请用文字说明，或发送「留言 内容」转给中心工作人员。"


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await own_desk(db)


async def answers(desk: Desk, text: str, user: str = STRANGER, group: str = "", **more: Any) -> list[str]:
    """Each answer to one message by itself."""
    message, said = desk.incoming(text, user, group, **more), list[str]()

    async def reply(part: object) -> None:
        said.append(str(part))

    if found := desk.door.recognise(message):
        await desk.door.handle(Job(message, reply, *found))
    return said


# -- courtesies

COURTESIES = (
    *(
        "好嘞",
        "收到啦",
        "辛苦了",
        "👍",
        "🙏🙏",
        "OK",
        "ok了",
        "嗯嗯",
        "感谢感谢",
        "好的好的",
        "已阅",
        "明白",
        "老师辛苦了",
    ),
    *(
        "谢谢老师，辛苦了！",
        "好的👌",
        "[抱拳]",
        "行",
        "知道了谢谢",
        "好滴～",
        "…",
        "。",
        "Thanks",
        "哈哈",
        "没问题，谢谢",
        "已知悉",
    ),
)


async def test_courtesies_get_no_answer(desk: Desk) -> None:
    assert [text for text in COURTESIES if await desk.say(text)] == []
    assert [text for text in COURTESIES if await desk.say(text, group=GROUP, to_me=True)] == []


async def test_a_question_behind_thanks_is_answered(desk: Desk) -> None:
    assert "半个月" in await desk.say("谢谢，再问一下成绩什么时候出")
    assert (await desk.say("好的，截止 糖化")) != ""
    for text in ("行吗", "好吗？", "谢谢，怎么上报", "老师好"):
        assert await desk.say(text) != "", text


@pytest.mark.parametrize("text", ["已阅", "知悉", "收到啦", "OK，收到", "晴川医院已阅，谢谢"])
def test_what_says_that_a_push_was_seen(text: str) -> None:
    assert acknowledges(text)


# -- pictures, stickers, voices


async def test_a_picture_alone_is_answered_once_in_ten_minutes(desk: Desk) -> None:
    desk.clock = desk.door.clock = desk.door._puzzled._clock = clock = Clocks(desk.clock.now())
    assert await desk.say("", A, pictures=True) == PICTURE
    clock.true += timedelta(minutes=9, seconds=59)
    assert await desk.say("", A, pictures=True) == ""
    assert await desk.say("", A, voice=True) == ""
    assert await desk.say(" ", STRANGER, voice=True) == VOICE
    clock.true += timedelta(seconds=1)
    assert await desk.say("", A, pictures=True) == PICTURE


async def test_in_a_group_pictures_are_for_others(desk: Desk) -> None:
    assert await desk.say("", A, GROUP, pictures=True) == ""
    assert await desk.say("", A, GROUP, to_me=True, voice=True) == ""
    assert await desk.say("", A, place=PlaceKind.TEMPORARY, pictures=True) == PICTURE


async def test_words_beside_a_picture_are_what_counts(desk: Desk) -> None:
    assert await answers(desk, "截止 糖化", pictures=True) == await answers(desk, "截止 糖化")
    assert await answers(desk, "谢谢", pictures=True) == []


async def test_a_sticker_alone_is_a_courtesy(desk: Desk) -> None:
    assert await answers(desk, "") == []


@pytest.mark.parametrize(
    ("segment", "picture", "voice"),
    [
        ({"type": "image", "data": {"file": "a.jpg", "sub_type": 0, "summary": ""}}, True, False),
        ({"type": "image", "data": {"file": "a.jpg"}}, True, False),
        ({"type": "image", "data": {"file": "a.gif", "sub_type": 1, "summary": ""}}, False, False),
        ({"type": "image", "data": {"file": "a.gif", "subType": "1"}}, False, False),
        ({"type": "image", "data": {"file": "a.gif", "sub_type": 0, "summary": "[动画表情]"}}, False, False),
        ({"type": "mface", "data": {"summary": "[好的]", "emoji_id": "1"}}, False, False),
        ({"type": "face", "data": {"id": "76"}}, False, False),
        ({"type": "video", "data": {"file": "a.mp4"}}, True, False),
        ({"type": "record", "data": {"file": "a.amr"}}, False, True),
    ],
)
def test_what_is_a_picture(segment: dict[str, Any], picture: bool, voice: bool) -> None:
    nonebot.init(_env_file=None, driver="~none", log_level="ERROR")
    sent = shape("napcat_private_message")
    event = install(frozenset()).json_to_event({**sent, "message": [segment], "raw_message": ""})
    assert isinstance(event, MessageEvent)
    found = incoming(event)
    assert (found.text, found.pictures, found.voice) == ("", picture, voice)


# -- one answer


async def test_never_two_answers_to_one_message(desk: Desk) -> None:
    """Each could be heard twice: a code and a question, a quote and a command, a number and a command."""
    code = (await desk.say("绑定码 0340102", STAFF)).split("：", 1)[1].split()[0]
    marks = {"quoted_marks": (("26-0001-1", 1),), "quotes_us": True}
    assert len(await answers(desk, f"/成绩什么时候出来 {code}", STRANGER, GROUP)) <= 1 + 1  # and one taken back
    assert [one for one in await answers(desk, f"{code} 截止", A) if one] != []
    for text in ("收到 截止 糖化", "收到，糖化什么时候截止", "截止 糖化", "收到"):
        assert len(await answers(desk, text, A, **marks)) <= 1, text
        assert len(await answers(desk, text, STAFF, OFFICE, **marks)) <= 1, text
    await desk.say("项目 感染", A)
    assert len(await answers(desk, "1", A, **marks)) == 1
    assert len(await answers(desk, "谢谢，截止 糖化，糖化什么时候截止", A)) == 1
