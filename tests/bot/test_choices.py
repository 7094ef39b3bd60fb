"""Numbered choices: a number is an answer for two minutes, of whoever was asked, where it was asked."""

from datetime import timedelta

import pytest

from core.access import Account, PlaceKind
from db.unit import Database
from tests.bot.desk import CENTRE, EVERYTHING, GROUP, OFFICE, STAFF, STRANGER, Desk

ASKED = (
    "「感染」对应多个项目，您要的是哪一个？\n1 感染性疾病血清学标志物A\n2 感染性疾病血清学标志物B\n"
    "120 秒内回复序号即可。"
)
IN_GROUP = ASKED.replace("回复", "引用本条回复")
UNKNOWN_PERSON = "300400998"


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await Desk(db).open(*EVERYTHING)


@pytest.mark.parametrize("number", ["2", "２", "②", "2.", "选2", "第2个", "第二个", "2号", " 2 ", "2。"])
async def test_a_number_picks_the_whole_command(desk: Desk, number: str) -> None:
    assert await desk.say("项目 感染 2026") == ASKED
    assert (await desk.say(number)).startswith("【2026年】感染性疾病血清学标志物B（")
    assert (await desk.say("1")).startswith("【2026年】感染性疾病血清学标志物A（")  # people look at both


@pytest.mark.parametrize("number", ["3", "0", "12", "22", "2元", "两个都要"])
async def test_what_was_not_offered_picks_nothing(desk: Desk, number: str) -> None:
    await desk.say("项目 感染")
    assert "【2026年】" not in await desk.say(number)


async def test_nobody_elses_number_and_nowhere_else(desk: Desk) -> None:
    await desk.say("项目 感染")
    for user, place in (
        (UNKNOWN_PERSON, {}),
        (STRANGER, {"place": PlaceKind.TEMPORARY}),
        (STRANGER, {"group": GROUP}),
    ):
        assert "【2026年】" not in await desk.say("1", user, **place, quotes_us=True)  # type: ignore[arg-type]


async def test_in_a_group_only_with_a_quote_of_ours(desk: Desk) -> None:
    assert await desk.say("项目 感染", group=GROUP) == IN_GROUP
    assert await desk.say("1", group=GROUP) == ""
    assert (await desk.say("1", group=GROUP, quotes_us=True)).startswith("【2026年】感染性疾病血清学标志物A（")
    assert await desk.say("1", UNKNOWN_PERSON, GROUP, quotes_us=True) == ""


async def test_after_two_minutes_it_is_a_number_like_any_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.say("项目 感染")
    begun = desk.clock.real()
    for seconds, picks in ((115, True), (125, False)):
        monkeypatch.setattr(desk.clock, "real", lambda after=seconds: begun + timedelta(seconds=after))
        assert (await desk.say("1")).startswith("【2026年】") is picks


async def test_the_command_is_asked_with_the_rights_of_now(desk: Desk) -> None:
    """A choice is words, not a grant: whoever is staff no more is not heard."""
    assert "\n1 凝血试验\n" in await desk.say("催报 第1次 凝雪", STAFF, OFFICE)
    await desk.db.write(lambda tx: tx.remove_staff(Account("qq", STAFF), desk.clock.now(), CENTRE))
    await desk.door.refresh()
    refused = "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
    assert await desk.say("1", STAFF, OFFICE, quotes_us=True) == refused


async def test_another_command_closes_the_list(desk: Desk) -> None:
    await desk.say("项目 感染")
    await desk.say("截止")
    assert "【2026年】" not in await desk.say("1")


async def test_a_name_picks_as_well_as_a_number(desk: Desk) -> None:
    await desk.say("项目 感染")
    assert (await desk.say("标志物B")).startswith("【2026年】感染性疾病血清学标志物B（")
    await desk.say("项目 感染")
    assert "【2026年】" not in await desk.say("感染性疾病")  # both are called so


async def test_in_a_group_our_name_is_as_good_as_a_quote(desk: Desk) -> None:
    await desk.say("项目 感染", group=GROUP)
    assert (await desk.say("1", group=GROUP, to_me=True)).startswith("【2026年】感染性疾病血清学标志物A（")


@pytest.mark.parametrize(
    ("typed", "meant"), [("成级 血球", "成绩"), ("接止 糖化", "截止"), ("申情状态", "申请状态"), ("成績", "成绩")]
)
async def test_a_misspelt_command_is_asked_back(desk: Desk, typed: str, meant: str) -> None:
    word = typed.partition(" ")[0]
    assert await desk.say(typed) == (f"没有「{word}」这个命令，您要的是不是：\n1 {meant}\n120 秒内回复序号即可。")
    assert await desk.say("1") == await desk.say(typed.replace(word, meant))
